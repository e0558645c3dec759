import { BillingError } from '../../errors';
import { type Token, tokenize } from '../sql/tokens';
import type { SqliteValue } from '../session';
import { MAX_PARAMETERS, MAX_STATEMENT_BYTES, MAX_VALUE_BYTES, SPLIT } from './limits';

/** A statement with its values, within D1's limits. */
export interface BoundStatement {
  readonly sql: string;
  readonly values: readonly SqliteValue[];
}

/**
 * Makes one statement into those that D1 takes: long lists after IN become JSON, an INSERT of many
 * rows becomes several. More than one has to be sent as one batch, to stay atomic.
 *
 * @throws BillingError `LIMIT_EXCEEDED` naming the limit that can't be met
 */
export function fit(sql: string, values: readonly SqliteValue[]): BoundStatement[] {
  const whole = { sql: withoutTail(sql), values };
  const fitting =
    values.length <= MAX_PARAMETERS ? [whole] : (splitRows(whole) ?? [listsAsJson(whole)]);
  return fitting.map(withIntegers).map(withinLimits);
}

/** D1 takes what follows the semicolon for another statement, and a comment for an empty one. */
function withoutTail(sql: string): string {
  if (!/;\s*$|\*\/\s*$|--[^\n]*\s*$/.test(sql)) return sql;
  const end = tokenize(sql).findLast(({ text }) => text !== ';')?.end;
  return sql.slice(0, end);
}

function withinLimits(statement: BoundStatement): BoundStatement {
  const { sql, values } = statement;
  const bytes = byteLength(sql);
  const largest = Math.max(0, ...values.map(byteLength));
  const broken =
    values.length > MAX_PARAMETERS
      ? `${values.length} bound parameters; D1 takes ${MAX_PARAMETERS}`
      : bytes > MAX_STATEMENT_BYTES
        ? `${bytes} bytes of SQL; D1 takes ${MAX_STATEMENT_BYTES}`
        : largest > MAX_VALUE_BYTES
          ? `a value of ${largest} bytes; D1 takes ${MAX_VALUE_BYTES}`
          : undefined;
  if (broken === undefined) return statement;
  throw BillingError.limitExceeded(`The statement "${sql.slice(0, 60)}…" has ${broken}`, SPLIT);
}

function byteLength(value: SqliteValue): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'string') return 0;
  // No character takes more than three bytes for each of its units.
  return value.length * 3 <= MAX_STATEMENT_BYTES
    ? value.length
    : new TextEncoder().encode(value).length;
}

/** `INSERT … VALUES (…), (…)` in groups of rows that fit; undefined for anything else. */
function splitRows({ sql, values }: BoundStatement): BoundStatement[] | undefined {
  const tokens = tokenize(sql);
  // Not a table or column of that name, which would stand in quotes.
  const first = tokens.findIndex(({ start, end }) => /^values$/i.test(sql.slice(start, end))) + 1;
  if (!/^(?:insert|replace)$/.test(tokens[0]?.text ?? '') || first === 0) return undefined;
  // Of a VALUES that is read from, the parts are not the whole.
  if (tokens.slice(0, first).some(({ text, quoted }) => !quoted && /^(?:select|with)$/.test(text)))
    return undefined;
  const rows: { start: number; end: number; count: number }[] = [];
  let depth = 0;
  let count = 0;
  let start = 0;
  let end = 0;
  for (const token of tokens.slice(first)) {
    if (depth === 0 && token.text !== '(' && token.text !== ',') break;
    if (token.text === '(' && depth++ === 0) start = token.start;
    if (token.text === '?') count++;
    if (token.text === ')' && --depth === 0) {
      rows.push({ start, end: token.end, count });
      count = 0;
      end = token.end;
    }
  }
  const head = sql.slice(0, rows[0]?.start);
  const tail = sql.slice(end);
  const counted = rows.reduce((sum, row) => sum + row.count, 0);
  // Values behind the rows, of an ON CONFLICT clause, would belong to every part.
  if (counted !== values.length || rows.some((row) => row.count > MAX_PARAMETERS)) return undefined;
  const parts: BoundStatement[] = [];
  let group: typeof rows = [];
  let position = 0;
  const flush = (): void => {
    const size = group.reduce((sum, row) => sum + row.count, 0);
    const texts = group.map((row) => sql.slice(row.start, row.end));
    parts.push({
      sql: head + texts.join(', ') + tail,
      values: values.slice(position, position + size),
    });
    position += size;
    group = [];
  };
  for (const row of rows) {
    const size = group.reduce((sum, one) => sum + one.count, 0);
    if (group.length > 0 && size + row.count > MAX_PARAMETERS) flush();
    group.push(row);
  }
  flush();
  return parts;
}

