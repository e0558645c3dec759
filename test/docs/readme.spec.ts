import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { catalogOf, engines, rowsOf } from '../support/engines';
import type { EngineName, TestDatabase } from '../support/engines';
import { run, type Run } from '../support/run';
import { newFolder } from '../support/test-run';
import { prose } from './markdown';
import { BLOCKS, ROOT, read, textsOf } from './pages';
import { DocsProject, folderOf } from './project';

const PAGE = 'README.md';
const NESTJS = 'Quick start: NestJS 12 on Postgres';
const SQLITE = 'Quick start: SQLite';
const FAMILY_CLI = [
  '-r',
  join(ROOT, 'node_modules/ts-node/register'),
  join(ROOT, 'src/cli/main.ts'),
];

describe('C4 the quick starts of the README', () => {
  const open: TestDatabase[] = [];
  let project: DocsProject;

  beforeAll(async () => {
    project = await DocsProject.make();
  });
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

  /** Starts a quick start as the page says, compiled by its own `tsconfig.json`. */
  function start(section: string, env: Record<string, string> = {}, main = 'dist'): Promise<Run> {
    const cwd = project.path(folderOf({ page: PAGE, section }));
    return run([join(main, 'main.js')], { cwd, env });
  }

  async function expectSubscription(database: TestDatabase, result: Run): Promise<void> {
    expect(result).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: textsOf(PAGE, NESTJS, 'text').join(),
    });
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
  }

  it('C4 T1 the NestJS service runs on Postgres and does what it says', async () => {
    const database = await create('postgres');
    for (const sql of textsOf(PAGE, NESTJS, 'sql')) await database.exec(sql);
    await expectSubscription(database, await start(NESTJS, { DATABASE_URL: database.url }));
  });

  it('C4 T1 the NestJS service runs as ES modules too', async () => {
    const database = await create('postgres');
    for (const sql of textsOf(PAGE, NESTJS, 'sql')) await database.exec(sql);
    const modules = project.path(folderOf({ page: PAGE, section: NESTJS }), 'modules');
    cpSync(project.path(folderOf({ page: PAGE, section: NESTJS }), 'src'), modules, {
      recursive: true,
    });
    for (const name of readdirSync(modules)) toEsModule(join(modules, name));
    writeFileSync(join(modules, 'package.json'), '{ "type": "module" }');
    await expectSubscription(
      database,
      await start(NESTJS, { DATABASE_URL: database.url }, 'modules'),
    );
  });

  it('C4 T4 the NestJS service without its tenants says so at once, and makes nothing', async () => {
    const database = await create('postgres');
    const { exitCode, stderr } = await start(NESTJS, { DATABASE_URL: database.url });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/HOST_TABLE_MISSING/);
    expect(await catalogOf(database, ['plans', 'subscriptions'])).toEqual([]);
  });

  it('C4 U1 the service on SQLite runs and does what it says', async () => {
    const { exitCode, stdout, stderr } = await start(SQLITE);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(textsOf(PAGE, SQLITE, 'text').join());

    const file = project.path(folderOf({ page: PAGE, section: SQLITE }), 'app.sqlite');
    const database = await create('sqlite');
    await database.exec(`ATTACH '${file}' AS app`);
    expect(
      await database.sql(
        `SELECT s.user_id, p.code, s.amount, s.currency, s.billing_interval, s.status
         FROM app.user_subscriptions s JOIN app.subscription_plans p ON p.id = s.plan_id`,
      ),
    ).toEqual([
      {
        ...{ user_id: 'ada', code: 'pro-monthly', amount: 900, currency: 'EUR' },
        ...{ billing_interval: 'month', status: 'active' },
      },
    ]);
    expect(await database.sql('SELECT name FROM app.migrations')).toHaveLength(1);
  });
});

describe('C2 the words of the README', () => {
  it('C2 name the two commands', () => {
    const commands = BLOCKS.filter(({ page, language }) => page === PAGE && language === 'sh');
    const texts = commands.map(({ text }) => text.trim());
    expect(texts).toContain('npm ci && npm run db:migrate');
    expect(texts).toContain('npm ci && npm test');
  });

  it('T1 U1 show what the first command prints', async () => {
    const env = { TS_NODE_PROJECT: join(ROOT, 'tsconfig.json'), DATABASE_URL: undefined };
    const { stdout } = await run([...FAMILY_CLI, 'migrate'], { cwd: newFolder('readme'), env });
    expect(textsOf(PAGE, 'Two commands', 'text')).toEqual([stdout]);
  });

  it('C2 are at most 1,500, its code included', () => {
    const count = (text: string): number => text.split(/\s+/).filter(Boolean).length;
    expect(count(prose(read(PAGE)))).toBeLessThan(1000);
    expect(count(read(PAGE))).toBeLessThanOrEqual(1500);
  });
});

function toEsModule(path: string): void {
  const { outputText } = transpileModule(readFileSync(path, 'utf8'), {
    compilerOptions: {
      ...{ target: ScriptTarget.ES2022, module: ModuleKind.ESNext },
      ...{ experimentalDecorators: true, emitDecoratorMetadata: true },
    },
  });
  writeFileSync(path.replace(/\.ts$/, '.js'), outputText);
}
