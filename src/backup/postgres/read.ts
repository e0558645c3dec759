import type { QueryRunner } from 'typeorm';
import type { LiveColumn, Page } from '../store';
import { quote } from './catalog';
import { copyOut, isPgClient } from './copy-out';
import { CopyEncoder, copyLine } from './encode';

/** Of a cursor, at once. */
const FETCHED = 500;

/** The rows of a query's FROM as lines, in the transaction of the query runner. */
export async function* readPages(
  queryRunner: QueryRunner,
  from: string,
  columns: readonly LiveColumn[],
): AsyncGenerator<Page> {
  const encoder = new CopyEncoder(columns);
  const client: unknown = await queryRunner.connect();
  if (!isPgClient(client)) {
    yield* byCursor(queryRunner, from, columns, encoder);
    return;
  }
  const list = columns.map(valueOf).join(', ');
  for await (const chunk of copyOut(client, `COPY (SELECT ${list} FROM ${from}) TO STDOUT`)) {
    yield encoder.encode(chunk);
  }
}

const valueOf = ({ name, kind }: LiveColumn): string =>
  kind === 'bytes' ? `encode(${quote(name)}, 'base64')` : quote(name);

/** For drivers that have no COPY. */
async function* byCursor(
  queryRunner: QueryRunner,
  from: string,
  columns: readonly LiveColumn[],
  encoder: CopyEncoder,
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
    const lines = rows.map((row) => copyLine(columns.map((_, index) => row[index] ?? null)));
    yield encoder.encode(Buffer.from(lines.join('')));
  }
  await queryRunner.query('CLOSE "billing_backup"');
}
