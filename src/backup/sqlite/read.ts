import type { QueryRunner } from 'typeorm';
import { quote } from '../../driver/sql/quote';
import type { LiveColumn, Page } from '../store';
import { rowNumberOf } from './catalog';

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** The form of billing's times. */
const INSTANT = '????-??-?? ??:??:??.???';

/** SQL for a column's value as JSON. */
function valueOf({ name, kind }: LiveColumn, alias: string): string {
  const x = `${alias}.${quote(name)}`;
  switch (kind) {
    case 'boolean':
      return `CASE ${x} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE json_quote(${x}) END`;
    case 'instant':
      return (
        `CASE WHEN ${x} GLOB '${INSTANT}' THEN '"' || replace(${x}, ' ', 'T') || 'Z"' ` +
        `ELSE json_quote(${x}) END`
      );
    case 'json':
      return `coalesce(json(${x}), 'null')`;
    case 'integer':
      return (
        `CASE WHEN typeof(${x}) = 'integer' AND ${x} NOT BETWEEN ${Number.MIN_SAFE_INTEGER} AND ` +
        `${Number.MAX_SAFE_INTEGER} THEN '"' || ${x} || '"' ELSE ${plain(name, x)} END`
      );
    case 'bytes':
      // What is no BLOB, in a column of BLOBs.
      return (
        `CASE typeof(${x}) WHEN 'blob' THEN '"' || hex(${x}) || '"' WHEN 'null' THEN 'null' ` +
        `ELSE json_object('value', ${x}) END`
      );
    default:
      return plain(name, x);
  }
}

/** json_quote() of a BLOB is null, which would lose it. The error of a JSON path that is none shows it. */
function plain(name: string, x: string): string {
  const problem = text(`bytes in the column ${name}, whose type is not blob`);
  return `CASE typeof(${x}) WHEN 'blob' THEN json_extract('{}', ${problem}) ELSE json_quote(${x}) END`;
}

/** Joined in halves: D1 takes an expression that is up to 100 deep. */
function joined(parts: readonly string[]): string {
  const [first = "''"] = parts;
  if (parts.length <= 1) return first;
  const middle = parts.length >> 1;
  return `(${joined(parts.slice(0, middle))} || ${joined(parts.slice(middle))})`;
}

/** SQL for a row as JSON. */
export function lineOf(columns: readonly LiveColumn[], alias: string): string {
  const parts = columns.flatMap((column, index) => [
    text(`${index === 0 ? '{' : ','}${JSON.stringify(column.name)}:`),
    valueOf(column, alias),
  ]);
  return joined([...parts, "'}'"]);
}

const FIRST_PAGE = 50;
const MAX_PAGE = 1000;
const PAGE_BYTES = 512 * 1024;

/**
 * Rows as lines, in the order of their numbers.
 *
 * @param from the table, as SQL
 * @param where a further condition, on `s`
 */
export async function* readPages(
  queryRunner: QueryRunner,
  from: string,
  columns: readonly LiveColumn[],
  where = '1',
): AsyncGenerator<Page> {
  const number = rowNumberOf(columns);
  const hasBytes = columns.some(({ kind }) => kind === 'bytes');
  const sql =
    `SELECT ${lineOf(columns, 's')} AS "line", s.${number} AS "number" FROM ${from} s ` +
    `WHERE s.${number} > ? AND ${where} ORDER BY s.${number} LIMIT ?`;
  let last = -Number.MAX_SAFE_INTEGER;
  let limit = FIRST_PAGE;
  for (;;) {
    const rows = (await queryRunner.query(sql, [last, limit])) as {
      line: string;
      number: number;
    }[];
    if (rows.length === 0) return;
    last = rows.at(-1)?.number ?? last;
    let page = '';
    for (const { line } of rows) page += `${hasBytes ? inBase64(line, columns) : line}\n`;
    yield { data: Buffer.from(page), rows: rows.length };
    const fitting = Math.floor((PAGE_BYTES / page.length) * rows.length);
    limit = Math.max(1, Math.min(MAX_PAGE, limit * 2, fitting));
  }
}

/** SQLite writes bytes in hexadecimal digits only. */
function inBase64(line: string, columns: readonly LiveColumn[]): string {
  const row = JSON.parse(line) as Record<string, unknown>;
  for (const { name, kind } of columns) {
    const value = row[name];
    if (kind === 'bytes' && typeof value === 'string') {
      row[name] = Buffer.from(value, 'hex').toString('base64');
    }
  }
  return JSON.stringify(row);
}