/**
 * Turns each `IN (?, ?, …)` into `IN (SELECT +value FROM json_each(?))`: the plus takes from the
 * values the affinity of a column, so that they are compared as parameters are.
 */
function listsAsJson({ sql, values }: BoundStatement): BoundStatement {
  const tokens = tokenize(sql);
  const kept: SqliteValue[] = [];
  let text = '';
  let position = 0;
  let parameter = 0;
  let skipTo = 0;
  for (const [index, token] of tokens.entries()) {
    if (index < skipTo) continue;
    const count = token.text === 'in' ? placeholders(tokens, index + 1) : 0;
    const closing = tokens[index + 1 + 2 * count];
    const list = values.slice(parameter, parameter + count);
    // JSON has no bytes.
    if (count > 1 && closing && !list.some((value) => value instanceof Uint8Array)) {
      text += `${sql.slice(position, token.end)} (SELECT +value FROM json_each(?))`;
      kept.push(JSON.stringify(list));
      position = closing.end;
      parameter += count;
      skipTo = index + 2 + 2 * count;
    } else if (token.text === '?') {
      kept.push(values[parameter++] ?? null);
    }
  }
  // Numbered placeholders, or other than there are values: nothing that could be put together again.
  if (parameter !== values.length) return { sql, values };
  return { sql: text + sql.slice(position), values: kept };
}

/** How many placeholders, and nothing else, the parenthesis at `index` holds. */
function placeholders(tokens: readonly Token[], index: number): number {
  if (tokens[index]?.text !== '(') return 0;
  let count = 0;
  for (let at = index + 1; tokens[at]?.text === '?'; at += 2) {
    count++;
    if (tokens[at + 1]?.text === ')') return count;
    if (tokens[at + 1]?.text !== ',') return 0;
  }
  return 0;
}

/**
 * D1 binds a number as REAL, which a TEXT column would store as `'5.0'`. The plus takes from the
 * cast its affinity, or `text = 5` would find `'05'`.
 */
function withIntegers(statement: BoundStatement): BoundStatement {
  const { sql, values } = statement;
  if (!values.some(Number.isSafeInteger)) return statement;
  let text = '';
  let position = 0;
  let parameter = 0;
  const names = new Map<string, number>();
  for (const [start, end, mark] of placeholdersOf(sql)) {
    // SQLite gives a plain ?, and a name when it first appears, the number after the largest so far.
    const number = /^\?(\d+)$/.exec(mark)?.[1];
    const index = number === undefined ? (names.get(mark) ?? parameter) : Number(number) - 1;
    if (mark !== '?') names.set(mark, index);
    parameter = Math.max(parameter, index + 1);
    if (Number.isSafeInteger(values[index])) {
      text += `${sql.slice(position, start)}+CAST(${sql.slice(start, end)} AS INTEGER)`;
      position = end;
    }
  }
  return { sql: text + sql.slice(position), values };
}

/** `?`, `?1`, `$name`, `:name` and `@name`: where each stands, and its text. */
function placeholdersOf(sql: string): [start: number, end: number, mark: string][] {
  const tokens = tokenize(sql);
  return tokens.flatMap(({ start, end, text, quoted }, at): [number, number, string][] => {
    const next = tokens[at + 1];
    if (/^\?\d*$/.test(text) || (text.startsWith('$') && !quoted)) {
      return quoted ? [] : [[start, end, sql.slice(start, end)]];
    }
    if (!/^[:@]$/.test(text) || next?.start !== end) return [];
    return [[start, next.end, sql.slice(start, next.end)]];
  });
}
