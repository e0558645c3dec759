import { BillingError } from '../errors';

/** What Postgres' protocol can number: https://www.postgresql.org/docs/current/protocol-message-formats.html */
export const MAX_VALUES = 65_535;

/** A statement of TypeORM's for Postgres, with its values. */
export interface PostgresStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

const REMEDY =
  'save() with { chunk: 500 }, insert() fewer rows at a time, or look for fewer values at a time';

/**
 * Turns a statement with more values than the protocol can number into one or more that mean the same:
 * each list after IN becomes an array, an INSERT of many rows becomes several.
 *
 * @throws BillingError `LIMIT_EXCEEDED` for a statement that is neither
 */
export function withFewerValues(statement: PostgresStatement): PostgresStatement[] {
  const parts = inRows(statement) ?? [withArrays(statement)];
  const most = Math.max(...parts.map(({ values }) => values.length));
  if (most <= MAX_VALUES) return parts;
  throw BillingError.limitExceeded(
    `The statement "${statement.text.slice(0, 60)}…" has ${most} bound values; Postgres takes ${MAX_VALUES}`,
    REMEDY,
  );
}

/** Strings, names in quotes, and lists of two or more placeholders after IN. */
const LIST = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\b(NOT )?IN\s*\(\s*(\$\d+(?:\s*,\s*\$\d+)+)\s*\)/gi;

function withArrays({ text, values }: PostgresStatement): PostgresStatement {
  const all = [...values];
  const rewritten = text.replaceAll(LIST, (whole, not: string | undefined, list?: string) => {
    if (list === undefined) return whole;
    all.push(valuesOf(list, values));
    return `${not ? '<> ALL' : '= ANY'}($${all.length})`;
  });
  return renumbered(rewritten, all);
}

const valuesOf = (list: string, values: readonly unknown[]): unknown[] =>
  (list.match(/\d+/g) ?? []).map((number) => values[Number(number) - 1]);

const PLACEHOLDER = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)/g;

/** With the values that the text names, and no others. */
function renumbered(text: string, all: readonly unknown[]): PostgresStatement {
  const numbers = new Map<string, number>();
  const values: unknown[] = [];
  const result = text.replaceAll(PLACEHOLDER, (whole, number?: string) => {
    if (number === undefined) return whole;
    if (!numbers.has(number)) numbers.set(number, values.push(all[Number(number) - 1]));
    return `$${numbers.get(number) ?? 0}`;
  });
  return { text: result, values };
}

/** The words that decide where rows begin and end. */
const WORD = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[(),]|[^\s(),'"]+/g;

/** The INSERT in groups of rows. Undefined for anything else. */
function inRows({ text, values }: PostgresStatement): PostgresStatement[] | undefined {
  if (!/^\s*INSERT\s+INTO\b/i.test(text)) return undefined;
  const rows = rowsOf(text);
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return undefined;
  const [head, tail] = [text.slice(0, first.start), text.slice(last.end)];
  const around = placeholdersIn(head) + placeholdersIn(tail);
  const groups: { start: number; end: number; count: number }[] = [];
  for (const { start, end } of rows) {
    const count = placeholdersIn(text.slice(start, end));
    const group = groups.at(-1);
    if (group && group.count + count + around <= MAX_VALUES) {
      group.end = end;
      group.count += count;
    } else {
      groups.push({ start, end, count });
    }
  }
  return groups.map(({ start, end }) => renumbered(head + text.slice(start, end) + tail, values));
}

const placeholdersIn = (text: string): number =>
  [...text.matchAll(PLACEHOLDER)].filter(([, number]) => number !== undefined).length;

function rowsOf(text: string): { readonly start: number; readonly end: number }[] {
  const rows: { start: number; end: number }[] = [];
  let depth = 0;
  let isInValues = false;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (word === ')') {
      depth--;
      const row = rows.at(-1);
      if (depth === 0 && isInValues && row) row.end = index + 1;
    } else if (word === '(') {
      if (depth === 0 && isInValues) rows.push({ start: index, end: text.length });
      depth++;
    } else if (depth === 0 && word !== ',') {
      if (isInValues) break;
      isInValues = word.toUpperCase() === 'VALUES';
    }
  }
  return rows;
}
