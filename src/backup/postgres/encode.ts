import { BACKSLASH, LineEncoder, NEWLINE, QUOTE, SPACE, TAB, ZERO } from '../line-encoder';
import type { ValueKind } from '../manifest';

const [PLUS, DOT, SMALL_N, SMALL_T, SMALL_V, BIG_N, BIG_T, BIG_Z] = [
  ...[43, 46, 110, 116, 118, 78, 84, 90],
] as const;

/** Of the lines of Postgres' COPY. */
export class CopyEncoder extends LineEncoder {
  protected override value(kind: ValueKind): void {
    if (this.in[this.at] === BACKSLASH && this.in[this.at + 1] === BIG_N) {
      this.put('null');
      this.at += 2;
    } else this.#cell(kind);
    // The tab or newline after it.
    this.at += 1;
  }

  #cell(kind: ValueKind): void {
    switch (kind) {
      case 'integer':
      case 'number':
        this.number(this.#cellEnd());
        return;
      case 'boolean':
        this.put(this.in[this.at] === SMALL_T ? 'true' : 'false');
        this.at = this.#cellEnd();
        return;
      case 'instant':
        this.#instant();
        return;
      case 'json':
        this.#json();
        return;
      case 'bytes':
        this.#bytes();
        return;
      case 'text':
        this.#text();
        return;
    }
  }

  /** COPY's escapes are JSON's, but for the vertical tab's. */
  #text(): void {
    const [from, out] = [this.in, this.out];
    let [at, end] = [this.at, this.end];
    out[end++] = QUOTE;
    for (;;) {
      const byte = from[at] ?? NEWLINE;
      if (byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH) out[end++] = byte;
      else if (byte === TAB || byte === NEWLINE) break;
      else if (byte === QUOTE) {
        out[end++] = BACKSLASH;
        out[end++] = QUOTE;
      } else if (byte === BACKSLASH && from[at + 1] !== SMALL_V) {
        out[end++] = BACKSLASH;
        at += 1;
        out[end++] = from[at] ?? SPACE;
      } else {
        if (byte === BACKSLASH) at += 1;
        const code = byte === BACKSLASH ? 11 : byte;
        const escape = `\\u00${code.toString(16).padStart(2, '0')}`;
        for (let index = 0; index < 6; index += 1) out[end++] = escape.charCodeAt(index);
      }
      at += 1;
    }
    out[end++] = QUOTE;
    this.at = at;
    this.end = end;
  }

  /** A newline between the parts of JSON would end the line. */
  #json(): void {
    const [from, out] = [this.in, this.out];
    let [at, end] = [this.at, this.end];
    for (;;) {
      const byte = from[at] ?? NEWLINE;
      if (byte === TAB || byte === NEWLINE) break;
      if (byte !== BACKSLASH) out[end++] = byte;
      else {
        at += 1;
        out[end++] = from[at] === BACKSLASH ? BACKSLASH : SPACE;
      }
      at += 1;
    }
    this.at = at;
    this.end = end;
  }

  /** `2026-01-31 23:59:59.999+00`; Postgres leaves out zeros at the end of the fraction. */
  #instant(): void {
    const [from, out] = [this.in, this.out];
    const [start, to] = [this.at, this.#cellEnd()];
    const length = to - start;
    const isUtc = from[to - 3] === PLUS && from[to - 2] === ZERO && from[to - 1] === ZERO;
    out[this.end++] = QUOTE;
    const date = this.end + 10;
    // Infinity, and years before 1 and after 9999, have another form, and stay as they are.
    if (length < 22 || from[start + 10] !== SPACE || !isUtc) this.copy(to);
    else {
      this.copy(to - 3);
      out[date] = BIG_T;
      if (length === 22) out[this.end++] = DOT;
      for (let digits = Math.max(0, length - 23); digits < 3; digits += 1) out[this.end++] = ZERO;
      out[this.end++] = BIG_Z;
      this.at = to;
    }
    out[this.end++] = QUOTE;
  }

  /** Base64, which Postgres breaks into lines. */
  #bytes(): void {
    this.out[this.end++] = QUOTE;
    const to = this.#cellEnd();
    for (let at = this.at; at < to; at += 1) {
      const byte = this.in[at] ?? NEWLINE;
      if (byte === BACKSLASH && this.in[at + 1] === SMALL_N) at += 1;
      else this.out[this.end++] = byte;
    }
    this.at = to;
    this.out[this.end++] = QUOTE;
  }

  #cellEnd(): number {
    let at = this.at;
    while (this.in[at] !== TAB && this.in[at] !== NEWLINE) at += 1;
    return at;
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
