import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import {
  billingMigration,
  check,
  migrate,
  type ReversibleMigrationClass,
  revert,
  sqlScripts,
  SqliteDataSource,
  status,
  tenantBilling,
  userBilling,
} from '../../src';
import { D1DataSource } from '../../src/d1';
import { TENANT_TABLES } from '../support/billing-tables';
import { opened } from '../support/data-source';
import { catalog, engines, rowsOf, type TestDatabase } from '../support/engines';
import { billingTables } from '../cli/tables';

const ORIGIN = 'CreateTenantBilling1795169269545';
const OWN = 'CreateTenantBilling1800000000001';

type Migrations = (new () => MigrationInterface)[];

/** A host's DataSource on a test's database, of the class that it would use there. */
function hostDataSource(
  database: TestDatabase,
  migrations: Migrations,
  entities = tenantBilling.entities,
): Promise<DataSource> {
  const options = { entities, migrations };
  const { engine, url, binding } = database;
  if (binding !== undefined) return opened(new D1DataSource({ ...options, database: binding }));
  return opened(
    engine === 'postgres'
      ? new DataSource({
          ...options,
          type: 'postgres',
          url,
          installExtensions: false,
          uuidExtension: 'pgcrypto',
        })
      : new SqliteDataSource({ ...options, database: url.slice('sqlite:'.length) }),
  );
}

describe.each(engines)("a host's migration made from billing's on $name", (engine) => {
  const { dialect, createDatabase } = engine;
  const Own = class extends billingMigration(dialect, ORIGIN) {
    override readonly name = OWN;
  };
  /** As `add --plain` writes it. */
  class Plain implements MigrationInterface {
    readonly name = OWN;
    readonly billing = ORIGIN;
    #origin = new (billingMigration(dialect, ORIGIN))();
    up = (queryRunner: QueryRunner): Promise<void> => this.#origin.up(queryRunner);
    down = (queryRunner: QueryRunner): Promise<void> => this.#origin.down(queryRunner);
  }
  const names = async (database: TestDatabase): Promise<unknown[]> =>
    (await rowsOf(database, 'migrations')).map((row) => (row as { name: string }).name);

  it.each([
    ['extending', Own],
    ['copying', Plain],
  ])('C4 T7 counts as applied where it or billing is recorded, %s', async (_, Host) => {
    const database = await createDatabase();
    const own = await hostDataSource(database, [Host]);
    const both = await hostDataSource(database, [
      Host,
      ...(Host === Own ? tenantBilling.migrations[dialect] : []),
    ]);
    const billing = await hostDataSource(database, tenantBilling.migrations[dialect]);
    const before = await catalog(database);
    const all = [own, both, billing];

    // Each applies it, and none of the others once more; each reverts it.
    for (const [by, name, back] of [
      [own, OWN, billing],
      [both, OWN, own],
      [billing, ORIGIN, both],
    ] as const) {
      expect((await migrate(by)).map((one) => one.name)).toEqual([name]);
      expect(await names(database)).toEqual([name]);
      for (const one of all) {
        expect(await migrate(one)).toEqual([]);
        expect(await status(one)).toMatchObject([{ name, state: 'applied' }]);
      }
      expect(await check(back)).toEqual([]);
      expect(await revert(back)).toEqual([name]);
      expect(await billingTables(database)).toEqual([]);
    }
    expect((await catalog(database)).filter(({ table }) => table !== 'migrations')).toEqual(before);
  });

  it('C4 T4 is checked as billing is: what is in the way is named with its name', async () => {
    const database = await createDatabase();
    await database.exec('CREATE TABLE plans (id text)');
    for (const Host of [Own, Plain]) {
      const dataSource = await hostDataSource(database, [Host]);
      await expect(migrate(dataSource)).rejects.toMatchObject({
        code: 'TABLE_EXISTS',
        message: expect.stringContaining(OWN) as string,
      });
    }
  });

  it('C4 T5 is applied beside migrations of the host, in the order that its tables need', async () => {
    const database = await createDatabase();
    class Younger1800000000002 {
      up = (queryRunner: QueryRunner): Promise<unknown> =>
        queryRunner.query('CREATE TABLE more (id text, plan text)');
      down = (queryRunner: QueryRunner): Promise<unknown> => queryRunner.query('DROP TABLE more');
    }
    const migrations = [Younger1800000000002, Own] as Migrations;
    const dataSource = await hostDataSource(database, migrations);
    const applied = await migrate(dataSource);
    expect(applied.map(({ name }) => name)).toEqual([OWN, 'Younger1800000000002']);
    expect(await revert(dataSource)).toEqual(['Younger1800000000002']);
    expect(await billingTables(database)).toEqual([...TENANT_TABLES].sort());
    expect(await revert(dataSource)).toEqual([OWN]);
    expect(await billingTables(database)).toEqual([]);
  });

  it('C4 B6 generates nothing of billing into a migration of the host', async () => {
    const database = await createDatabase();
    const entities = userBilling.entities;
    const without = await hostDataSource(database, [Own], entities);
    const log = (): Promise<unknown> => without.driver.createSchemaBuilder().log();
    if (engine.name !== 'postgres') {
      await expect(log()).rejects.toMatchObject({
        code: 'CONFIGURATION_INVALID',
        message: expect.stringMatching(/CreateUserBilling\d+.*npx typeorm-billing add/) as string,
      });
    }
    const said: string[] = [];
    without.setOptions({
      logger: new (class {
        log = (_level: string, message: string): number => said.push(message);
        logQuery = (): void => undefined;
        logQueryError = (): void => undefined;
        logQuerySlow = (): void => undefined;
        logSchemaBuild = (): void => undefined;
        logMigration = (): void => undefined;
      })(),
    });
    await migrate(without);
    expect(said).toEqual([expect.stringMatching(/lacks .*CreateUserBilling\d+/)]);

    // Applied by another, they are there.
    await migrate(await hostDataSource(database, userBilling.migrations[dialect]));
    expect(await log()).toMatchObject({ upQueries: [] });
  });

  it('C3 names a migration that the package does not have', () => {
    expect(() => billingMigration(dialect, 'AddTaxes1900000000000')).toThrow(
      /no migration AddTaxes1900000000000 .*CreateTenantBilling1795169269545/,
    );
  });

  if (engine.name !== 'sqlite') {
    it('C4 is written as an SQL file under its own name', async () => {
      const migrations: ReversibleMigrationClass[] = [Own];
      const scriptDialect = engine.name === 'd1' ? 'd1' : 'postgres';
      const [script] = await sqlScripts(migrations, { dialect: scriptDialect });
      const database = await createDatabase();
      if (script !== undefined) await database.exec(script.forward);
      const dataSource = await hostDataSource(database, [Own]);
      expect(await migrate(dataSource)).toEqual([]);
      expect(await names(database)).toEqual([OWN]);
    });
  }
});
