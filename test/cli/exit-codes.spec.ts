import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BILLING_TABLES, TENANT_TABLES } from '../support/billing-tables';
import { catalogOf, enginesByUrl, rowsOf } from '../support/engines';
import { newFolder } from '../support/test-run';
import { sharedPackage } from '../package/packed-project';
import { billing } from './programs';
import { MIGRATIONS, billingTables, tableNames } from './tables';

const PASSWORD = 'tell-nobody-7f3a';

describe.each(enginesByUrl)('exit codes on $name', ({ name, createDatabase }) => {
  it('T4 1 where a host table is missing, with one line that names it and the remedy', async () => {
    const database = await createDatabase({ host: 'none' });
    const setting = { cwd: newFolder('exit'), env: { DATABASE_URL: database.url } };
    const { exitCode, stdout, stderr } = await billing(['migrate'], setting);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^.*there is no table "tenants".*BILLING_HOST_TABLES=create.*\n$/);
    expect(await tableNames(database)).toEqual([]);
  });

  it('T7 1 where the migration to go back to is not known, and nothing is changed', async () => {
    const database = await createDatabase();
    const setting = { cwd: newFolder('exit'), env: { DATABASE_URL: database.url } };
    await billing(['migrate'], setting);
    const { exitCode, stdout, stderr } = await billing(['rollback', '--to', 'Nowhere'], setting);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^There is no applied migration Nowhere .*\n$/);
    expect(await billingTables(database)).toEqual([...BILLING_TABLES].sort());
  });

  it("C4 0 on a host's own DataSource, whose log does not get into the result", async () => {
    const database = await createDatabase();
    const cwd = newFolder('exit');
    await writeHost(cwd, name);
    const typed = async (...words: string[]) => {
      const result = await billing([...words, '-d', 'data-source.cjs'], {
        cwd,
        // Not looked at: the DataSource is given.
        env: { DATABASE_URL: 'nonsense', HOST_DATABASE: database.url.replace(/^sqlite:/, '') },
      });
      expect(result.exitCode).toBe(0);
      return result;
    };

    const applied = await typed('migrate', '--json');
    expect(JSON.parse(applied.stdout)).toMatchObject({
      applied: ['CreateNotes1600000000000', ...MIGRATIONS.slice(0, 1)],
    });
    expect(applied.stderr).toContain('CREATE TABLE "subscriptions"');
    expect(await billingTables(database)).toEqual([...TENANT_TABLES].sort());
    expect(await rowsOf(database, 'notes')).toEqual([]);
    expect(JSON.parse((await typed('check', '--json')).stdout)).toEqual({
      differences: [],
      findings: [],
      hosts: [],
      unchecked: [],
    });

    await typed('rollback', '--to', 'CreateNotes');
    expect(await billingTables(database)).toEqual([]);
    expect(await catalogOf(database, ['notes'])).not.toEqual([]);
  });
});

