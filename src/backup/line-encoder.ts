import type { BackupColumn, ValueKind } from './manifest';
import type { Page } from './store';

/** The bytes of characters that both encoders know. */
export const [TAB, NEWLINE, SPACE, QUOTE, COMMA, MINUS, ZERO, BACKSLASH] = [
  ...[9, 10, 32, 34, 44, 45, 48, 92],
] as const;

const CLOSE = 125;

/** Of up to 15 digits each number is safe. */
const SAFE_DIGITS = 15;

/**
 * Writes rows as lines of JSON. It goes from bytes to bytes: to make texts of them and bytes again takes
 * twice as long as a database needs for a row.
 */
export abstract class LineEncoder {
  readonly #keys: readonly Uint8Array[];
  readonly #kinds: readonly ValueKind[];
  readonly #keyBytes: number;
  protected in: Uint8Array = new Uint8Array();
  protected at = 0;
  protected out = Buffer.allocUnsafe(1024 * 1024);
  protected end = 0;

  constructor(columns: readonly Pick<BackupColumn, 'name' | 'kind'>[]) {
    this.#keys = columns.map(({ name }, index) =>
      Uint8Array.from(Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)),
    );
    this.#kinds = columns.map(({ kind }) => kind);
    this.#keyBytes = this.#keys.reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * @param chunk whole lines, each of which ends in a newline
   * @returns bytes that the next call uses again
   */
  encode(chunk: Buffer): Page {
    this.in = chunk;
    this.at = 0;
    this.end = 0;
    let rows = 0;
    while (this.at < chunk.length) {
      this.#reserve(chunk.indexOf(NEWLINE, this.at) - this.at);
      this.#row();
      rows += 1;
    }
    return { data: this.out.subarray(0, this.end), rows };
  }

  /** An escape of a control character takes six bytes, and a null four. */
  #reserve(length: number): void {
    const wanted = this.end + this.#keyBytes + 6 * (length + this.#keys.length);
    if (wanted <= this.out.length) return;
    const larger = Buffer.allocUnsafe(2 * wanted);
    this.out.copy(larger, 0, 0, this.end);
    this.out = larger;
  }

  #row(): void {
    for (let column = 0; column < this.#keys.length; column += 1) {
      const key = this.#keys[column] ?? this.in;
      const { length } = key;
      const { out } = this;
      let { end } = this;
      for (let index = 0; index < length; index += 1) out[end++] = key[index] ?? 0;
      this.end = end;
      this.value(this.#kinds[column] ?? 'text');
    }
    this.out[this.end++] = CLOSE;
    this.out[this.end++] = NEWLINE;
  }

  /** Writes the value at `at` and goes on to the next one's first byte. */
  protected abstract value(kind: ValueKind): void;

  /** Writes the number up to `to`, which is none that JavaScript knows if it is too large or infinite. */
  protected number(to: number): void {
    const isQuoted = !this.#isNumber(to);
    if (isQuoted) this.out[this.end++] = QUOTE;
    this.copy(to);
    if (isQuoted) this.out[this.end++] = QUOTE;
  }

  #isNumber(to: number): boolean {
    const sign = this.in[this.at] === MINUS ? 1 : 0;
    // NaN and Infinity begin with a letter.
    if ((this.in[this.at + sign] ?? 0) > 64) return false;
    if (to - this.at <= SAFE_DIGITS) return true;
    const text = Buffer.from(this.in.subarray(this.at, to)).toString();
    return !/^-?\d+$/.test(text) || Number.isSafeInteger(Number(text));
  }

  protected copy(to: number): void {
    const { in: from, out } = this;
    let { end } = this;
    for (let { at } = this; at < to; at += 1) out[end++] = from[at] ?? 0;
    this.end = end;
    this.at = to;
  }

  protected put(word: string): void {
    for (let index = 0; index < word.length; index += 1) {
      this.out[this.end++] = word.charCodeAt(index);
    }
  }
}
