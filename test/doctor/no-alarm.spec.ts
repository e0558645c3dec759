import fc from 'fast-check';
import {
  BillingSubscriber,
  check,
  doctor,
  migrate,
  revert,
  tenantBilling,
  userBilling,
} from '../../src';
import { bindSettings, readSettings } from '../../src/data-sources/settings';
import type { ReversibleMigrationClass } from '../../src/migrations/reversible-migration';
import { additionOf, KINDS, TABLES } from '../engines/host-additions';
import { openHost } from '../host/open-host';
import { HOST, laterMigration } from '../migrations/later-migration';
import { openBilling, openDataSource } from '../support/data-source';
import { engines } from '../support/engines';
import { ADDITIONS } from '../support/host-additions';
import { assertProperty, runs } from '../support/runs';
import { unbindHost } from '../support/unbind';
import { HEALTHY, titleOf } from './rounds';

afterEach(unbindHost);

const COUNTS = { postgres: runs(2, 40), sqlite: runs(4, 80), d1: runs(1, 15) };

describe.each(engines)('R5 the doctor on $name raises no alarm', (engine) => {
  const { name, dialect, createDatabase } = engine;

  it('R5 about a random set of additions of a host, each of which it lists', async () => {
    const additions = fc.uniqueArray(
      fc.tuple(fc.constantFrom(...KINDS[dialect]), fc.constantFrom(...TABLES)),
      { minLength: 3, maxLength: 12, selector: ([kind, table]) => `${kind} ${table}` },
    );
    const property = fc.asyncProperty(additions, async (chosen) => {
      const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
      const made = chosen.map(([kind, table], index) => additionOf(kind, table, dialect, index));
      for (const sql of made.flatMap(({ add }) => add)) await database.exec(sql);
      const report = await doctor(dataSource);
      expect(report).toEqual({ ...HEALTHY, hosts: report.hosts });
      for (const [kind, table] of chosen) {
        if (!['column', 'index', 'trigger', 'default', 'policy'].includes(kind)) continue;
        expect(report.hosts).toContainEqual(expect.objectContaining({ kind, table }));
      }
      await dataSource.destroy();
      await database.close();
    });
    await assertProperty(property, { numRuns: COUNTS[name], seed: 20261126 });
  });

  it('R5 about what a host may add, all at once', async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    for (const sql of ADDITIONS[dialect].flatMap(({ add }) => add)) {
      // The rows of another test.
      if (!sql.startsWith('INSERT INTO invoices')) await database.exec(sql);
    }
    const report = await doctor(dataSource);
    expect(report).toEqual({ ...HEALTHY, hosts: report.hosts });
    expect(report.hosts.length).toBeGreaterThan(3);
  });

  it('R5 about tables that were reverted and made again, or made by synchronize', async () => {
    const { dataSource } = await openBilling(createDatabase);
    for (let round = 0; round < 2; round += 1) {
      await revert(dataSource, { all: true });
      await migrate(dataSource);
      expect(await doctor(dataSource)).toEqual(HEALTHY);
    }
    const synchronized = await openHost(await createDatabase(), [], { synchronize: true });
    await migrate(synchronized);
    expect(await doctor(synchronized)).toEqual(HEALTHY);
  });

  it.each([
    { prefix: 'billing_' },
    { schema: 'Billing-2' },
    { prefix: 'b_', schema: 'billing' },
    { table: true },
  ])('R5 about tables under other names, of a host bound by %j', async (binding) => {
    const database = await createDatabase({ host: 'none' });
    const isPostgres = dialect === 'postgres';
    if (isPostgres) await database.exec('CREATE SCHEMA core');
    const path = (table: string): string => (isPostgres ? `core."${table}"` : `"${table}"`);
    // A table of the host's has the name of one of billing's, where billing's is elsewhere.
    const tenants = 'prefix' in binding || ('schema' in binding && isPostgres) ? 'plans' : 'orgs';
    await database.exec(`CREATE TABLE ${path(tenants)} ("org id" integer PRIMARY KEY NOT NULL)`);
    await database.exec(`CREATE TABLE ${path('people')} (id varchar(40) PRIMARY KEY NOT NULL)`);
    const environment = {
      BILLING_TENANT: `${isPostgres ? 'core.' : ''}${tenants}."org id":integer`,
      BILLING_USER: `${isPostgres ? 'core.' : ''}people.id:varchar(40)`,
      ...('prefix' in binding && { BILLING_PREFIX: binding.prefix }),
      ...('schema' in binding && { BILLING_SCHEMA: binding.schema }),
    };
    bindSettings(readSettings({ DATABASE_URL: database.url, ...environment }));
    const dataSource = await openDataSource(database, environment);
    await migrate(dataSource);
    expect(await check(dataSource)).toEqual([]);
    expect(await doctor(dataSource)).toEqual(HEALTHY);
  });

  it('R5 about a later migration, applied, reverted and applied to a table with additions', async () => {
    const Later: ReversibleMigrationClass = await laterMigration(
      await createDatabase({ billing: true }),
    );
    for (const statements of [[], HOST[dialect]]) {
      const database = await createDatabase({ host: 'rows', billing: true });
      for (const sql of statements) await database.exec(sql);
      const own = [tenantBilling, userBilling].flatMap(({ migrations }) => migrations[dialect]);
      const dataSource = await openHost(database, [], {
        ...{ migrations: [...own, Later], subscribers: [BillingSubscriber] },
      });
      const pending = await doctor(dataSource);
      expect(pending.findings.map(titleOf)).toEqual([
        'migration pending  AddSetupFee2000000000000',
      ]);
      await migrate(dataSource);
      const { findings, unchecked } = await doctor(dataSource);
      // The entities are those of before.
      expect(findings.map(({ kind }) => kind)).toEqual(['entity']);
      expect(unchecked).toEqual([]);
      await revert(dataSource);
      expect((await doctor(dataSource)).findings.map(titleOf)).toEqual(
        pending.findings.map(titleOf),
      );
    }
  });

  it("R5 about a host's own history in the table of migrations", async () => {
    const database = await createDatabase({ host: 'rows' });
    const rows = `("timestamp", "name") VALUES (1600000000000, 'First1600000000000')`;
    await database.exec(
      dialect === 'postgres'
        ? `CREATE TABLE migrations ("id" SERIAL PRIMARY KEY, "timestamp" bigint NOT NULL, "name" varchar NOT NULL)`
        : `CREATE TABLE migrations ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "timestamp" bigint NOT NULL, "name" varchar NOT NULL)`,
    );
    await database.exec(`INSERT INTO migrations ${rows}`);
    const dataSource = await openDataSource(database);
    await migrate(dataSource);
    await database.exec(
      `INSERT INTO migrations ("timestamp", "name") VALUES (1990000000000, 'Second1990000000000')`,
    );
    const report = await doctor(dataSource);
    expect(report).toEqual({ ...HEALTHY, hosts: report.hosts });
    expect(report.hosts.map((one) => one.name)).toEqual([
      'First1600000000000',
      'Second1990000000000',
    ]);
    // A record that is set apart is one of billing's.
    await database.exec(
      `INSERT INTO migrations ("id", "timestamp", "name") VALUES (-5, 1990000000001, 'Later1990000000001')`,
    );
    expect((await doctor(dataSource)).findings.map(titleOf)).toEqual([
      'migration unknown  Later1990000000001',
    ]);
  });
});