describe('exit codes', () => {
  const failing = { DATABASE_URL: 'sqlite::memory:' };

  it.each([
    {
      words: [],
      says: /^Expected one command, migrate, rollback, status, check, backup, restore, sql, add, but found nothing: /,
    },
    { words: ['migrat'], says: /but found "migrat": see typeorm-billing --help\.$/ },
    { words: ['migrate', 'status'], says: /but found "migrate status"/ },
    {
      words: ['status', '--verbose'],
      says: /^There is no option --verbose: see typeorm-billing --help\.$/,
    },
    { words: ['status', '--all'], says: /^status has no option --all: / },
    { words: ['rollback', '--dry-run'], says: /^rollback has no option --dry-run: / },
    { words: ['rollback', '--all', '--to', 'X'], says: /^Give --all or --to, not both: / },
    { words: ['rollback', '--to'], says: /^--to needs a value: see typeorm-billing --help\.$/ },
    { words: ['rollback', '--to', '--json'], says: /^--to needs a value: / },
    { words: ['status', '-d', ''], says: /^-d needs a value: / },
    { words: ['status', '--dataSource', 'none.cjs'], says: /--dataSource: use --data-source\.$/ },
    { words: ['migrate', '--dryrun'], says: /^There is no option --dryrun: use --dry-run\.$/ },
    {
      words: ['status', '-d', 'a.js', '--data-source=b.js'],
      says: /^--data-source is given twice, "a\.js" and "b\.js": give it once\.$/,
    },
    {
      words: ['sql', '--dialect', 'd1', '--out', 'sql', '-d', 'none.cjs'],
      says: /^sql uses no database.* found -d "none\.cjs": leave -d out/,
    },
    {
      words: ['migrate', '-d', 'missing.cjs'],
      says: /^missing\.cjs can't be used as a DataSource \(/,
    },
    {
      words: ['migrate', '-d', 'none.cjs'],
      says: /^none\.cjs can't be used .* exports one TypeORM/,
    },
  ])('C4 1 for $words, with one line on stderr', async ({ words, says }) => {
    const cwd = newFolder('exit');
    writeFileSync(join(cwd, 'none.cjs'), 'exports.dataSource = undefined;');
    const { exitCode, stdout, stderr } = await billing(words, { cwd, env: failing });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr.trimEnd()).toMatch(says);
    expect(readdirSync(cwd)).toEqual(['none.cjs']);
  });

  it.each([
    {
      what: 'Postgres out of reach',
      url: `postgres://x:${PASSWORD}@127.0.0.1:1/x`,
      says: /refused/i,
    },
    { what: 'a URL of no known form', url: `mysql://x:${PASSWORD}@h/x`, says: /^DATABASE_URL is / },
    { what: 'a file that is no database', url: 'sqlite:text.sqlite', says: /not a database/ },
  ])('C4 1 for $what, with one line and without the password', async ({ url, says }) => {
    const cwd = newFolder('exit');
    writeFileSync(join(cwd, 'text.sqlite'), 'This is a text, and a long one. '.repeat(100));
    const setting = { cwd, env: { DATABASE_URL: url } };
    const { exitCode, stdout, stderr } = await billing(['status'], setting);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain(PASSWORD);
  });

  it('C4 2 for a bug, with its stack', async () => {
    const cwd = newFolder('exit');
    writeFileSync(
      join(cwd, 'broken.cjs'),
      `const { SqliteDataSource } = require(${JSON.stringify(await sharedPackage())});
class Broken extends SqliteDataSource {
  async initialize() {
    return undefined.length;
  }
}
exports.dataSource = new Broken({ database: ':memory:' });`,
    );
    const { exitCode, stdout, stderr } = await billing(['migrate', '-d', 'broken.cjs'], { cwd });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(
      /^TypeError: Cannot read properties of undefined[^]*\n +at .*broken\.cjs/,
    );
  });

  it('C4 0 for help and the version, on stdout, whatever the environment', async () => {
    const cwd = newFolder('exit');
    const env = { DATABASE_URL: 'nonsense' };
    const [help, version] = await Promise.all(
      ['--help', '--version'].map((word) => billing([word], { cwd, env })),
    );
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help?.stdout).toMatch(/^Usage: typeorm-billing <command>[^]*Exit codes: /);
    expect(version).toMatchObject({ exitCode: 0, stderr: '' });
    expect(version?.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

/** A host with a table and a migration of its own, and everything logged. */
async function writeHost(folder: string, engine: 'postgres' | 'sqlite'): Promise<void> {
  writeFileSync(
    join(folder, 'data-source.cjs'),
    `const { DataSource } = require(${JSON.stringify(require.resolve('typeorm'))});
const { SqliteDataSource, tenantBilling } = require(${JSON.stringify(await sharedPackage())});
class CreateNotes1600000000000 {
  async up(queryRunner) {
    await queryRunner.query('CREATE TABLE notes (id integer PRIMARY KEY)');
  }
  async down(queryRunner) {
    await queryRunner.query('DROP TABLE notes');
  }
}
const { entities, migrations } = tenantBilling;
const common = { entities, logging: 'all', logger: 'simple-console' };
exports.dataSource = ${
      engine === 'postgres'
        ? `new DataSource({
  ...common,
  type: 'postgres',
  url: process.env.HOST_DATABASE,
  uuidExtension: 'pgcrypto',
  installExtensions: false,
  migrations: [CreateNotes1600000000000, ...migrations.postgres],
});`
        : `new SqliteDataSource({
  ...common,
  database: process.env.HOST_DATABASE,
  migrations: [CreateNotes1600000000000, ...migrations.sqlite],
});`
    }`,
  );
}
