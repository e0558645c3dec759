import { DataSource } from 'typeorm';
import { type BillingError, revert, tenantBilling } from '../../src';
import type { D1Binding } from '../../src/driver/d1/binding';
import { openBilling, openDataSource, opened } from '../support/data-source';
import {
  catalog,
  describeOn,
  engineNamed,
  engines,
  rowsOf,
  type TestDatabase,
} from '../support/engines';

const PLAN = `INSERT INTO plans (id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'Pro')`;
const FOUND = { tables: [{ table: 'plans', rows: 1 }], columns: [] };

const refused = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'not refused',
    (error: unknown) => [(error as BillingError).code, (error as BillingError).details],
  );

const isThere = async (database: TestDatabase): Promise<boolean> =>
  (await catalog(database)).some(({ kind, table }) => kind === 'table' && table === 'plans');

for (const { name, createDatabase } of engines.filter(
  ({ transactions }) => transactions === 'interactive',
))
  describe(`R1 rows that are written while a rollback begins on ${name}`, () => {
    it.each(['all', 'none'] as const)(
      'R1 R3 a transaction that commits meanwhile is waited for, and its rows stay: %s',
      async (transaction) => {
        const { database, dataSource } = await openBilling(createDatabase);
        const writer = dataSource.createQueryRunner();
        await writer.startTransaction();
        await writer.query(PLAN);
        const work = refused(revert(dataSource, { all: true, transaction }));
        await new Promise((resolve) => setTimeout(resolve, 300));
        await writer.commitTransaction();
        await writer.release();
        expect(await work).toEqual(['ROWS_IN_THE_WAY', FOUND]);
        expect(await rowsOf(database, 'plans')).toHaveLength(1);
      },
    );
  });

describeOn('postgres', 'R1 a stock DataSource on postgres', () => {
  it.each(['read committed', 'repeatable read', 'serializable'])(
    'R1 R3 sees rows that are committed while its own revert waits: %s',
    async (isolation) => {
      const database = await engineNamed('postgres').createDatabase({ billing: true });
      await database.exec(`DELETE FROM migrations WHERE name LIKE 'CreateUser%'`);
      const dataSource = await opened(
        new DataSource({
          type: 'postgres',
          url: database.url,
          migrations: tenantBilling.migrations.postgres,
          extra: { options: `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}` },
        }),
      );
      const writer = dataSource.createQueryRunner();
      await writer.startTransaction();
      await writer.query(PLAN);
      const work = refused(dataSource.undoLastMigration());
      await new Promise((resolve) => setTimeout(resolve, 300));
      await writer.commitTransaction();
      await writer.release();
      expect(await work).toEqual(['ROWS_IN_THE_WAY', FOUND]);
      expect(await isThere(database)).toBe(true);
    },
  );
});

describeOn('d1', 'R1 rows that are written before a batch arrives on d1', () => {
  it('R1 R3 make the batch fail as a whole, and the error counts them', async () => {
    const database = await engineNamed('d1').createDatabase({ billing: true });
    let batches = 0;
    const { binding } = database;
    const late: D1Binding = new Proxy(binding!, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (key !== 'batch') {
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        }
        return async (...statements: Parameters<D1Binding['batch']>) => {
          batches += 1;
          // Reverted second, after the tables of users.
          if (batches === 2) await database.exec(PLAN);
          return target.batch(...statements);
        };
      },
    });
    const dataSource = await openDataSource({ ...database, binding: late });
    expect(await refused(revert(dataSource, { all: true }))).toEqual(['ROWS_IN_THE_WAY', FOUND]);
    expect(batches).toBe(2);
    expect(await isThere(database)).toBe(true);
    expect(await rowsOf(database, 'plans')).toHaveLength(1);
    expect(await revert(dataSource, { discard: true })).toHaveLength(1);
  });
});
