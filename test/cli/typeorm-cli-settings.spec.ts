import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BILLING_TABLES, TENANT_TABLES } from '../support/billing-tables';
import { HOST_TABLES } from '../support/engines';
import { newFolder } from '../support/test-run';
import { ROOT, npm, tablesOf, typeorm } from './programs';
import { MIGRATIONS } from './tables';

const PASSWORD = 'tell-nobody-7f3a';

describe("TypeORM's CLI and its surroundings", () => {
  it('C4 is reached through npm, options and all', async () => {
    const file = join(newFolder('typeorm-cli'), 'billing.sqlite');
    const setting = {
      cwd: ROOT,
      env: { DATABASE_URL: `sqlite:${file}`, BILLING_HOST_TABLES: 'create' },
    };
    const up = await npm(['run', '-s', 'typeorm', 'migration:run'], setting);
    expect(up).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await tablesOf(file)).toEqual([...BILLING_TABLES, ...HOST_TABLES, 'migrations'].sort());
    const down = ['run', '-s', 'typeorm', '--', 'migration:revert', '--transaction', 'all'];
    expect(await npm(down, setting)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await tablesOf(file)).toEqual([...TENANT_TABLES, ...HOST_TABLES, 'migrations'].sort());
  });

  it('C4 makes billing.sqlite, with stand-ins, in the working folder by default', async () => {
    const cwd = newFolder('typeorm-cli');
    expect(await typeorm(['migration:run'], { cwd })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(cwd)).toEqual(['billing.sqlite']);
    expect(await tablesOf(join(cwd, 'billing.sqlite'))).toEqual(
      [...BILLING_TABLES, ...HOST_TABLES, 'migrations'].sort(),
    );
    const shown = await typeorm(['migration:show'], { cwd });
    expect(lines(shown.stdout)).toHaveLength(MIGRATIONS.length);
    expect(shown.stdout).not.toContain('[ ]');
  });

  it('C4 runs in memory, and leaves no file', async () => {
    const cwd = newFolder('typeorm-cli');
    const env = { DATABASE_URL: 'sqlite::memory:', BILLING_HOST_TABLES: 'create' };
    const { exitCode, stdout, stderr } = await typeorm(['migration:run'], { cwd, env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(
      `Migration ${String(MIGRATIONS.at(-1))} has been executed successfully.`,
    );
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each([
    {
      what: 'URL',
      env: { DATABASE_URL: `mysql://root:${PASSWORD}@localhost/app` },
      says: /^DATABASE_URL is "mysql:\/\/root:\*\*\*@localhost\/app".* postgres:\/\/.* sqlite:path\/to\/file, sqlite::memory: or d1:BINDING/,
    },
    {
      what: 'URL with a slash in its password',
      env: { DATABASE_URL: `mysql://root:1/${PASSWORD}@localhost/app` },
      says: /^DATABASE_URL is "mysql:\/\/root:\*\*\*@localhost\/app"/,
    },
    {
      what: 'family',
      env: { BILLING_FAMILIES: 'tenant,customer' },
      says: /^BILLING_FAMILIES names "customer".* use tenant, user or tenant,user\.$/m,
    },
    {
      what: 'wish for host tables',
      env: { BILLING_HOST_TABLES: 'perhaps' },
      says: /^BILLING_HOST_TABLES is "perhaps": use create/,
    },
  ])('C4 answers a bad $what in one line, without the password', async ({ env, says }) => {
    const cwd = newFolder('typeorm-cli');
    const answers = await Promise.all(
      ['migration:run', 'schema:log'].map((command) => typeorm([command], { cwd, env })),
    );
    for (const { exitCode, stdout, stderr } of answers) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(lines(stderr)).toHaveLength(1);
      expect(stderr).toMatch(says);
      expect(stderr).not.toContain(PASSWORD);
    }
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('C4 says when Postgres is out of reach, and not the password', async () => {
    const cwd = newFolder('typeorm-cli');
    // Nothing listens on port 1.
    const env = { DATABASE_URL: `postgres://billing:${PASSWORD}@127.0.0.1:1/app` };
    const { exitCode, stdout, stderr } = await typeorm(['migration:show'], { cwd, env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ECONNREFUSED');
    expect(stdout + stderr).not.toContain(PASSWORD);
  });

  it("C4 leaves a DataSource of one's own, and commands without any, to TypeORM", async () => {
    const cwd = newFolder('typeorm-cli');
    const typeormPackage = JSON.stringify(require.resolve('typeorm'));
    const index = JSON.stringify(join(ROOT, 'src/index.ts'));
    writeFileSync(
      join(cwd, 'own.cjs'),
      `require(${typeormPackage});
const { SqliteDataSource, tenantBilling } = require(${index});
exports.own = new SqliteDataSource({
  database: 'own.sqlite',
  entities: tenantBilling.entities,
  migrations: tenantBilling.migrations.sqlite,
});`,
    );
    const env = { DATABASE_URL: 'nonsense' };
    const shown = await typeorm(['migration:show', '-d', 'own.cjs'], { cwd, env });
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout).toContain(`[ ] CreateTenantBilling`);
    expect(shown.stdout).not.toContain('CreateUserBilling');
    expect(existsSync(join(cwd, 'own.sqlite'))).toBe(true);

    const created = await typeorm(['migration:create', 'AddOwn'], { cwd, env });
    expect(created).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(cwd).filter((file) => file.endsWith('-AddOwn.ts'))).toHaveLength(1);
  });
});

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
