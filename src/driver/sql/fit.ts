import { BillingError } from '../../errors';
import type { SqliteValue } from '../session';
import { type Limits, SPLIT } from './limits';
import type { Placeholder } from './placeholders';
import type { Statement } from './statement';
import { is, tokenize } from './tokens';

/** A statement with its values, within the limits of a database. */
export interface BoundStatement {
  readonly sql: string;
  readonly values: readonly SqliteValue[];
}

/**
 * Turns a statement into one or more that the database accepts: a long list after IN becomes JSON, an
 * INSERT of many rows becomes several. Several have to be sent as one unit, to stay atomic.
 *
 * @throws BillingError `LIMIT_EXCEEDED` with the limit that the statement exceeds
 */
export function fit(
  statement: Statement,
  values: readonly SqliteValue[],
  limits: Limits,
): BoundStatement[] {
  const text = new CastText(statement, limits.bindsReals ? values : []);
  const parts =
    values.length <= limits.parameters ? undefined : inParts(statement, values, text, limits);
  // Up to its end: D1 takes a comment after the semicolon for a second, empty statement.
  const whole = parts ?? [{ sql: text.between(0, statement.end), values }];
  return whole.map((one) => withinLimits(one, limits));
}

function inParts(
  statement: Statement,
  values: readonly SqliteValue[],
  text: CastText,
  limits: Limits,
): BoundStatement[] | undefined {
  const { placeholders } = statement;
  // Numbered placeholders can't be split, nor can values without a placeholder each.
  const isPlain = placeholders.every((one) => one.isPlain) && placeholders.length === values.length;
  if (!isPlain) return undefined;
  return (
    splitRows(statement, values, text, limits.parameters) ?? [
      listsAsJson(statement, values, text, limits),
    ]
  );
}

function withinLimits(statement: BoundStatement, limits: Limits): BoundStatement {
  const { sql, values } = statement;
  const bytes = byteLength(sql, limits.statementBytes);
  const largest = Math.max(
    0,
    ...values.slice(0, limits.parameters).map((one) => byteLength(one, limits.valueBytes)),
  );
  const broken =
    values.length > limits.parameters
      ? `${values.length} bound parameters; ${limits.engine} takes ${limits.parameters}`
      : bytes > limits.statementBytes
        ? `${bytes} bytes of SQL; ${limits.engine} takes ${limits.statementBytes}`
        : largest > limits.valueBytes
          ? `a value of ${largest} bytes; ${limits.engine} takes ${limits.valueBytes}`
          : undefined;
  if (broken === undefined) return statement;
  throw BillingError.limitExceeded(`The statement "${sql.slice(0, 60)}…" has ${broken}`, SPLIT);
}

/** Exact only if it may exceed the limit. */
function byteLength(value: SqliteValue, limit: number): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'string') return 0;
  // UTF-8 needs at most three bytes for each UTF-16 unit.
  return value.length * 3 <= limit ? value.length : new TextEncoder().encode(value).length;
}

/**
 * The text of a statement with a cast around each placeholder that binds a whole number. D1 binds a
 * number as REAL, which a TEXT column would store as `'5.0'`. The plus removes the affinity of the
 * cast, or `text = 5` would find `'05'`.
 */
class CastText {
  readonly #sql: string;
  readonly #casts: readonly Placeholder[];

  constructor(statement: Statement, values: readonly SqliteValue[]) {
    this.#sql = statement.sql;
    this.#casts = values.some(Number.isSafeInteger)
      ? statement.placeholders.filter(({ parameter }) => Number.isSafeInteger(values[parameter]))
      : [];
  }

  between(start: number, end: number): string {
    let text = '';
    let position = start;
    for (let index = this.#firstFrom(start); ; index++) {
      const cast = this.#casts[index];
      if (!cast || cast.start >= end) return text + this.#sql.slice(position, end);
      const placeholder = this.#sql.slice(cast.start, cast.end);
      text += `${this.#sql.slice(position, cast.start)}+CAST(${placeholder} AS INTEGER)`;
      position = cast.end;
    }
  }

  /** A binary search: an INSERT in many parts calls this for each. */
  #firstFrom(position: number): number {
    let low = 0;
    let high = this.#casts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#casts[middle]?.start ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Splits `INSERT … VALUES (…), (…)` into groups of rows that fit. Undefined for anything else. */
function splitRows(
  statement: Statement,
  values: readonly SqliteValue[],
  text: CastText,
  limit: number,
): BoundStatement[] | undefined {
  const { insertion, placeholders, end } = statement;
  const rows = insertion?.rows ?? [];
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last || readsItself(statement, first.start, last.end)) return undefined;
  // Values after the rows, in ON CONFLICT, are bound in each part.
  const after = placeholders.findIndex(({ start }) => start > last.end);
  const tailValues = after === -1 ? [] : values.slice(after);
  const most = limit - tailValues.length;
  const groups: { readonly start: number; end: number; readonly from: number; to: number }[] = [];
  let from = 0;
  for (const row of rows) {
    let to = from;
    while ((placeholders[to]?.start ?? Infinity) < row.end) to++;
    if (to - from > most) return undefined;
    const group = groups.at(-1);
    if (group && to - group.from <= most) Object.assign(group, { end: row.end, to });
    else groups.push({ start: row.start, end: row.end, from, to });
    from = to;
  }
  const head = text.between(0, first.start);
  const tail = text.between(last.end, end);
  return groups.map((group) => ({
    sql: head + text.between(group.start, group.end) + tail,
    values: [...values.slice(group.from, group.to), ...tailValues],
  }));
}

/** Whether a query among the rows reads their table: it would find the rows of an earlier part. */
function readsItself({ sql, write }: Statement, start: number, end: number): boolean {
  if (!/\bselect\b/i.test(sql)) return false;
  const tokens = tokenize(sql.slice(start, end));
  const names = tokens.flatMap(({ text, quoted }) => (quoted ? text : text.split('.')));
  return tokens.some((token) => is(token, 'select')) && names.includes(write?.table ?? '');
}

/**
 * Turns each `IN (?, ?, …)` into `IN (SELECT +value FROM json_each(?))`. The plus removes the
 * column affinity of the values, so that they compare as parameters do.
 */
function listsAsJson(
  { placeholderLists, end }: Statement,
  values: readonly SqliteValue[],
  text: CastText,
  limits: Limits,
): BoundStatement {
  let sql = '';
  let position = 0;
  let kept: SqliteValue[] = [];
  let from = 0;
  for (const list of placeholderLists) {
    const listed = values.slice(list.from, list.to);
    // JSON can't hold bytes.
    if (listed.some((value) => value instanceof Uint8Array)) continue;
    const parts = inJson(listed, limits.valueBytes);
    const selects = parts.map(() => 'SELECT +value FROM json_each(?)').join(' UNION ALL ');
    sql += `${text.between(position, list.start)}(${selects})`;
    kept = [...kept, ...values.slice(from, list.from), ...parts];
    position = list.end;
    from = list.to;
  }
  return {
    sql: sql + text.between(position, end),
    values: [...kept, ...values.slice(from)],
  };
}

/** The values as JSON arrays that fit each into one value. */
function inJson(values: readonly SqliteValue[], limit: number): string[] {
  const whole = JSON.stringify(values);
  if (values.length < 2 || byteLength(whole, limit) <= limit) return [whole];
  const middle = Math.ceil(values.length / 2);
  return [...inJson(values.slice(0, middle), limit), ...inJson(values.slice(middle), limit)];
}
