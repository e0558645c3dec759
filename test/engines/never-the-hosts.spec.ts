import fc from 'fast-check';
import { DataSource } from 'typeorm';
import {
  BillingError,
  check,
  compare,
  migrate,
  pendingSql,
  revert,
  sqlScripts,
  status,
  tenantBilling,
  userBilling,
} from '../../src';
import { openDataSource } from '../support/data-source';
import { engines, rowsOf, TENANT_IDS, type TestDatabase } from '../support/engines';
import { droppingRows } from '../support/rollback-files';
import { assertProperty, runs } from '../support/runs';
import { ADDED_TO, additionOf, type Added, KINDS, TABLES } from './host-additions';
import { hostsOf, restOf } from './host-catalog';

const PLAN = '00000000-0000-4000-8000-000000000001';
const COMMANDS = [
  ...['migrate', 'revert', 'revert all', 'undo', 'check', 'compare', 'pending', 'status'],
  ...['generate', 'synchronize', 'drift', 'file down', 'file up'],
] as const;
type Command = (typeof COMMANDS)[number];

/** By engine: a new database takes time, and longest on D1. */
const COUNTS = { postgres: runs(3, 60), sqlite: runs(5, 120), d1: runs(2, 20) };

describe.each(engines)("H5 what is the host's on $name", ({ name, dialect, createDatabase }) => {
  const sequences = fc.record({
    additions: fc.uniqueArray(
      fc.tuple(fc.constantFrom(...KINDS[dialect]), fc.constantFrom(...TABLES)),
      { maxLength: 6, selector: ([kind, table]) => `${kind} ${table}` },
    ),
    commands: fc.array(fc.constantFrom(...COMMANDS), { minLength: 3, maxLength: 8 }),
  });

  it('H5 stays to the byte, rows and all, whatever command is given', async () => {
    const seen = new Set<Command>();
    let refusals = 0;
    const property = fc.asyncProperty(sequences, async ({ additions, commands }) => {
      const database = await createDatabase({ host: 'rows', billing: true });
      const dataSource = await openDataSource(database);
      dataSource.setOptions({ logger: 'debug' });
      await database.exec(`INSERT INTO plans (id, name) VALUES ('${PLAN}', 'Pro')`);
      await database.exec(
        `INSERT INTO subscriptions (id, tenant_id, plan_id) VALUES ('${PLAN}', '${TENANT_IDS[0]}', '${PLAN}')`,
      );
      const clean = await restOf(database);
      const added = additions.map(([kind, table], index) =>
        additionOf(kind, table, dialect, index),
      );
      for (const statement of added.flatMap(({ add }) => add)) await database.exec(statement);
      const hosts = await hostsOf(database, clean);
      const rows = await hostRows(database, added);
      for (const command of commands) {
        const refused = await perform(command, database, dataSource, added);
        seen.add(command);
        if (refused) refusals += 1;
        expect([command, await hostsOf(database, clean)]).toEqual([command, hosts]);
        expect([command, await hostRows(database, added)]).toEqual([command, rows]);
      }
      await dataSource.destroy();
      await database.close();
    });
    await assertProperty(property, { numRuns: COUNTS[name], seed: 20261125 });
    // Else it would show little.
    expect(refusals).toBeGreaterThan(0);
    expect(seen.size).toBeGreaterThan(COUNTS[name] > 5 ? 12 : 5);
  });
});

const hostRows = async (database: TestDatabase, added: readonly Added[]): Promise<unknown> =>
  Promise.all(
    ['tenants', 'user', 'session', ...added.flatMap(({ table }) => table ?? [])].map((table) =>
      rowsOf(database, table),
    ),
  );

/** @returns whether it was refused, as something of the host's is in the way */
async function perform(
  command: Command,
  database: TestDatabase,
  dataSource: DataSource,
  added: readonly Added[],
): Promise<boolean> {
  const { dialect } = database;
  const families = { tenant: tenantBilling, user: userBilling } as const;
  const applied = async (): Promise<('tenant' | 'user')[]> =>
    (await status(dataSource))
      .filter(({ state }) => state === 'applied')
      .sort((a, b) => a.date.getTime() - b.date.getTime())
      .map(({ name }) => (name.includes('Tenant') ? 'tenant' : 'user'));
  const isHeld = (family: 'tenant' | 'user'): boolean =>
    added.some(({ blocks }) => blocks && ADDED_TO[family].includes(blocks));
  const send = async (statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await database.exec(statement);
  };
  /** Runs what takes back the tables of some families; it is refused exactly if there is a reason. */
  const back = async (
    gone: readonly ('tenant' | 'user')[],
    work: () => Promise<unknown>,
  ): Promise<boolean> => {
    const error = await work().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!gone.some(isHeld)) expect(error).toBeUndefined();
    else if (error instanceof BillingError) {
      expect(error).toMatchObject({ code: 'HOST_PARTS_IN_THE_WAY' });
    } else expect(String(error)).toContain('parts that billing did not make');
    return error !== undefined;
  };
  const now = await applied();
  const isWhole = now.length === 2;
  const last = now.slice(-1);
  switch (command) {
    case 'migrate':
      await migrate(dataSource);
      return false;
    case 'revert':
      return back(last, () => revert(dataSource, { discard: true }));
    case 'revert all':
      return back(now, () => revert(dataSource, { all: true, discard: true }));
    case 'undo':
      // TypeORM's own, which its CLI calls on a stock DataSource.
      process.env.BILLING_ROLLBACK = 'discard';
      return back(last, () => DataSource.prototype.undoLastMigration.call(dataSource)).finally(
        () => delete process.env.BILLING_ROLLBACK,
      );
    case 'check':
      if (isWhole) await send(await check(dataSource));
      return false;
    case 'compare':
      if (isWhole) await send((await compare(dataSource)).differences);
      return false;
    case 'pending':
      for (const { sql } of await pendingSql(dataSource)) {
        expect(sql.join('\n')).not.toMatch(/^\s*(?:DROP|ALTER)\b/im);
      }
      return false;
    case 'status':
      await status(dataSource);
      return false;
    case 'generate': {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      if (isWhole) await send(upQueries.map(({ query }) => query));
      return false;
    }
    case 'synchronize':
      if (isWhole) await dataSource.synchronize();
      return false;
    case 'drift':
      if (isWhole) await database.exec('DROP INDEX IF EXISTS ix_subscriptions_plan_id');
      if (isWhole && dialect === 'postgres') {
        await database.exec('ALTER TABLE plans DROP CONSTRAINT IF EXISTS ck_plans_trial_days');
      }
      return false;
    case 'file down': {
      const [family] = last;
      if (family === undefined) return false;
      const [script] = await scriptsOf(families[family].migrations[dialect], dialect);
      const refused = await back([family], () => database.exec(droppingRows(script!.rollback)));
      if (refused && dialect === 'postgres') await database.exec('ROLLBACK');
      return refused;
    }
    case 'file up':
      for (const family of ['tenant', 'user'] as const) {
        if (now.includes(family)) continue;
        const [script] = await scriptsOf(families[family].migrations[dialect], dialect);
        await database.exec(script!.forward);
      }
      return false;
  }
}

const scriptsOf = (
  migrations: Parameters<typeof sqlScripts>[0],
  dialect: TestDatabase['dialect'],
): ReturnType<typeof sqlScripts> =>
  sqlScripts(migrations, { dialect: dialect === 'postgres' ? 'postgres' : 'd1' });
