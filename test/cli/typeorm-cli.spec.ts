import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BILLING_TABLES, TENANT_TABLES, USER_TABLES } from '../support/billing-tables';
import { closeAfterwards } from '../support/closing';
import { HOST_TABLES, catalog, catalogOf, enginesByUrl, rowsOf } from '../support/engines';
import type { TestDatabase } from '../support/engines';
import { run } from '../support/run';
import { newFolder, uniqueSuffix } from '../support/test-run';
import { ROOT, typeorm } from './programs';
import { MIGRATIONS, appliedMigrations, billingTables, tableNames } from './tables';

const PASSWORD = 'tell-nobody-7f3a';

describe.each(enginesByUrl)("TypeORM's CLI on $name", ({ name, createDatabase }) => {
  it('C4 T2 T7 shows, runs, logs, generates nothing, reverts and runs again', async () => {
    const database = await createDatabase({ host: 'rows' });
    const url = await withSecretPassword(database);
    const cwd = newFolder('typeorm-cli');
    const said: string[] = [];
    const typed = async (...words: string[]) => {
      const result = await typeorm(words, { cwd, env: { DATABASE_URL: url } });
      said.push(result.stdout, result.stderr);
      return result;
    };
    const host = await hostState(database);
    const before = await catalog(database);

    const pending = await typed('migration:show');
    expect(pending).toMatchObject({ exitCode: 0, stderr: '' });
    expect(lines(pending.stdout)).toEqual(MIGRATIONS.map((one) => `[ ] ${one}`));
    expect(await billingTables(database)).toEqual([]);

    const up = await typed('migration:run');
    expect(up).toMatchObject({ exitCode: 0, stderr: '' });
    for (const migration of MIGRATIONS) {
      expect(up.stdout).toContain(`Migration ${migration} has been executed successfully.`);
    }
    expect(await billingTables(database)).toEqual([...BILLING_TABLES].sort());
    expect(await appliedMigrations(database)).toEqual(MIGRATIONS);
    const migrated = await catalog(database);

    const applied = await typed('migration:show');
    expect(lines(applied.stdout)).toEqual(SHOWN_APPLIED);

    const log = await typed('schema:log');
    expect(log).toMatchObject({ exitCode: 0, stderr: '' });
    expect(log.stdout).toContain('Your schema is up to date');

    // TypeORM's own way to end when there is nothing to generate.
    const generate = await typed('migration:generate', join(cwd, 'AddSomething'));
    expect(generate).toMatchObject({ exitCode: 1, stderr: '' });
    expect(generate.stdout).toContain('No changes in database schema were found');
    expect(readdirSync(cwd)).toEqual([]);

    for (let left = MIGRATIONS.length - 1; left >= 0; left--) {
      expect(await typed('migration:revert')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await appliedMigrations(database)).toEqual(MIGRATIONS.slice(0, left));
      if (left === 1) expect(await billingTables(database)).toEqual([...TENANT_TABLES].sort());
    }
    expect(await catalog(database)).toEqual(before);

    expect(await typed('migration:run')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await catalog(database)).toEqual(migrated);
    expect(await hostState(database)).toEqual(host);
    expect(said.join('\n')).not.toContain(PASSWORD);
  });

  it('C4 T4 refuses a database without host tables, and makes stand-ins if the setting asks for them', async () => {
    const database = await createDatabase({ host: 'none' });
    const cwd = newFolder('typeorm-cli');
    const env = { DATABASE_URL: database.url };

    const refused = await typeorm(['migration:run'], { cwd, env });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr.match(/^\w*Error: /gm)).toEqual(['BillingError: ']);
    expect(refused.stderr).toMatch(
      /there is no table "tenants" .* run the migrations of the application that owns it first, or, .* set BILLING_HOST_TABLES=create/,
    );
    expect(await tableNames(database)).toEqual([]);

    const setting = { cwd, env: { ...env, BILLING_HOST_TABLES: 'create' } };
    expect(await typeorm(['migration:run'], setting)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await tableNames(database)).toEqual(
      [...BILLING_TABLES, ...HOST_TABLES, 'migrations'].sort(),
    );

    // Taken back, billing is gone and the stand-ins are the host's.
    for (const _ of MIGRATIONS) {
      expect(await typeorm(['migration:revert'], setting)).toMatchObject({ exitCode: 0 });
    }
    expect(await tableNames(database)).toEqual([...HOST_TABLES, 'migrations'].sort());
  });

  it.each([
    { family: 'tenant', tables: TENANT_TABLES, host: 'tenants', other: 'user' },
    { family: 'user', tables: USER_TABLES, host: 'user', other: 'tenants' },
  ])(
    'C4 holds the $family family alone, for a host that has nothing else',
    async ({ family, tables, host, other }) => {
      const database = await createDatabase();
      const cascade = name === 'postgres' ? ' CASCADE' : '';
      await database.exec(`DROP TABLE "${other}"${cascade}`);
      const setting = {
        cwd: newFolder('typeorm-cli'),
        env: { DATABASE_URL: database.url, BILLING_FAMILIES: family },
      };

      expect(await typeorm(['migration:run'], setting)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await billingTables(database)).toEqual([...tables].sort());
      expect(await catalogOf(database, [host])).not.toEqual([]);
      const log = await typeorm(['schema:log'], setting);
      expect(log.stdout).toContain('Your schema is up to date');
    },
  );

  it('C2 has the same options in ormconfig.ts', async () => {
    const database = await createDatabase({ host: 'none' });
    const script = `
        const options = require(${JSON.stringify(join(ROOT, 'ormconfig.ts'))}).default;
        const { dataSource } = require(${JSON.stringify(join(ROOT, 'src/data-source.ts'))});
        const names = (classes) => classes.map(({ name }) => name);
        console.log(JSON.stringify({
          same: options === dataSource.options,
          place: options.url ?? dataSource.driver.connections.constructor.name,
          entities: names(options.entities),
          migrations: names(options.migrations),
          initialized: dataSource.isInitialized,
        }));`;
    const { stdout, stderr, exitCode } = await run(
      ['-r', require.resolve('ts-node/register'), '-e', script],
      {
        cwd: newFolder('typeorm-cli'),
        env: { TS_NODE_PROJECT: join(ROOT, 'tsconfig.json'), DATABASE_URL: database.url },
      },
    );
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(JSON.parse(stdout)).toEqual({
      same: true,
      place: name === 'postgres' ? database.url : 'SqliteFile',
      entities: expect.arrayContaining(['Tenant', 'Plan', 'User', 'PaymentAttempt']) as unknown,
      migrations: MIGRATIONS,
      initialized: false,
    });
  });
});

const SHOWN_APPLIED = MIGRATIONS.map((one, index) => `[X] ${String(index + 1)} ${one}`);

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

async function hostState(database: TestDatabase): Promise<unknown> {
  const rows: unknown[] = [];
  for (const table of HOST_TABLES) rows.push(await rowsOf(database, table));
  return { catalog: await catalogOf(database, HOST_TABLES), rows };
}

/** The database's URL with a password that is found nowhere else; SQLite has none. */
async function withSecretPassword(database: TestDatabase): Promise<string> {
  if (database.engine === 'sqlite') return database.url;
  const role = `billing_test_${uniqueSuffix()}`;
  await database.exec(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD '${PASSWORD}'`);
  // On a server that was given it would be left behind.
  closeAfterwards(() =>
    database.exec(`REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP ROLE ${role}`),
  );
  const url = new URL(database.url);
  url.username = role;
  url.password = PASSWORD;
  return url.href;
}
