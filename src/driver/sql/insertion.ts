import { closing, is, nameAt, type Token } from './tokens';

/** The rows of an `INSERT … VALUES (…), (…)`. */
export interface Insertion {
  /** In lower case. Undefined if the statement does not name its columns. */
  readonly columns: readonly string[] | undefined;
  readonly rows: readonly InsertedRow[];
  /** Whether it updates rows that it conflicts with. */
  readonly updatesOthers: boolean;
}

export interface InsertedRow {
  readonly start: number;
  readonly end: number;
  /** The tokens of each value. */
  readonly cells: () => Token[][];
}

/**
 * Reads what follows the table's name, at `index`.
 *
 * @returns undefined if the rows do not come from one VALUES alone
 */
export function insertionAt(tokens: readonly Token[], index: number): Insertion | undefined {
  let at = is(tokens[index], 'as') ? index + 2 : index;
  let columns: string[] | undefined;
  if (is(tokens[at], '(')) {
    const end = closing(tokens, at);
    columns = split(tokens.slice(at + 1, end)).map((words) => nameOf(words));
    at = end + 1;
  }
  if (!is(tokens[at], 'values')) return undefined;
  const rows: InsertedRow[] = [];
  do {
    const opening = tokens[++at];
    const last = closing(tokens, at);
    const end = tokens[last]?.end;
    if (!opening || !is(opening, '(') || end === undefined) return undefined;
    const inside = [at + 1, last] as const;
    rows.push({ start: opening.start, end, cells: () => split(tokens.slice(...inside)) });
    at = last + 1;
  } while (is(tokens[at], ','));
  const tail = tokens.slice(at);
  if (!/^(?:on|returning|;|)$/.test(tail[0]?.text ?? '')) return undefined;
  return { columns, rows, updatesOthers: tail.some((token) => is(token, 'update')) };
}

/** The name of a column, or '' for anything else. */
function nameOf(words: readonly Token[]): string {
  const found = nameAt(words, 0);
  return found?.next === words.length ? found.name : '';
}

/** Splits at the commas outside all parentheses. */
function split(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (is(token, '(')) depth++;
    if (is(token, ')')) depth--;
    if (is(token, ',') && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}
