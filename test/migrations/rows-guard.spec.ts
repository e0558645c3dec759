import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import {
  type BillingError,
  migrate,
  revert,
  sqlScripts,
  tenantBilling,
  userBilling,
} from '../../src';
import { type WriteBackup, registerBackup } from '../../src/migrations/rollback-choice';
import { recorded } from '../../src/migrator/sql-scripts';
import { openHost } from '../host/open-host';
import { openDataSource } from '../support/data-source';
import { catalog, engines, rowsOf, TENANT_IDS, type TestDatabase } from '../support/engines';
import { droppingRows } from '../support/rollback-files';
import { laterMigration } from './later-migration';

const ID = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const PLANS = `INSERT INTO plans (id, name) VALUES ('${ID}', 'Pro'), ('${OTHER}', 'Max')`;
const ROWS = [
  PLANS,
  `INSERT INTO subscriptions (id, tenant_id, plan_id) VALUES ('${ID}', '${TENANT_IDS[0]}', '${ID}')`,
  `INSERT INTO subscription_plans (id, code, name, amount, currency, billing_interval) VALUES ('${ID}', 'pro', 'Pro', 1, 'EUR', 'month')`,
];
const TABLES = [
  { table: 'subscription_plans', rows: 1 },
  { table: 'subscriptions', rows: 1 },
  { table: 'plans', rows: 2 },
];
const OF_USERS = ['ROWS_IN_THE_WAY', { tables: TABLES.slice(0, 1), columns: [] }];
const OF_TENANTS = ['ROWS_IN_THE_WAY', { tables: TABLES.slice(1), columns: [] }];

afterEach(() => {
  delete process.env.BILLING_ROLLBACK;
});

