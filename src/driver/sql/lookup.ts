import { is, nameAt, outermost, type Token } from './tokens';

/** How a statement finds rows by the values of one column. */
export interface Lookup {
  readonly column: string;
  /** Placeholders and whole numbers. */
  readonly values: readonly Token[];
}

/**
 * Reads `WHERE column = ?` or `WHERE column IN (?, …)`, at the end of a statement.
 *
 * @returns undefined if it has any other condition, or more than this one
 */
export function lookupOf(tokens: readonly Token[]): Lookup | undefined {
  const where = outermost(tokens).find((index) => is(tokens[index], 'where'));
  if (where === undefined) return undefined;
  let at = where + 1;
  let open = 0;
  for (; is(tokens[at], '('); at++) open++;
  const column = nameAt(tokens, at);
  if (column === undefined) return undefined;
  at = column.next;
  const isList = is(tokens[at], 'in') && is(tokens[at + 1], '(');
  if (!isList && !is(tokens[at], '=')) return undefined;
  at += isList ? 2 : 1;
  if (isList) open++;
  const values: Token[] = [];
  for (;;) {
    const value = tokens[at++];
    if (value === undefined || value.quoted || !/^(?:\?|\d+)$/.test(value.text)) return undefined;
    values.push(value);
    if (!isList || !is(tokens[at], ',')) break;
    at++;
  }
  for (; open > 0 && is(tokens[at], ')'); at++) open--;
  if (is(tokens[at], 'limit') && /^\d+$/.test(tokens[at + 1]?.text ?? '')) at += 2;
  if (is(tokens[at], ';')) at++;
  return at === tokens.length ? { column: column.name, values } : undefined;
}

/** Whether a SELECT reads the rows of one table and no others. */
export function readsOneTable(tokens: readonly Token[]): boolean {
  const words = tokens.map(({ text, quoted }) => (quoted ? '' : text));
  const sources = words.filter((word) => /^(?:select|from|join)$/.test(word));
  if (sources.sort().join(' ') !== 'from select') return false;
  const from = words.indexOf('from');
  const where = words.indexOf('where', from);
  // `FROM a, b` joins, and `IN a` is short for `IN (SELECT … FROM a)`.
  return (
    !words.slice(from, where === -1 ? undefined : where).includes(',') &&
    !words.some((word, index) => word === 'in' && words[index + 1] !== '(')
  );
}
