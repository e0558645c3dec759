import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { backup, migrate, restore } from '../../src';
import { writeBackup } from '../../src/backup/backup';
import { fill } from '../generate/rows';
import { store } from '../schema/billing-database';
import { USER_TABLES } from '../support/billing-tables';
import { newFolder } from '../support/test-run';
import { openBilling, openDataSource } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';
import { countsOf, fillAll, valuesOf } from './rows';

const tables = USER_TABLES.map((table) => ({ schema: undefined, table }));

/** Tables that a backup has made and has to drop. */
const leftovers = (database: TestDatabase): Promise<unknown[]> =>
  database.sql(
    database.dialect === 'postgres'
      ? `SELECT relname FROM pg_class WHERE relname LIKE '%billing\\_re%' OR relname LIKE 'typeorm\\_billing%'`
      : `SELECT name FROM sqlite_master WHERE name LIKE '%billing_re%' OR name LIKE 'typeorm_billing%'`,
  );

describe.each(engines)('R2 the moment of a backup on $name', ({ name, createDatabase }) => {
  it('R2 is one, whatever is written while it runs, and it keeps no writer waiting', async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    await fill(database);
    const expected = await valuesOf(dataSource);
    const folder = join(newFolder('backup'), 'moment');
    const writes: Promise<unknown>[] = [];
    await backup(dataSource, folder, {
      onProgress({ step, table }) {
        expect(step).toBe('backup');
        if (table === 'plans' && writes.length === 0) {
          writes.push(store(database, 'payment_attempts'), store(database, 'plans'));
        }
      },
    });
    await Promise.all(writes);
    expect(writes).toHaveLength(2);
    expect(await leftovers(database)).toEqual([]);
    const empty = await openBilling(createDatabase, { host: 'rows' });
    await restore(empty.dataSource, folder);
    expect(await valuesOf(empty.dataSource)).toEqual(expected);
    expect(await leftovers(empty.database)).toEqual([]);
  });

  it('R2 is before a rollback drops the tables in the same transaction; after `up`, all is restored', async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    await fill(database);
    const expected = await valuesOf(dataSource);
    const folder = join(newFolder('backup'), 'rollback');
    await dropping(dataSource, folder);
    expect(await leftovers(database)).toEqual([]);
    await migrate(await openDataSource(database));
    const { tables: restored } = await restore(dataSource, folder);
    expect(restored.map(({ table }) => table).sort()).toEqual([...USER_TABLES].sort());
    expect(await valuesOf(dataSource)).toEqual(expected);
  });

  it('R2 readable by nobody else on the machine', async () => {
    const { dataSource } = await openBilling(createDatabase, { host: 'rows' });
    const folder = join(newFolder('backup'), 'mode');
    await backup(dataSource, folder);
    const modes = await Promise.all(
      [folder, join(folder, 'manifest.json'), join(folder, 'plans.jsonl')].map(
        async (path) => (await stat(path)).mode & 0o777,
      ),
    );
    expect(modes).toEqual([0o700, 0o600, 0o600]);
  });

  if (name === 'postgres') {
    it('R2 holds the same bytes where the driver has no COPY', async () => {
      const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
      await fillAll(database);
      const folders = ['copy', 'cursor'].map((one) => join(newFolder('backup'), one));
      const [copy = '', cursor = ''] = folders;
      await backup(dataSource, copy);
      const queryRunner = dataSource.createQueryRunner();
      await queryRunner.startTransaction();
      // As the client of another driver than `pg`.
      const client = (await queryRunner.connect()) as Client;
      const other = new Proxy(client, {
        get: (target, key) =>
          key === 'query'
            ? target.query.bind(target)
            : key === 'connection'
              ? undefined
              : (Reflect.get(target, key) as unknown),
      });
      Object.assign(queryRunner, { connect: () => Promise.resolve(other) });
      await writeBackup(queryRunner, cursor, tables);
      await queryRunner.rollbackTransaction();
      await queryRunner.release();
      for (const { table } of tables) {
        const [one, another] = await Promise.all(
          folders.map((folder) => readFile(join(folder, `${table}.jsonl`), 'utf8')),
        );
        expect(another).toBe(one);
      }
    });
  }

  if (name === 'd1') {
    it('R2 on D1 a rollback fails as a whole if a row was changed since', async () => {
      const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
      await fill(database);
      const counts = await countsOf(database);
      const folder = join(newFolder('backup'), 'changed');
      const change = (): Promise<unknown> =>
        database.sql(
          `UPDATE payment_attempts SET failure_message = 'other' WHERE currency = 'JPY'`,
        );
      await expect(dropping(dataSource, folder, change)).rejects.toThrow(
        /Rows were written since the backup began/,
      );
      expect(await countsOf(database)).toEqual(counts);
    });
  }
});

/** What a rollback with a backup does: the rows are written to the folder, and the tables dropped. */
async function dropping(
  dataSource: DataSource,
  folder: string,
  between?: () => Promise<unknown>,
): Promise<void> {
  const queryRunner = dataSource.createQueryRunner();
  await queryRunner.startTransaction();
  try {
    await writeBackup(queryRunner, folder, tables);
    await between?.();
    for (const table of ['payment_attempts', 'user_subscriptions', 'subscription_plans']) {
      await queryRunner.query(`DROP TABLE "${table}"`);
    }
    await queryRunner.query('DROP TABLE "direct_debit_tokens"');
    await queryRunner.query(`DELETE FROM "migrations" WHERE "name" LIKE 'CreateUserBilling%'`);
    await queryRunner.commitTransaction();
  } catch (error) {
    if (queryRunner.isTransactionActive) await queryRunner.rollbackTransaction();
    throw error;
  } finally {
    await queryRunner.release();
  }
}