describe.each(engines)('R1 a rollback and the rows on $name', (engine) => {
  const { createDatabase, dialect, name } = engine;
  let database: TestDatabase;
  let dataSource: DataSource;

  const open = async (statements: readonly string[] = ROWS): Promise<void> => {
    database = await createDatabase({ host: 'rows', billing: true });
    dataSource = await openDataSource(database);
    for (const sql of statements) await database.exec(sql);
  };

  const state = async (): Promise<unknown> => {
    const found: unknown[] = [await catalog(database)];
    for (const table of ['plans', 'subscriptions', 'subscription_plans', 'migrations']) {
      found.push(await rowsOf(database, table));
    }
    return found;
  };

  const tables = async (): Promise<string[]> =>
    (await catalog(database)).filter(({ kind }) => kind === 'table').map(({ table }) => table);

  const refused = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'not refused',
      (error: unknown) => [(error as BillingError).code, (error as BillingError).details],
    );

  /** As TypeORM's CLI does on a stock DataSource. */
  const undo = (): Promise<void> => DataSource.prototype.undoLastMigration.call(dataSource);

  it('R1 T7 is refused, with all tables that have rows and their counts, and nothing changes', async () => {
    await open();
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
    process.env.BILLING_ROLLBACK = 'discard';
    expect(await refused(revert(dataSource, { discard: false }))).toEqual(OF_USERS);
    expect(await state()).toEqual(before);
    expect(await revert(dataSource, { all: true, discard: true })).toHaveLength(2);
    expect(await tables()).not.toContain('plans');
  });

  it('R1 T7 tables without rows are dropped as before', async () => {
    await open([...ROWS, 'DELETE FROM subscriptions', 'DELETE FROM subscription_plans']);
    expect(await revert(dataSource)).toHaveLength(1);
    await database.exec('DELETE FROM plans');
    expect(await revert(dataSource, { all: true })).toHaveLength(1);
    expect(await migrate(dataSource)).toHaveLength(2);
  });

  it("R1 C4 TypeORM's own revert refuses too, unless BILLING_ROLLBACK says otherwise", async () => {
    await open();
    const before = await state();
    for (const work of [undo, () => dataSource.undoLastMigration(), () => revert(dataSource)]) {
      delete process.env.BILLING_ROLLBACK;
      expect(await refused(work())).toEqual(OF_USERS);
      process.env.BILLING_ROLLBACK = 'drop';
      await expect(work()).rejects.toThrow(
        /^BILLING_ROLLBACK is "drop": use discard, .*backup:<dir>/,
      );
      process.env.BILLING_ROLLBACK = 'backup:/somewhere';
      registerBackup(undefined);
      await expect(work()).rejects.toThrow(/"\/somewhere".*import 'typeorm-billing'/);
      expect(await state()).toEqual(before);
    }
    process.env.BILLING_ROLLBACK = 'discard';
    await undo();
    await dataSource.undoLastMigration();
    expect(await tables()).not.toContain('plans');
  });

  it('R1 options that say two things are refused', async () => {
    await open([]);
    await expect(revert(dataSource, { discard: true, backup: 'x' })).rejects.toMatchObject({
      code: 'INVALID_CALL',
    });
    await expect(revert(dataSource, { backup: '' })).rejects.toMatchObject({
      code: 'INVALID_CALL',
    });
  });

  it("R1 a migration of the host's that extends billing's, or copies it, refuses", async () => {
    await open();
    const [Original] = tenantBilling.migrations[dialect];
    class CreateTenantBilling1899999999999 extends Original! {
      override readonly name = 'CreateTenantBilling1899999999999';
    }
    const run = (way: 'up' | 'down') => async (queryRunner: QueryRunner) => {
      for (const sql of await recorded((recorder) => new Original!()[way](recorder))) {
        await queryRunner.query(sql);
      }
    };
    class Copied1899999999999 implements MigrationInterface {
      name = 'CreateTenantBilling1899999999999';
      billing = new Original!().name;
      up = run('up');
      down = run('down');
    }
    await database.exec(`DELETE FROM migrations WHERE name LIKE 'CreateUser%'`);
    const before = await state();
    Object.assign(dataSource, { migrations: [new Copied1899999999999()] });
    expect(await refused(revert(dataSource))).toEqual(OF_TENANTS);
    Object.assign(dataSource, { migrations: [new CreateTenantBilling1899999999999()] });
    expect(await refused(revert(dataSource))).toEqual(OF_TENANTS);
    await database.exec(
      `UPDATE migrations SET name = 'CreateTenantBilling1899999999999' WHERE name LIKE 'CreateTenant%'`,
    );
    expect(await refused(undo())).toEqual(OF_TENANTS);
    await database.exec(
      `UPDATE migrations SET name = '${new Original!().name}' WHERE name LIKE 'CreateTenant%'`,
    );
    expect(await state()).toEqual(before);
    expect(await revert(dataSource, { discard: true })).toHaveLength(1);
    expect(await tables()).not.toContain('plans');
  });

  it("R1 the host's own migrations drop what they like, and may take billing's rows away first", async () => {
    await open();
    const own = {
      name: 'Seed1900000000000',
      up: (queryRunner: QueryRunner) =>
        queryRunner.query('CREATE TABLE notes (id integer)') as Promise<void>,
      async down(queryRunner: QueryRunner) {
        await queryRunner.query('DROP TABLE notes');
        await queryRunner.query('DELETE FROM subscription_plans');
      },
    };
    dataSource.migrations.push(own);
    await migrate(dataSource);
    await database.exec('INSERT INTO notes VALUES (1)');
    // What comes before is refused for the rows that are left when its turn comes.
    expect(await refused(revert(dataSource, { all: true }))).toEqual(OF_TENANTS);
    const isUndone = name === 'd1';
    expect((await tables()).includes('notes')).toBe(!isUndone);
    if (!isUndone) expect(await revert(dataSource)).toEqual([own.name]);
    await database.exec('DELETE FROM subscription_plans');
    expect(await revert(dataSource)).toEqual([expect.stringContaining('CreateUserBilling')]);
    expect(await refused(revert(dataSource))).toEqual(OF_TENANTS);
  });

  it('R1 values of a column that goes count, but its default does not', async () => {
    const clean = await createDatabase({ billing: true });
    const Later = await laterMigration(clean);
    database = await createDatabase({ host: 'rows', billing: true });
    const all = [tenantBilling, userBilling].flatMap(({ migrations }) => migrations[dialect]);
    dataSource = await openHost(database, [], { migrations: [...all, Later] });
    await database.exec(PLANS);
    await migrate(dataSource);
    await database.exec(`UPDATE plans SET setup_fee = 5 WHERE id = '${ID}'`);
    const before = [await catalog(database), await rowsOf(database, 'plans')];
    const details = { tables: [], columns: [{ table: 'plans', column: 'setup_fee', rows: 1 }] };
    const down = (): Promise<void> =>
      dataSource.transaction(({ queryRunner }) => new Later().down(queryRunner!));
    for (const work of [down, () => revert(dataSource)]) {
      expect(await refused(work())).toEqual(['ROWS_IN_THE_WAY', details]);
    }
    // The rows of the table count once.
    expect(await refused(revert(dataSource, { all: true }))).toEqual([
      'ROWS_IN_THE_WAY',
      { tables: [{ table: 'plans', rows: 2 }], columns: [] },
    ]);
    expect([await catalog(database), await rowsOf(database, 'plans')]).toEqual(before);
    expect(await revert(dataSource, { discard: true })).toHaveLength(1);
    expect(await rowsOf(database, 'plans')).toHaveLength(2);
  });

  it('R1 U3 a rollback file fails while there are rows, unless its line is uncommented', async () => {
    await open();
    const before = await state();
    const scripts = await sqlScripts(
      [...tenantBilling.migrations[dialect], ...userBilling.migrations[dialect]],
      { dialect: dialect === 'postgres' ? 'postgres' : 'd1' },
    );
    const [tenant, user] = scripts;
    for (const [{ rollback }, says] of [
      [tenant!, 'would drop rows: subscriptions (1 row), plans (2 rows). Nothing was changed'],
      [user!, 'would drop rows: subscription_plans (1 row). Nothing was changed'],
    ] as const) {
      await expect(database.exec(rollback)).rejects.toThrow(says);
      if (dialect === 'postgres') await database.exec('ROLLBACK');
      expect(await state()).toEqual(before);
    }
    for (const { rollback } of [user!, tenant!]) await database.exec(droppingRows(rollback));
    expect(await tables()).not.toContain('plans');
    expect(await rowsOf(database, 'migrations')).toEqual([]);
    // Once said, it holds for that file alone.
    for (const { forward } of scripts) await database.exec(forward);
    await database.exec(PLANS);
    await expect(database.exec(tenant!.rollback)).rejects.toThrow('would drop rows');
    if (dialect === 'postgres') await database.exec('ROLLBACK');
  });

  describe('R2 with a backup', () => {
    const written: [string, readonly string[], unknown][] = [];

    beforeEach(() => {
      written.length = 0;
      const write: WriteBackup = async (queryRunner, directory, some, options) => {
        const counts: unknown[] = [];
        for (const { table } of some) {
          counts.push(await queryRunner.query(`SELECT count(*) AS rows FROM "${table}"`));
        }
        written.push([directory, some.map(({ table }) => table), options]);
        expect(JSON.stringify(counts)).toMatch(/[12]/);
      };
      registerBackup(write);
    });

    it.each(['all', 'none'] as const)(
      'R2 the rows of all tables are written before the first is dropped: %s',
      async (transaction) => {
        await open();
        expect(
          await revert(dataSource, { all: true, backup: '/somewhere', transaction }),
        ).toHaveLength(2);
        const [users, tenants] = [
          ['payment_attempts', 'user_subscriptions', 'subscription_plans', 'direct_debit_tokens'],
          ['tenant_config', 'subscriptions', 'plans'],
        ];
        expect(written).toEqual(
          name === 'd1' && transaction === 'all'
            ? [
                ['/somewhere', users, {}],
                ['/somewhere', tenants, { isContinued: true }],
              ]
            : [['/somewhere', [...users, ...tenants], {}]],
        );
        expect(await tables()).not.toContain('plans');
      },
    );

    it("R2 TypeORM's own revert writes them where BILLING_ROLLBACK says so", async () => {
      await open();
      process.env.BILLING_ROLLBACK = 'backup:/somewhere';
      await undo();
      expect(written.map(([directory]) => directory)).toEqual(['/somewhere']);
      expect(await tables()).not.toContain('subscription_plans');
    });

    it('R2 what can not be written is not dropped', async () => {
      await open();
      registerBackup(() => Promise.reject(new Error('no space left')));
      const before = await state();
      for (const transaction of ['all', 'none'] as const) {
        const work = revert(dataSource, { all: true, backup: '/somewhere', transaction });
        await expect(work).rejects.toThrow('no space left');
        expect(await state()).toEqual(before);
      }
    });
  });
});
