import type { QueryRunner } from 'typeorm';
import { quote } from '../../driver/sql/quote';
import { BillingError } from '../../errors';
import type { LiveColumn, Page } from '../store';
import { rowNumberOf } from './catalog';
import { ArrayEncoder, JOINT } from './encode';

const FIRST_PAGE = 50;
const MAX_PAGE = 1000;
const PAGE_BYTES = 512 * 1024;

/** Of a function on D1. */
const MAX_ARGUMENTS = 30;

/** In a column of bytes: what is none there, is marked. An array of JSON holds no bytes. */
const valueOf = ({ name, kind }: LiveColumn): string => {
  const x = `s.${quote(name)}`;
  return kind === 'bytes'
    ? `CASE typeof(${x}) WHEN 'blob' THEN hex(${x}) WHEN 'null' THEN NULL ELSE json_object('value', ${x}) || '' END`
    : x;
};

function lineOf(columns: readonly LiveColumn[]): string {
  const arrays: string[] = [];
  for (let from = 0; from < columns.length; from += MAX_ARGUMENTS) {
    const values = columns.slice(from, from + MAX_ARGUMENTS).map(valueOf);
    arrays.push(`json_array(${values.join(', ')})`);
  }
  return arrays.join(` || char(${JOINT}) || `);
}

interface PageRow {
  readonly lines: string | null;
  readonly rows: number;
  readonly last: number;
}

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
  const encoder = new ArrayEncoder(columns);
  const hasBytes = columns.some(({ kind }) => kind === 'bytes');
  const sql =
    `SELECT group_concat("line", char(10)) AS "lines", count(*) AS "rows", max("number") AS "last" ` +
    `FROM (SELECT ${lineOf(columns)} AS "line", s.${number} AS "number" FROM ${from} s ` +
    `WHERE s.${number} > ? AND ${where} ORDER BY s.${number} LIMIT ?)`;
  await assertNoBytes(queryRunner, from, columns);
  const read = async (after: number, most: number): Promise<PageRow | undefined> => {
    try {
      const [row] = (await queryRunner.query(sql, [after, most])) as PageRow[];
      return row;
    } catch (error) {
      // Larger rows than those before: D1 takes a value of two million bytes.
      const isTooLong = error instanceof BillingError && error.code === 'LIMIT_EXCEEDED';
      if (!isTooLong || most === 1) throw error;
      return read(after, Math.ceil(most / 8));
    }
  };
  let limit = FIRST_PAGE;
  let next = read(-Number.MAX_SAFE_INTEGER, limit);
  try {
    for (;;) {
      const { lines, rows, last } = (await next) ?? { lines: null, rows: 0, last: 0 };
      if (lines === null) return;
      const fitting = Math.floor((PAGE_BYTES / lines.length) * rows);
      limit = Math.max(1, Math.min(MAX_PAGE, limit * 2, fitting));
      // SQLite works on it meanwhile.
      next = read(last, limit);
      yield hasBytes
        ? { data: Buffer.from(withBytes(lines, columns)), rows }
        : encoder.encode(Buffer.from(`${lines}\n`));
    }
  } finally {
    await next.catch(() => undefined);
  }
}

/** SQLite takes bytes for its binary form of JSON, and may write `null` for them without an error. */
async function assertNoBytes(
  queryRunner: QueryRunner,
  from: string,
  columns: readonly LiveColumn[],
): Promise<void> {
  const names = columns.filter(({ kind }) => kind !== 'bytes').map(({ name }) => name);
  const types = names.map((name) => `typeof(s.${quote(name)})`);
  const listed = types.map((type, index) => `${type} AS "${index}"`);
  const [row] = (await queryRunner.query(
    `SELECT ${listed.join(', ')} FROM ${from} s WHERE 'blob' IN (${types.join(', ')}) LIMIT 1`,
  )) as Record<string, string>[];
  if (row === undefined) return;
  const found = names.filter((_, index) => row[index] === 'blob');
  throw BillingError.notSupported(
    `There are bytes in ${from}, in the column ${found.join(', ')}, whose type is not blob`,
    'store them as a text, or in a column of type blob, and back up again',
  );
}

/** SQLite writes bytes in hexadecimal digits only. Such tables are few, and a host's own. */
function withBytes(lines: string, columns: readonly LiveColumn[]): string {
  const encoder = new ArrayEncoder(columns);
  const { data } = encoder.encode(Buffer.from(`${lines}\n`));
  return data.toString('utf8').replaceAll(/^.+$/gm, (line) => inBase64(line, columns));
}

function inBase64(line: string, columns: readonly LiveColumn[]): string {
  const row = JSON.parse(line) as Record<string, unknown>;
  for (const { name, kind } of columns) {
    const value = row[name];
    if (kind !== 'bytes' || typeof value !== 'string') continue;
    row[name] = value.startsWith('{')
      ? (JSON.parse(value) as unknown)
      : Buffer.from(value, 'hex').toString('base64');
  }
  return JSON.stringify(row);
}
