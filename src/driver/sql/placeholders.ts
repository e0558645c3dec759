import { closing, is, type Token } from './tokens';

/** `?`, `?1`, `$name`, `:name` or `@name`. */
export interface Placeholder {
  readonly start: number;
  readonly end: number;
  /** Whether it is a `?` without a number. */
  readonly isPlain: boolean;
  /** The position of the value that is bound to it, from 0. */
  readonly parameter: number;
}

/** A list of placeholders after IN, such as `(?, ?)`. */
export interface PlaceholderList {
  readonly start: number;
  readonly end: number;
  /**
   * The position of its first placeholder among those of the statement, and that after its last.
   */
  readonly from: number;
  readonly to: number;
}

/** The placeholders of a statement, in order. */
export function placeholdersOf(sql: string, tokens: readonly Token[]): Placeholder[] {
  const found: Placeholder[] = [];
  const names = new Map<string, number>();
  let next = 0;
  for (const [index, token] of tokens.entries()) {
    const end = endOf(token, tokens[index + 1]);
    if (end === undefined) continue;
    const mark = sql.slice(token.start, end);
    // SQLite numbers a plain ?, and a name at its first use, one above the largest number so far.
    const number = /^\?(\d+)$/.exec(mark)?.[1];
    const parameter = number === undefined ? (names.get(mark) ?? next) : Number(number) - 1;
    const isPlain = mark === '?';
    if (!isPlain) names.set(mark, parameter);
    next = Math.max(next, parameter + 1);
    found.push({ start: token.start, end, isPlain, parameter });
  }
  return found;
}

function endOf({ text, quoted, end }: Token, next: Token | undefined): number | undefined {
  if (quoted) return undefined;
  if (/^(?:\?\d*|\$.*)$/.test(text)) return end;
  return /^[:@]$/.test(text) && next?.start === end ? next.end : undefined;
}

/** The lists after IN that consist of two or more plain placeholders. */
export function placeholderLists(
  tokens: readonly Token[],
  placeholders: readonly Placeholder[],
): PlaceholderList[] {
  const found: PlaceholderList[] = [];
  let from = 0;
  for (const [index, { start }] of tokens.entries()) {
    if (!is(tokens[index], 'in') || !is(tokens[index + 1], '(')) continue;
    while ((placeholders[from]?.start ?? Infinity) < start) from++;
    const last = closing(tokens, index + 1);
    const list = tokens.slice(index + 2, last);
    const isOfPlaceholders =
      list.length % 2 === 1 && list.every((one, at) => is(one, at % 2 === 0 ? '?' : ','));
    const [opening, end] = [tokens[index + 1], tokens[last]];
    if (list.length < 3 || !isOfPlaceholders || !opening || !end) continue;
    found.push({
      start: opening.start,
      end: end.end,
      from,
      to: from + (list.length + 1) / 2,
    });
  }
  return found;
}
