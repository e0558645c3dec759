import { BACKSLASH, COMMA, LineEncoder, NEWLINE, QUOTE, SPACE } from '../line-encoder';
import type { ValueKind } from '../manifest';

const [OPEN, CLOSE, ONE, SMALL_N, SMALL_R, SMALL_T, BIG_T, BIG_Z] = [
  ...[91, 93, 49, 110, 114, 116, 84, 90],
] as const;

/** Between the arrays of one row. */
export const JOINT = 30;

/** Of lines that are arrays of JSON. */
export class ArrayEncoder extends LineEncoder {
  protected override value(kind: ValueKind): void {
    const isFirst = this.in[this.at] === OPEN;
    if (isFirst) this.at += 1;
    if (this.in[this.at] === QUOTE) this.#string(kind);
    else this.#plain(kind);
    // A comma, or the end of an array, after which comes another one or a newline.
    if (this.in[this.at++] === CLOSE) {
      this.at += this.in[this.at] === JOINT || this.in[this.at] === NEWLINE ? 1 : 0;
    }
  }

  /** A number or null: what is an array or an object comes as a text. */
  #plain(kind: ValueKind): void {
    let to = this.at;
    while (this.in[to] !== COMMA && this.in[to] !== CLOSE) to += 1;
    const digit = to === this.at + 1 ? this.in[this.at] : undefined;
    if (kind === 'boolean' && digit !== undefined && (digit | 1) === ONE) {
      this.put(digit === ONE ? 'true' : 'false');
      this.at = to;
    } else if (this.in[this.at] === SMALL_N) this.copy(to);
    else this.number(to);
  }

  #string(kind: ValueKind): void {
    const { in: from } = this;
    let to = this.at + 1;
    while (from[to] !== QUOTE) to += from[to] === BACKSLASH ? 2 : 1;
    to += 1;
    if (kind === 'json') this.#json(to);
    else if (kind === 'instant' && to - this.at === 25 && from[this.at + 11] === SPACE) {
      const space = this.end + 11;
      this.copy(to - 1);
      this.out[space] = BIG_T;
      this.out[this.end++] = BIG_Z;
      this.out[this.end++] = QUOTE;
      this.at = to;
    } else this.copy(to);
  }

  /** What the text is of, which has no control character but between its parts. */
  #json(to: number): void {
    const { in: from, out } = this;
    let { end } = this;
    for (let at = this.at + 1; at < to - 1; at += 1) {
      const byte = from[at] ?? NEWLINE;
      if (byte !== BACKSLASH) out[end++] = byte;
      else {
        at += 1;
        const escaped = from[at] ?? SPACE;
        const isSpace = escaped === SMALL_N || escaped === SMALL_R || escaped === SMALL_T;
        out[end++] = isSpace ? SPACE : escaped;
      }
    }
    this.end = end;
    this.at = to;
  }
}
