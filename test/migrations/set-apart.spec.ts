import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import {
  migrate,
  revert,
  sqlScripts,
  SqliteDataSource,
  status,
  tenantBilling,
  userBilling,
} from '../../src';
import { D1DataSource } from '../../src/d1';
import { BILLING_TABLES } from '../support/billing-tables';
import { opened } from '../support/data-source';
import { catalog, engines, type TestDatabase } from '../support/engines';
import { appliedMigrations, billingTables, MIGRATIONS } from '../cli/tables';

class First1600000000000 implements MigrationInterface {
  up = (queryRunner: QueryRunner): Promise<unknown> =>
    queryRunner.query('CREATE TABLE first (id int)');
  down = (queryRunner: QueryRunner): Promise<unknown> => queryRunner.query('DROP TABLE first');
}

class Second1900000000000 implements MigrationInterface {
  up = (queryRunner: QueryRunner): Promise<unknown> =>
    queryRunner.query('CREATE TABLE second (id int)');
  down = (queryRunner: QueryRunner): Promise<unknown> => queryRunner.query('DROP TABLE second');
}

const HOSTS = [First1600000000000, Second1900000000000];

/** As a service has it that never calls this package: on Postgres, TypeORM's own class. */
function dataSourceOn(
  { engine, url, binding }: TestDatabase,
  migrations: (new () => MigrationInterface)[],
): Promise<DataSource> {
  if (binding !== undefined) return opened(new D1DataSource({ migrations, database: binding }));
  return opened(
    engine === 'postgres'
      ? new DataSource({ type: 'postgres', url, migrations, installExtensions: false })
      : new SqliteDataSource({ migrations, database: url.slice('sqlite:'.length) }),
  );
}

describe.each(engines)("billing beside a host's own history on $name", (engine) => {
  const { dialect, createDatabase } = engine;
  const OURS = [...tenantBilling.migrations[dialect], ...userBilling.migrations[dialect]];
  const names = async (database: TestDatabase): Promise<string[]> =>
    (await appliedMigrations(database)).sort();
  const both = [...HOSTS.map(({ name }) => name), ...MIGRATIONS].sort();

  it("C4 T7 leaves it the revert of its own, and reverts billing's by itself", async () => {
    const database = await createDatabase();
    const host = await dataSourceOn(database, HOSTS);
    await host.runMigrations();
    const before = await catalog(database);
    const billing = await dataSourceOn(database, OURS);
    await migrate(billing);

    // The host's own go and come while billing's stay.
    await host.undoLastMigration();
    expect(await names(database)).toEqual([First1600000000000.name, ...MIGRATIONS].sort());
    await host.runMigrations();
    expect(await names(database)).toEqual(both);

    // Billing's go and come while the host's stay.
    expect(await status(billing)).toMatchObject(both.map(() => ({ state: 'applied' })));
    expect(await migrate(billing)).toEqual([]);
    expect(await revert(billing)).toEqual([MIGRATIONS.at(-1)]);
    await host.undoLastMigration();
    await host.runMigrations();
    await migrate(billing);
    expect(await billingTables(database)).toEqual([...BILLING_TABLES].sort());
    expect(await revert(billing, { all: true })).toEqual([...MIGRATIONS].reverse());
    expect(await catalog(database)).toEqual(before);
    // Once more there is nothing of billing's to revert, and for all who do it at once.
    expect(await revert(billing)).toEqual([]);
    await migrate(billing);
    const others = await Promise.all([1, 2, 3].map(() => dataSourceOn(database, OURS)));
    const reverted = await Promise.all(others.map((one) => revert(one, { all: true })));
    expect(reverted.flat().sort()).toEqual([...MIGRATIONS].sort());
    await host.undoLastMigration();
    await host.undoLastMigration();
    expect(await names(database)).toEqual([]);
  });

  it("C4 T7 is reverted newest first by TypeORM's own, after a host's that lists it too", async () => {
    const database = await createDatabase();
    const first = await dataSourceOn(database, HOSTS);
    await first.runMigrations();
    const before = await catalog(database);
    const billing = await dataSourceOn(database, OURS);
    await migrate(billing);
    const order: string[] = [];
    const undo = async (): Promise<void> => {
      const host = await dataSourceOn(database, [...HOSTS, ...OURS]);
      const applied = await names(database);
      await DataSource.prototype.undoLastMigration.call(host);
      const left = await names(database);
      order.push(...applied.filter((name) => !left.includes(name)));
    };
    for (const _ of both) await undo();
    expect(order).toEqual([
      Second1900000000000.name,
      First1600000000000.name,
      ...MIGRATIONS.toReversed(),
    ]);
    await first.runMigrations();
    expect(await catalog(database)).toEqual(before);
  });

  it('C4 T7 has its place in the sequence where the host holds it', async () => {
    const database = await createDatabase();
    const host = await dataSourceOn(database, [...HOSTS, ...OURS]);
    await migrate(host);
    // What a later version brings is recorded by the program, which holds billing's alone.
    const [tenant = '', user = ''] = MIGRATIONS.slice(-2);
    const billing = await dataSourceOn(database, OURS);
    expect(await revert(host, { to: tenant })).toContain(user);
    await migrate(host);
    await database.exec(`DELETE FROM migrations WHERE name = '${user}'`);
    await migrate(billing, { fake: true });
    await host.undoLastMigration();
    expect(await names(database)).toEqual(both.filter((name) => name !== user));
  });

  if (engine.name !== 'sqlite') {
    it('C4 T7 does so where an SQL file has made it', async () => {
      const database = await createDatabase();
      const host = await dataSourceOn(database, HOSTS);
      await host.runMigrations();
      const before = await catalog(database);
      const scripts = await sqlScripts(OURS, {
        dialect: engine.name === 'd1' ? 'd1' : 'postgres',
      });
      for (const { forward } of scripts) await database.exec(forward);
      expect(await names(database)).toEqual(both);
      await host.undoLastMigration();
      expect(await names(database)).toEqual([First1600000000000.name, ...MIGRATIONS].sort());
      await host.runMigrations();
      expect(await migrate(await dataSourceOn(database, OURS))).toEqual([]);
      for (const { rollback } of scripts.toReversed()) await database.exec(rollback);
      const after = await catalog(database);
      expect(after.filter(({ table }) => table !== 'd1_migrations')).toEqual(before);
    });
  }
});
