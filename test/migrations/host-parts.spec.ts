import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import {
  type BillingError,
  migrate,
  revert,
  sqlScripts,
  tenantBilling,
  userBilling,
} from '../../src';
import { openDataSource } from '../support/data-source';
import { catalog, engines, rowsOf, TENANT_IDS, type TestDatabase } from '../support/engines';
import { recorded } from '../../src/migrator/sql-scripts';
import { droppingRows } from '../support/rollback-files';
import { ADDITIONS, partsOf, type Addition } from '../support/host-additions';

const PLAN = '00000000-0000-4000-8000-000000000001';

describe.each(engines)("H5 a rollback and what is the host's on $name", (engine) => {
  const { createDatabase, dialect } = engine;
  const additions = ADDITIONS[dialect];
  let database: TestDatabase;
  let dataSource: DataSource;

  const open = async (): Promise<void> => {
    database = await createDatabase({ host: 'rows', billing: true });
    dataSource = await openDataSource(database);
    await database.exec(`INSERT INTO plans (id, name) VALUES ('${PLAN}', 'Pro')`);
    await database.exec(
      `INSERT INTO subscriptions (id, tenant_id, plan_id) VALUES ('${PLAN}', '${TENANT_IDS[0]}', '${PLAN}')`,
    );
  };

  it('H5 T7 is refused for each addition by its name, and goes well without it', async () => {
    await open();
    const clean = await catalog(database);
    for (const addition of additions) {
      for (const statement of addition.add) await database.exec(statement);
      const before = [await catalog(database), await rowsOf(database, 'plans')];
      const error: unknown = await revert(dataSource, { all: true }).catch((one: unknown) => one);
      expect([addition.title, partsOf(error)]).toEqual([addition.title, addition.parts]);
      expect([await catalog(database), await rowsOf(database, 'plans')]).toEqual(before);
      for (const statement of addition.remove) await database.exec(statement);
    }
    expect(await catalog(database)).toEqual(clean);
    expect(await revert(dataSource, { all: true, discard: true })).toHaveLength(2);
  });

  it("H5 T7 TypeORM's own undoLastMigration() refuses, and a record alone is removed", async () => {
    await open();
    const [addition] = additions.filter(({ parts }) => parts[0]?.startsWith('user_')) as [Addition];
    for (const statement of addition.add) await database.exec(statement);
    const before = await catalog(database);
    const error: unknown = await DataSource.prototype.undoLastMigration
      .call(dataSource)
      .catch((one: unknown) => one);
    expect(partsOf(error)).toEqual(addition.parts);
    expect((error as BillingError).message).toMatch(
      /^Reverting CreateUserBilling\d+ drops .*user_subscriptions.*Nothing was changed: revert what added it/,
    );
    expect(await catalog(database)).toEqual(before);
    expect(await revert(dataSource, { fake: true })).toHaveLength(1);
    expect(await catalog(database)).toEqual(before);
  });

  it('H5 U3 a rollback file says what is in the way and changes nothing', async () => {
    await open();
    const scripts = await sqlScripts(tenantBilling.migrations[dialect], {
      dialect: dialect === 'postgres' ? 'postgres' : 'd1',
    });
    const rollback = droppingRows(scripts[0]!.rollback);
    for (const { add, remove, parts } of additions.filter((one) => !one.parts[0]?.includes('_'))) {
      for (const statement of add) await database.exec(statement);
      const before = await catalog(database);
      const [table, ...words] = parts[0]!.split(' ');
      await expect(database.exec(rollback)).rejects.toThrow(
        `This rollback would drop parts that billing did not make. Remove them first: ${words.join(' ')} (${table})`,
      );
      if (dialect === 'postgres') await database.exec('ROLLBACK');
      expect(await catalog(database)).toEqual(before);
      for (const statement of remove) await database.exec(statement);
    }
    await database.exec(rollback);
    expect(await catalog(database)).not.toContainEqual(
      expect.objectContaining({ kind: 'table', name: 'plans' }),
    );
  });

  it('H5 T7 several are refused before the first is reverted', async () => {
    await open();
    await database.exec('ALTER TABLE plans ADD COLUMN segment text');
    const before = await catalog(database);
    for (const transaction of ['all', 'each', 'none'] as const) {
      await expect(revert(dataSource, { all: true, transaction })).rejects.toMatchObject({
        code: 'HOST_PARTS_IN_THE_WAY',
      });
      expect(await catalog(database)).toEqual(before);
    }
    expect(await revert(dataSource)).toHaveLength(1);
    expect(await migrate(dataSource)).toHaveLength(1);
  });

  it("H5 T7 a host's rows that refer to a plan stay, whatever ON DELETE says", async () => {
    await open();
    const id = dialect === 'postgres' ? 'uuid' : 'text';
    const tables = ['CASCADE', 'RESTRICT', 'SET NULL', 'SET DEFAULT', 'NO ACTION'].map((action) => {
      const name = `Host ${action.toLowerCase()}`;
      return { name, sql: `"${name}" (plan ${id} REFERENCES plans (id) ON DELETE ${action})` };
    });
    for (const { name, sql } of tables) {
      await database.exec(`CREATE TABLE ${sql}`);
      await database.exec(`INSERT INTO "${name}" VALUES ('${PLAN}')`);
    }
    for (const transaction of ['all', 'none'] as const) {
      const error: unknown = await revert(dataSource, { all: true, transaction }).catch(
        (one: unknown) => one,
      );
      expect(partsOf(error)).toHaveLength(tables.length);
      for (const { name } of tables) expect(await rowsOf(database, name)).toEqual([{ plan: PLAN }]);
    }
  });

  it('H5 T7 a copy of its SQL in a file of the host is refused too', async () => {
    database = await createDatabase();
    const [original] = tenantBilling.migrations[dialect].map((Migration) => new Migration());
    const run = (way: 'up' | 'down') => async (queryRunner: QueryRunner) => {
      for (const sql of await recorded((recorder) => original![way](recorder))) {
        await queryRunner.query(sql);
      }
    };
    class CreateTenantBilling1899999999999 implements MigrationInterface {
      name = 'CreateTenantBilling1899999999999';
      billing = original!.name;
      up = run('up');
      down = run('down');
    }
    dataSource = await openDataSource(database);
    Object.assign(dataSource, { migrations: [new CreateTenantBilling1899999999999()] });
    await migrate(dataSource);
    await database.exec('ALTER TABLE plans ADD COLUMN segment text');
    const before = await catalog(database);
    expect(partsOf(await revert(dataSource).catch((error: unknown) => error))).toEqual([
      'plans column segment',
    ]);
    expect(await catalog(database)).toEqual(before);
    await database.exec('ALTER TABLE plans DROP COLUMN segment');
    expect(await revert(dataSource)).toEqual(['CreateTenantBilling1899999999999']);
  });

  it('H5 T7 those made from it are refused first, under whatever name it is recorded', async () => {
    await open();
    const own = [...tenantBilling.migrations[dialect], ...userBilling.migrations[dialect]].map(
      (Migration) =>
        new (class extends Migration {
          override readonly name = `${new Migration().name.slice(0, -13)}1899999999999`;
        })(),
    );
    Object.assign(dataSource, { migrations: own });
    await database.exec('ALTER TABLE plans ADD COLUMN segment text');
    const before = await catalog(database);
    const error: unknown = await revert(dataSource, { all: true }).catch((one: unknown) => one);
    expect(partsOf(error)).toEqual(['plans column segment']);
    expect(await catalog(database)).toEqual(before);
  });
});
