import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { HELP } from '../../src/cli/arguments';
import { catalogOf, engines, rowsOf } from '../support/engines';
import type { EngineName, TestDatabase } from '../support/engines';
import { run } from '../support/run';
import { fences, fileLinks } from './markdown';
import { HostProject } from './project';

/** A compiler run, on a machine that is busy with other tests. */
const TIMEOUT_MS = 60_000;

const ROOT = resolve(__dirname, '../..');
const README = read('README.md');
const BLOCKS = fences(README);
const NESTJS = 'Quick start: NestJS on Postgres';
const PLAIN = 'Quick start: a plain service on SQLite';

describe('C4 the code of the README', () => {
  const open: TestDatabase[] = [];

  afterAll(async () => {
    await Promise.all(open.map((database) => database.close()));
  });

  async function create(name: EngineName): Promise<TestDatabase> {
    const engine = engines.find((one) => one.name === name);
    if (engine === undefined) throw new Error(`no ${name} among the engines`);
    const database = await engine.createDatabase({ host: 'none' });
    open.push(database);
    return database;
  }

  it.each([...new Set(inLanguage('ts').map(({ section }) => section))])(
    'C4 "%s" is accepted by the strict compiler as it is written',
    async (section) => {
      expect(await new HostProject(textsOf(section, 'ts')).compile()).toBe('');
    },
    TIMEOUT_MS,
  );

  it(
    'C4 T1 the NestJS service runs on Postgres and does what it says',
    async () => {
      const database = await create('postgres');
      for (const sql of textsOf(NESTJS, 'sql')) await database.exec(sql);

      const project = new HostProject(textsOf(NESTJS, 'ts'));
      const { exitCode, stdout, stderr } = await project.start({ DATABASE_URL: database.url });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toBe(textsOf(NESTJS, 'text').join());

      expect(
        await database.sql(
          `SELECT t.name AS tenant, p.name AS plan, p.price_monthly, p.currency, s.status
           FROM subscriptions s JOIN tenants t ON t.id = s.tenant_id JOIN plans p ON p.id = s.plan_id`,
        ),
      ).toEqual([
        { tenant: 'Acme', plan: 'Pro', price_monthly: '1900', currency: 'EUR', status: 'active' },
      ]);
      expect(await rowsOf(database, 'tenants')).toHaveLength(1);
      expect(await rowsOf(database, 'migrations')).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  it(
    'C4 T4 the NestJS service without its tenants says so at once, and makes nothing',
    async () => {
      const database = await create('postgres');
      const project = new HostProject(textsOf(NESTJS, 'ts'));
      const { exitCode, stderr } = await project.start({ DATABASE_URL: database.url });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/HOST_TABLE_MISSING/);
      expect(await catalogOf(database, ['plans', 'subscriptions'])).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'C4 U1 the plain service runs on SQLite and does what it says',
    async () => {
      const project = new HostProject(textsOf(PLAIN, 'ts'));
      const { exitCode, stdout, stderr } = await project.start();
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toBe(textsOf(PLAIN, 'text').join());

      const database = await create('sqlite');
      await database.exec(`ATTACH '${project.path('app.sqlite')}' AS app`);
      expect(
        await database.sql(
          `SELECT s.user_id, p.code, s.amount, s.currency, s.billing_interval, s.status
           FROM app.user_subscriptions s JOIN app.subscription_plans p ON p.id = s.plan_id`,
        ),
      ).toEqual([
        {
          user_id: 'ada',
          code: 'pro-monthly',
          amount: 900,
          currency: 'EUR',
          billing_interval: 'month',
          status: 'active',
        },
      ]);
      expect(await database.sql('SELECT name FROM app.migrations')).toHaveLength(1);
    },
    TIMEOUT_MS,
  );
});

describe('C2 the words of the README', () => {
  it('C2 name the two commands', () => {
    const commands = inLanguage('sh').map(({ text }) => text.trim());
    expect(commands).toContain('npm ci && npm run db:migrate');
    expect(commands).toContain('npm ci && npm test');
  });

  it('C2 name only scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...README.matchAll(/\bnpm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('C2 tell the usage as the program does', () => {
    expect(textsOf('Commands', 'text')).toContain(`${HELP}\n`);
  });

  it('T1 U1 show what the first command prints', async () => {
    const folder = new HostProject([]).path('.');
    const main = join(ROOT, 'src/cli/main.ts');
    const env = { TS_NODE_PROJECT: join(ROOT, 'tsconfig.json'), DATABASE_URL: undefined };
    const words = ['-r', join(ROOT, 'node_modules/ts-node/register'), main, 'migrate'];
    const { stdout } = await run(words, { cwd: folder, env });
    expect(textsOf('Two commands', 'text')).toEqual([stdout]);
  });

  it.each(['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/engines.md'])(
    'C2 %s links to nothing that is not there',
    (page) => {
      const targets = fileLinks(read(page)).map((target) => join(ROOT, dirname(page), target));
      expect(targets.filter((target) => !existsSync(target))).toEqual([]);
    },
  );
});

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function inLanguage(language: string): ReturnType<typeof fences> {
  return BLOCKS.filter((block) => block.language === language);
}

function textsOf(section: string, language: string): string[] {
  const found = inLanguage(language).filter((block) => block.section === section);
  return found.map(({ text }) => text);
}
