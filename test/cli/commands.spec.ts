import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BILLING_TABLES, TENANT_TABLES, USER_TABLES } from '../support/billing-tables';
import { HOST_TABLES, catalog, enginesByUrl, rowsOf } from '../support/engines';
import type { TestDatabase } from '../support/engines';
import { newFolder } from '../support/test-run';
import { ROOT, billing, billingFromSources, npm, tablesOf } from './programs';
import { MIGRATIONS, appliedMigrations, billingTables, columnCount, tableNames } from './tables';

describe.each(enginesByUrl)('the commands on $name', ({ createDatabase }) => {
  const cwd = newFolder('commands');
  const typed = async (database: TestDatabase, ...words: string[]) => {
    const { exitCode, stdout, stderr } = await billing(words, {
      cwd,
      env: { DATABASE_URL: database.url },
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout;
  };
  const typedJson = async (database: TestDatabase, ...words: string[]): Promise<unknown> =>
    JSON.parse(await typed(database, ...words, '--json'));

  // Nothing but the database is made.
  afterEach(() => {
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('T2 T5 migrate prints the tables made with their columns counted; again, it changes nothing', async () => {
    const database = await createDatabase({ host: 'rows' });
    const table = (await typed(database, 'migrate')).trimEnd().split('\n');
    expect(table[0]).toBe(`Applied ${MIGRATIONS.join(', ')}.`);
    expect(table[2]).toMatch(/^table +columns$/);
    const counts = await columnCounts(database);
    expect(Object.keys(counts).sort()).toEqual([...BILLING_TABLES].sort());
    expect(Object.fromEntries(table.slice(4).map((line) => line.split(/ +/)))).toEqual(counts);
    // Names to the left, numbers to the right, as one block.
    expect(new Set(table.slice(2).map(({ length }) => length)).size).toBe(1);

    const state = async () => [await catalog(database), await rowsOf(database, 'migrations')];
    const before = await state();
    expect(await typed(database, 'migrate')).toBe('Nothing is pending; nothing was changed.\n');
    expect(await state()).toEqual(before);
    expect(await typedJson(database, 'migrate')).toEqual({
      applied: [],
      tables: expect.arrayContaining([
        { table: 'plans', columns: Number(counts.plans) },
      ]) as unknown,
    });

    if (database.engine === 'sqlite') {
      // With nobody else connected, the file holds everything: not a byte of it is touched.
      await database.close();
      const bytes = fingerprint(database);
      await typed(database, 'migrate');
      await typed(database, 'status');
      await typed(database, 'migrate', '--dry-run');
      await typed(database, 'check');
      expect(fingerprint(database)).toBe(bytes);
    }
  });

  it('T2 migrate --dry-run prints what makes the same tables, and changes nothing', async () => {
    const [dry, wet, json] = [
      await createDatabase(),
      await createDatabase(),
      await createDatabase(),
    ];
    const before = await tableNames(dry);
    const printed = await typed(dry, 'migrate', '--dry-run');
    for (const name of MIGRATIONS) expect(printed).toContain(`-- ${name}\n`);
    const { pending } = (await typedJson(dry, 'migrate', '--dry-run')) as {
      pending: { name: string; sql: string[] }[];
    };
    expect(pending.map(({ name }) => name)).toEqual(MIGRATIONS);
    expect(await tableNames(dry)).toEqual(before);

    const result = (await typedJson(wet, 'migrate')) as Record<string, unknown>;
    expect(result.applied).toEqual(MIGRATIONS);
    await dry.exec(printed);
    for (const { sql } of pending) for (const one of sql) await json.exec(one);
    const made = await catalog(wet);
    expect(await catalog(dry)).toEqual(made);
    expect(await catalog(json)).toEqual(made);
    expect(await typed(wet, 'migrate', '--dry-run')).toBe('Nothing is pending.\n');
  });

  it('T7 rollback reverts the last, those after one, or all; status shows it', async () => {
    const database = await createDatabase({ host: 'rows' });
    const [first = '', ...later] = MIGRATIONS;
    const before = await catalog(database);
    expect(await states(database)).toEqual(MIGRATIONS.map((name) => `pending ${name}`));
    expect(await tableNames(database)).not.toContain('migrations');
    await typed(database, 'migrate');
    const migrated = await catalog(database);

    expect(await typed(database, 'rollback')).toBe(`Reverted ${String(later.at(-1))}.\n`);
    expect(await appliedMigrations(database)).toEqual(MIGRATIONS.slice(0, -1));
    await typed(database, 'migrate');

    // By its name with or without the timestamp.
    expect(await typedJson(database, 'rollback', '--to', 'CreateTenantBilling')).toEqual({
      reverted: [...later].reverse(),
    });
    expect(await appliedMigrations(database)).toEqual([first]);
    expect(await billingTables(database)).toEqual([...TENANT_TABLES].sort());
    expect(await typedJson(database, 'status')).toMatchObject({
      migrations: [
        { name: first, state: 'applied' },
        ...later.map((name) => ({ name, state: 'pending' })),
      ],
    });
    expect(await typed(database, 'rollback', '--to', first)).toBe('Nothing to revert.\n');

    await typed(database, 'migrate');
    const all = await typed(database, 'rollback', '--all');
    expect(all).toBe(`Reverted ${[...MIGRATIONS].reverse().join(', ')}.\n`);
    expect(await catalog(database)).toEqual(before);
    expect(await appliedMigrations(database)).toEqual([]);
    expect(await typed(database, 'rollback')).toBe('Nothing to revert.\n');
    expect(await typedJson(database, 'rollback', '--all')).toEqual({ reverted: [] });

    await typed(database, 'migrate');
    expect(await catalog(database)).toEqual(migrated);
  });

  /** What `status` says, which must be the same for people and for machines. */
  async function states(database: TestDatabase): Promise<string[]> {
    const { migrations } = (await typedJson(database, 'status')) as {
      migrations: { name: string; state: string; date: string }[];
    };
    for (const { name, date } of migrations) {
      expect(new Date(date).getTime()).toBe(Number(name.slice(-13)));
    }
    const rows = (await typed(database, 'status')).trimEnd().split('\n').slice(2);
    expect(rows.map((row) => row.split(/ +/))).toEqual(
      migrations.map(({ name, state, date }) => [state, date.slice(0, 10), name]),
    );
    return migrations.map(({ name, state }) => `${state} ${name}`);
  }

  it('T2 C4 migrates one family alone', async () => {
    const database = await createDatabase();
    const env = { DATABASE_URL: database.url, BILLING_FAMILIES: 'user' };
    const { exitCode, stdout } = await billing(['migrate', '--json'], { cwd, env });
    expect(exitCode).toBe(0);
    const { tables } = JSON.parse(stdout) as { tables: { table: string }[] };
    expect(tables.map(({ table }) => table).sort()).toEqual([...USER_TABLES].sort());
    expect(await billingTables(database)).toEqual([...USER_TABLES].sort());
  });
});

describe('the commands', () => {
  it('T2 T7 are reached through npm, options and all', async () => {
    const file = join(newFolder('commands'), 'billing.sqlite');
    const env = { DATABASE_URL: `sqlite:${file}`, BILLING_HOST_TABLES: 'create' };
    const typed = async (...words: string[]) => {
      const { exitCode, stdout, stderr } = await npm(['run', '-s', ...words], { cwd: ROOT, env });
      expect({ words, exitCode, stderr }).toEqual({ words, exitCode: 0, stderr: '' });
      return stdout;
    };
    expect(await typed('db:migrate')).toMatch(/^plans +\d+$/m);
    expect(await typed('db:status')).not.toContain('pending');
    expect(await typed('db:check')).toBe('The tables match the entities.\n');
    expect(JSON.parse(await typed('db:rollback', '--', '--all', '--json'))).toEqual({
      reverted: [...MIGRATIONS].reverse(),
    });
    expect(await tablesOf(file)).toEqual([...HOST_TABLES, 'migrations'].sort());
  });

  it('C4 make billing.sqlite, with stand-ins, in the working folder by default', async () => {
    const cwd = newFolder('commands');
    const file = join(cwd, 'billing.sqlite');
    const first = await billingFromSources(['migrate'], { cwd });
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toMatch(/^payment_attempts +\d+$/m);
    expect(readdirSync(cwd)).toEqual(['billing.sqlite']);
    expect(await tablesOf(file)).toEqual([...BILLING_TABLES, ...HOST_TABLES, 'migrations'].sort());

    const bytes = readFileSync(file);
    const again = await billingFromSources(['migrate'], { cwd });
    expect(again.stdout).toBe('Nothing is pending; nothing was changed.\n');
    expect(readFileSync(file).equals(bytes)).toBe(true);

    expect(await billingFromSources(['rollback', '--all'], { cwd })).toMatchObject({ exitCode: 0 });
    expect(await tablesOf(file)).toEqual([...HOST_TABLES, 'migrations'].sort());
  });

  it('C4 run in memory, and make a folder that is missing', async () => {
    const cwd = newFolder('commands');
    const migrate = (url: string) =>
      billing(['migrate'], { cwd, env: { DATABASE_URL: url, BILLING_HOST_TABLES: 'create' } });
    const [inMemory, inFolder] = await Promise.all([
      migrate('sqlite::memory:'),
      migrate('sqlite:new/folder/app.sqlite'),
    ]);
    expect(inMemory).toMatchObject({ exitCode: 0, stderr: '' });
    expect(inMemory.stdout).toMatch(/^plans +\d+$/m);
    expect(inFolder).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(cwd)).toEqual(['new']);
    expect(existsSync(join(cwd, 'new/folder/app.sqlite'))).toBe(true);
  });
});

async function columnCounts(database: TestDatabase): Promise<Record<string, string>> {
  const counts: Record<string, string> = {};
  for (const table of await billingTables(database)) {
    counts[table] = String(await columnCount(database, table));
  }
  return counts;
}

function fingerprint(database: TestDatabase): string {
  const file = database.url.slice('sqlite:'.length);
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
