import type { QueryRunner } from 'typeorm';
import type { LiveColumn, Page } from '../store';
import { quote } from './catalog';
import { copyOut, isPgClient } from './copy-out';
import { cellsOf, lineWriter } from './encode';

/** Of a cursor, at once. */
const FETCHED = 500;

/** The rows of a query's FROM as lines, in the transaction of the query runner. */
export async function* readPages(
  queryRunner: QueryRunner,
  from: string,
  columns: readonly LiveColumn[],
): AsyncGenerator<Page> {
  const write = lineWriter(columns);
  const client: unknown = await queryRunner.connect();
  if (!isPgClient(client)) {
    yield* byCursor(queryRunner, from, columns, write);
    return;
  }
  const list = columns.map(valueOf).join(', ');
  for await (const chunk of copyOut(client, `COPY (SELECT ${list} FROM ${from}) TO STDOUT`)) {
    const lines = chunk.toString('utf8').split('\n');
    lines.pop();
    let text = '';
    for (const line of lines) text += write(cellsOf(line));
    yield { text, rows: lines.length };
  }
}

const valueOf = ({ name, kind }: LiveColumn): string =>
  kind === 'bytes' ? `encode(${quote(name)}, 'base64')` : quote(name);

/** For drivers that have no COPY. */
async function* byCursor(
  queryRunner: QueryRunner,
  from: string,
  columns: readonly LiveColumn[],
  write: (cells: readonly (string | null)[]) => string,
): AsyncGenerator<Page> {
  const list = columns.map((column, index) => `${valueOf(column)}::text AS "${index}"`).join(', ');
  await queryRunner.query(
    `DECLARE "billing_backup" NO SCROLL CURSOR FOR SELECT ${list} FROM ${from}`,
  );
  for (;;) {
    const rows = (await queryRunner.query(`FETCH ${FETCHED} FROM "billing_backup"`)) as Record<
      string,
      string | null
    >[];
    if (rows.length === 0) break;
    const text = rows.map((row) => write(columns.map((_, index) => row[index] ?? null))).join('');
    yield { text, rows: rows.length };
  }
  await queryRunner.query('CLOSE "billing_backup"');
}
