import { DataSource } from 'typeorm';
import { type BillingError, migrate, revert } from '../../src';
import { openDataSource } from '../support/data-source';
import { catalog, engines, rowsOf, TENANT_IDS, type TestDatabase } from '../support/engines';

const ID = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const ROWS = [
  `INSERT INTO plans (id, name) VALUES ('${ID}', 'Pro'), ('${OTHER}', 'Max')`,
  `INSERT INTO subscriptions (id, tenant_id, plan_id) VALUES ('${ID}', '${TENANT_IDS[0]}', '${ID}')`,
  `INSERT INTO subscription_plans (id, code, name, amount, currency, billing_interval) VALUES ('${ID}', 'pro', 'Pro', 1, 'EUR', 'month')`,
];
const TABLES = [
  { table: 'subscription_plans', rows: 1 },
  { table: 'subscriptions', rows: 1 },
  { table: 'plans', rows: 2 },
];

describe.each(engines)('R1 a rollback and the rows on $name', (engine) => {
  const { createDatabase } = engine;
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createDatabase({ host: 'rows', billing: true });
    dataSource = await openDataSource(database);
  });

  const insert = async (): Promise<void> => {
    for (const sql of ROWS) await database.exec(sql);
  };

  const state = async (): Promise<unknown> => [
    await catalog(database),
    await rowsOf(database, 'plans'),
    await rowsOf(database, 'subscriptions'),
    await rowsOf(database, 'subscription_plans'),
    await rowsOf(database, 'migrations'),
  ];

  const refused = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'not refused',
      (error: unknown) => [(error as BillingError).code, (error as BillingError).details],
    );

  it('R1 T7 is refused, with all tables that have rows and their counts, and nothing changes', async () => {
    await insert();
    const before = await state();
    for (const transaction of ['all', 'each', 'none'] as const) {
      const error: unknown = await revert(dataSource, { all: true, transaction }).catch(
        (one: unknown) => one,
      );
      expect(error).toMatchObject({
        code: 'ROWS_IN_THE_WAY',
        details: { tables: TABLES, columns: [] },
        message: expect.stringMatching(
          /^Reverting CreateUserBilling\d+, CreateTenantBilling\d+ would drop rows: subscription_plans \(1 row\), subscriptions \(1 row\), plans \(2 rows\)\. None of them was reverted: keep them .*--backup.*--discard/,
        ) as unknown,
      });
      expect(await state()).toEqual(before);
    }
    expect(await refused(revert(dataSource))).toEqual([
      'ROWS_IN_THE_WAY',
      { tables: TABLES.slice(0, 1), columns: [] },
    ]);
    expect(await state()).toEqual(before);
    expect(await revert(dataSource, { all: true, discard: true })).toHaveLength(2);
    expect((await catalog(database)).map(({ name }) => name)).not.toContain('plans');
  });

  it('R1 T7 tables without rows are dropped without a word', async () => {
    await insert();
    for (const table of ['subscriptions', 'plans', 'subscription_plans']) {
      await database.exec(`DELETE FROM ${table}`);
    }
    expect(await revert(dataSource, { all: true })).toHaveLength(2);
    expect(await migrate(dataSource)).toHaveLength(2);
  });

  it("R1 TypeORM's own undoLastMigration() refuses", async () => {
    await insert();
    const before = await state();
    const undo = (): Promise<void> => DataSource.prototype.undoLastMigration.call(dataSource);
    expect(await refused(undo())).toEqual([
      'ROWS_IN_THE_WAY',
      { tables: TABLES.slice(0, 1), columns: [] },
    ]);
    expect(await state()).toEqual(before);
  });
});
