import { randomBytes } from 'node:crypto';
import type { DataSource, QueryRunner } from 'typeorm';
import { quote } from '../../driver/sql/quote';
import { engineOf } from '../../engines/registry';
import type { BillingKinds, NamedTable } from '../billing-columns';
import type { Snapshot } from '../store';
import { columnsOf, countOf, keysOf } from './catalog';
import { readPages } from './read';

/** Of a file: a transaction that only reads, which no writer waits for. */
export async function fileSnapshot(
  dataSource: DataSource,
  _tables: readonly NamedTable[],
  kinds: BillingKinds,
  within?: QueryRunner,
): Promise<Snapshot> {
  const queryRunner = within ?? dataSource.createQueryRunner();
  // Within one that writes, nobody else can.
  if (within === undefined) await queryRunner.query('BEGIN');
  return snapshotOn(
    queryRunner,
    kinds,
    ({ table }) => quote(table),
    async () => {
      if (within !== undefined) return;
      await queryRunner.query('COMMIT').catch(() => undefined);
      await queryRunner.release();
    },
  );
}

/**
 * Of D1, which has no transaction over several reads: copies of the tables, all made in one batch. Within
 * a transaction, whose writes are held, a statement is added to them that makes them fail as a whole if a
 * row has been written since.
 */
export async function copiedSnapshot(
  dataSource: DataSource,
  tables: readonly NamedTable[],
  kinds: BillingKinds,
  within?: QueryRunner,
): Promise<Snapshot> {
  const queryRunner = dataSource.createQueryRunner();
  const copies = new Map<string, string>();
  const dropCopies = async (runner: QueryRunner): Promise<void> => {
    for (const copy of copies.values()) await runner.query(`DROP TABLE IF EXISTS ${copy}`);
  };
  try {
    await dropLeftovers(queryRunner);
    const prefix = newPrefix();
    for (const { table, name } of tables) {
      const columns = await columnsOf(queryRunner, kinds, { table });
      if (columns.length > 0) copies.set(table, quote(`${prefix}${name}`));
    }
    await queryRunner.startTransaction();
    for (const [table, copy] of copies) {
      await queryRunner.query(`CREATE TABLE ${copy} AS SELECT * FROM ${quote(table)}`);
    }
    await queryRunner.commitTransaction();
  } catch (error) {
    if (queryRunner.isTransactionActive) await queryRunner.rollbackTransaction();
    await queryRunner.release();
    throw error;
  }
  let isHanded = false;
  return {
    ...snapshotOn(
      queryRunner,
      kinds,
      ({ table }) => copies.get(table) ?? quote(table),
      async () => {
        if (!isHanded) await dropCopies(queryRunner).catch(() => undefined);
        await queryRunner.release();
      },
    ),
    async handOver() {
      // One that has sent nothing can't hold a statement either.
      if (within?.isTransactionActive !== true) return;
      isHanded = true;
      for (const [table, copy] of copies) {
        await within.query(
          refuseUnless(quote(table), copy, await columnsOf(queryRunner, kinds, { table })),
        );
      }
      await dropCopies(within);
    },
  };
}

/** Fails with a message, as the error of a JSON path that is none shows the path. */
export const failing = (table: string, column: string, message: string, where: string): string =>
  `INSERT INTO ${table} (${quote(column)}) SELECT json_extract('{}', '${message.replaceAll("'", "''")}') WHERE ${where}`;

function refuseUnless(
  table: string,
  copy: string,
  columns: readonly { readonly name: string }[],
): string {
  const [first] = columns;
  return failing(
    table,
    first?.name ?? '',
    'Rows were written since the backup began. Nothing was changed. Retry with another folder',
    `(SELECT count(*) FROM ${table}) <> (SELECT count(*) FROM ${copy}) ` +
      `OR EXISTS (SELECT * FROM ${table} EXCEPT SELECT * FROM ${copy})`,
  );
}

const snapshotOn = (
  queryRunner: QueryRunner,
  kinds: BillingKinds,
  pathOf: (table: NamedTable) => string,
  end: () => Promise<void>,
): Snapshot => ({
  columns: (table) => columnsOf(queryRunner, kinds, table),
  keys: (table) => keysOf(queryRunner, table),
  count: (table) => countOf(queryRunner, pathOf(table)),
  pages: (table, columns) => readPages(queryRunner, pathOf(table), columns),
  end,
});

const COPY = 'typeorm_billing_copy_';
const STALE_MS = 3_600_000;

/** For tables of our own on D1, with the time in it. */
export const newPrefix = (): string =>
  `${COPY}${Date.now().toString(36)}_${randomBytes(4).toString('hex')}_`;

/** Drops those that a process has left behind over an hour ago. */
export async function dropLeftovers(queryRunner: QueryRunner): Promise<void> {
  const rows = (await queryRunner.query(
    `SELECT "name" FROM "sqlite_master" WHERE "type" = 'table' AND substr("name", 1, ${COPY.length}) = '${COPY}'`,
  )) as { name: string }[];
  for (const { name } of rows) {
    const [time = ''] = name.slice(COPY.length).split('_');
    if (Date.now() - parseInt(time, 36) > STALE_MS) {
      await queryRunner.query(`DROP TABLE IF EXISTS ${quote(name)}`);
    }
  }
}

export const isBatch = (dataSource: DataSource): boolean =>
  engineOf(dataSource).atomicity === 'batch';
