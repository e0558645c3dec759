import type { BackupColumn, ValueKind } from '../manifest';
import type { Page } from '../store';

const [TAB, NEWLINE, SPACE, QUOTE, PLUS, ZERO, BACKSLASH] = [9, 10, 32, 34, 43, 48, 92];
const [DOT, CLOSE, SMALL_N, SMALL_T, SMALL_V, BIG_I, BIG_N, BIG_T, BIG_Z, MINUS] = [
  ...[46, 125, 110, 116, 118, 73, 78, 84, 90, 45],
] as const;

/** Of up to 15 digits each number is safe. */
const SAFE_DIGITS = 15;

/**
 * Writes the lines of Postgres' COPY as lines of JSON. It goes from bytes to bytes: to make texts of them
 * and bytes again takes twice as long as the server needs for a row.
 */
export class LineEncoder {
  readonly #keys: readonly Uint8Array[];
  readonly #kinds: readonly ValueKind[];
  readonly #keyBytes: number;
  #in: Uint8Array = new Uint8Array();
  #at = 0;
  #out = Buffer.allocUnsafe(1024 * 1024);
  #end = 0;

  constructor(columns: readonly Pick<BackupColumn, 'name' | 'kind'>[]) {
    this.#keys = columns.map(({ name }, index) =>
      Uint8Array.from(Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)),
    );
    this.#kinds = columns.map(({ kind }) => kind);
    this.#keyBytes = this.#keys.reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * @param chunk whole lines
   * @returns bytes that the next call uses again
   */
  encode(chunk: Buffer): Page {
    this.#in = chunk;
    this.#at = 0;
    this.#end = 0;
    let rows = 0;
    while (this.#at < chunk.length) {
      this.#reserve(chunk.indexOf(NEWLINE, this.#at) - this.#at);
      this.#row();
      rows += 1;
    }
    return { data: this.#out.subarray(0, this.#end), rows };
  }

  /** An escape of a control character takes six bytes, and a null four. */
  #reserve(length: number): void {
    const wanted = this.#end + this.#keyBytes + 6 * (length + this.#keys.length);
    if (wanted <= this.#out.length) return;
    const larger = Buffer.allocUnsafe(2 * wanted);
    this.#out.copy(larger, 0, 0, this.#end);
    this.#out = larger;
  }

  #row(): void {
    for (let column = 0; column < this.#keys.length; column += 1) {
      const key = this.#keys[column] ?? this.#in;
      const { length } = key;
      const out = this.#out;
      let end = this.#end;
      for (let index = 0; index < length; index += 1) out[end++] = key[index]!;
      this.#end = end;
      if (this.#in[this.#at] === BACKSLASH && this.#in[this.#at + 1] === BIG_N) {
        this.#put('null');
        this.#at += 2;
      } else this.#value(this.#kinds[column] ?? 'text');
      // The tab or newline after it.
      this.#at += 1;
    }
    this.#out[this.#end++] = CLOSE;
    this.#out[this.#end++] = NEWLINE;
  }

  #value(kind: ValueKind): void {
    switch (kind) {
      case 'integer':
        return this.#number((from, to) => to - from <= SAFE_DIGITS || this.#isSafe(from, to));
      case 'number':
        return this.#number((from) => this.#isFinite(from));
      case 'boolean':
        this.#put(this.#in[this.#at] === SMALL_T ? 'true' : 'false');
        this.#at = this.#cellEnd();
        return;
      case 'instant':
        return this.#instant();
      case 'json':
        return this.#json();
      case 'bytes':
        return this.#bytes();
      case 'text':
        return this.#text();
    }
  }

  /** COPY's escapes are JSON's, but for the vertical tab's. */
  #text(): void {
    const [from, out] = [this.#in, this.#out];
    let [at, end] = [this.#at, this.#end];
    out[end++] = QUOTE;
    for (;;) {
      const byte = from[at]!;
      if (byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH) out[end++] = byte;
      else if (byte === TAB || byte === NEWLINE) break;
      else if (byte === QUOTE) {
        out[end++] = BACKSLASH;
        out[end++] = QUOTE;
      } else if (byte === BACKSLASH && from[at + 1] !== SMALL_V) {
        out[end++] = BACKSLASH;
        out[end++] = from[++at]!;
      } else {
        if (byte === BACKSLASH) at += 1;
        const code = byte === BACKSLASH ? 11 : byte;
        const escape = `\\u00${code.toString(16).padStart(2, '0')}`;
        for (let index = 0; index < 6; index += 1) out[end++] = escape.charCodeAt(index);
      }
      at += 1;
    }
    out[end++] = QUOTE;
    this.#at = at;
    this.#end = end;
  }

  /** A newline between the parts of JSON would end the line. */
  #json(): void {
    const [from, out] = [this.#in, this.#out];
    let [at, end] = [this.#at, this.#end];
    for (let byte = from[at]!; byte !== TAB && byte !== NEWLINE; byte = from[++at]!) {
      if (byte !== BACKSLASH) out[end++] = byte;
      else out[end++] = from[++at] === BACKSLASH ? BACKSLASH : SPACE;
    }
    this.#at = at;
    this.#end = end;
  }

  #number(isNumber: (from: number, to: number) => boolean): void {
    const to = this.#cellEnd();
    const isQuoted = !isNumber(this.#at, to);
    if (isQuoted) this.#out[this.#end++] = QUOTE;
    this.#copy(to);
    if (isQuoted) this.#out[this.#end++] = QUOTE;
  }

  #isSafe(from: number, to: number): boolean {
    return Number.isSafeInteger(Number(Buffer.from(this.#in.subarray(from, to)).toString()));
  }

  #isFinite(from: number): boolean {
    const first = this.#in[from] === MINUS ? this.#in[from + 1] : this.#in[from];
    return first !== BIG_I && first !== BIG_N;
  }

  /** `2026-01-31 23:59:59.999+00`; Postgres leaves out zeros at the end of the fraction. */
  #instant(): void {
    const [from, out] = [this.#in, this.#out];
    const [start, to] = [this.#at, this.#cellEnd()];
    const length = to - start;
    const isUtc = from[to - 3] === PLUS && from[to - 2] === ZERO && from[to - 1] === ZERO;
    out[this.#end++] = QUOTE;
    const date = this.#end + 10;
    // Infinity, and years before 1 and after 9999, have another form, and stay as they are.
    if (length < 22 || from[start + 10] !== SPACE || !isUtc) this.#copy(to);
    else {
      this.#copy(to - 3);
      out[date] = BIG_T;
      if (length === 22) out[this.#end++] = DOT;
      for (let digits = Math.max(0, length - 23); digits < 3; digits += 1) out[this.#end++] = ZERO;
      out[this.#end++] = BIG_Z;
      this.#at = to;
    }
    out[this.#end++] = QUOTE;
  }

  /** Base64, which Postgres breaks into lines. */
  #bytes(): void {
    this.#out[this.#end++] = QUOTE;
    const to = this.#cellEnd();
    for (let at = this.#at; at < to; at += 1) {
      const byte = this.#in[at]!;
      if (byte === BACKSLASH && this.#in[at + 1] === SMALL_N) at += 1;
      else this.#out[this.#end++] = byte;
    }
    this.#at = to;
    this.#out[this.#end++] = QUOTE;
  }

  #cellEnd(): number {
    let at = this.#at;
    while (this.#in[at] !== TAB && this.#in[at] !== NEWLINE) at += 1;
    return at;
  }

  #copy(to: number): void {
    const [from, out] = [this.#in, this.#out];
    let end = this.#end;
    for (let at = this.#at; at < to; at += 1) out[end++] = from[at]!;
    this.#end = end;
    this.#at = to;
  }

  #put(word: string): void {
    for (let index = 0; index < word.length; index += 1) {
      this.#out[this.#end++] = word.charCodeAt(index);
    }
  }
}

const ESCAPES: Readonly<Partial<Record<string, string>>> = {
  ...{ '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '\v': 'v', '\\': '\\' },
};

/** A line as COPY writes it, of the texts of its cells. */
export const copyLine = (cells: readonly (string | null)[]): string =>
  `${cells
    .map((cell) => cell?.replaceAll(/[\b\f\n\r\t\v\\]/g, (sign) => `\\${ESCAPES[sign]}`) ?? '\\N')
    .join('\t')}\n`;
