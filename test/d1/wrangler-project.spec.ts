import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '../../src';
import { openDataSource } from '../support/data-source';
import { USER_TABLES } from '../support/billing-tables';
import { closeAfterwards } from '../support/closing';
import { engineNamed } from '../support/engines';
import { droppingRows } from '../support/rollback-files';
import { startCloudflareApi, type CloudflareApi } from './cloudflare-api';
import { WranglerProject } from './host-project';

const HOST_TABLES = ['user', 'session', 'account', 'verification', 'todos'];
const HOST_FILES = ['0000_better_auth.sql', '0001_todos.sql'];
const FILE = '0002_create_user_billing.sql';
const ROLLBACK = `drizzle-rollback/${FILE}`;
const MIGRATION = expect.stringMatching(/^CreateUserBilling\d{13}$/) as string;
const BY_WRANGLER = 'SELECT name FROM d1_migrations ORDER BY id';
const BY_TYPEORM = 'SELECT name FROM migrations ORDER BY id';
const NOTHING_TO_APPLY = /No migrations to apply!/;

const SEED = [
  `INSERT INTO user (id, name, email, created_at, updated_at) VALUES ('ada', 'Ada', 'ada@example.com', 1, 1)`,
  `INSERT INTO session (id, expires_at, token, created_at, updated_at, user_id) VALUES ('s', 9, 't', 1, 1, 'ada')`,
  `INSERT INTO todos (title, user_id) VALUES ('pay', 'ada')`,
];
const PLAN = '00000000-0000-4000-8000-000000000001';
const SEED_BILLING = [
  `INSERT INTO subscription_plans (id, code, name, amount, currency, billing_interval) VALUES ('${PLAN}', 'pro', 'Pro', 900, 'EUR', 'month')`,
  `INSERT INTO user_subscriptions (id, user_id, plan_id, status, amount, currency, billing_interval) VALUES ('${PLAN}', 'ada', '${PLAN}', 'active', 900, 'EUR', 'month')`,
];

describe('a host with Better Auth, drizzle and D1', () => {
  const FIXTURE = join(__dirname, 'fixtures/host-project');
  /** Has applied its own migrations, and has rows. */
  let running: WranglerProject;
  /** Has applied our files after them, too. wrangler takes its time: it is asked once for both. */
  let migrated: { readonly host: WranglerProject; readonly output: string };

  beforeAll(async () => {
    running = await WranglerProject.copy(FIXTURE);
    await ok(running.script('db:migrate:local'));
    for (const statement of SEED) await running.sql(statement);
    expect(await running.names(BY_WRANGLER)).toEqual(HOST_FILES);
    const host = await withBilling();
    migrated = { host, output: await ok(host.script('db:migrate:local')) };
  });

  async function copy(of = running): Promise<WranglerProject> {
    const host = await WranglerProject.copy(FIXTURE);
    host.takeState(of);
    return host;
  }

  /** A copy that has our files after its own, not yet applied unless `of` has applied them. */
  async function withBilling(of = running): Promise<WranglerProject> {
    const host = await copy(of);
    await ok(host.billing(['sql', '--dialect', 'd1', '--out', 'drizzle', '--from', '2']));
    return host;
  }

  const hostRows = async (host: WranglerProject): Promise<unknown> => {
    const rows: Record<string, unknown> = {};
    for (const table of HOST_TABLES) rows[table] = await host.sql(`SELECT * FROM "${table}"`);
    return rows;
  };

  const execute = (host: WranglerProject, ...words: string[]): ReturnType<typeof host.wrangler> =>
    host.wrangler(['d1', 'execute', 'host-project', '--local', ...words]);

  it('U3 U5 its db:migrate:local applies our files after its own, once, and nothing of its changes', async () => {
    const before = await copy();
    const files = before.files();
    const written = await ok(
      before.billing(['sql', '--dialect', 'd1', '--out', 'drizzle', '--from', '2']),
    );
    expect(written).toBe(`wrote drizzle/${FILE}\nwrote ${ROLLBACK}\n`);
    expect(before.files()).toEqual({
      ...files,
      [`drizzle/${FILE}`]: expect.any(String) as string,
      [ROLLBACK]: expect.any(String) as string,
    });

    const { output } = migrated;
    const host = await withBilling(migrated.host);
    expect(host.files()).toEqual(before.files());
    expect(output).toContain(FILE);
    expect(output).not.toContain(HOST_FILES[0]);
    expect(output).not.toContain('rollback');

    expect(await host.names(BY_WRANGLER)).toEqual([...HOST_FILES, FILE]);
    expect(await host.names(BY_TYPEORM)).toEqual([MIGRATION]);
    expect(await host.catalog(HOST_TABLES)).toEqual(await before.catalog(HOST_TABLES));
    expect(await hostRows(host)).toEqual(await hostRows(before));
    expect(withoutIndents(await host.catalog(USER_TABLES))).toEqual(await catalogOfMigrate());

    // drizzle-kit numbers by its own journal: its next file has the number of ours.
    writeFileSync(
      join(host.folder, 'drizzle/0002_tags.sql'),
      'CREATE TABLE `tags` (`id` integer);\n',
    );
    const again = await ok(host.script('db:migrate:local'));
    expect(again).toContain('0002_tags.sql');
    expect(again).not.toContain(FILE);
    expect(await host.names(BY_WRANGLER)).toEqual([...HOST_FILES, FILE, '0002_tags.sql']);
  });

  it('U3 a rollback file takes back what the forward file did, and both records', async () => {
    const host = await withBilling(migrated.host);
    for (const statement of SEED_BILLING) await host.sql(statement);
    const catalog = await host.catalog([...HOST_TABLES, ...USER_TABLES]);
    const hostCatalog = await host.catalog(HOST_TABLES);
    const rows = await hostRows(host);
    expect(await host.sql('SELECT id FROM user_subscriptions')).toHaveLength(1);

    const refused = await execute(host, '--file', ROLLBACK);
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.stdout + refused.stderr).toMatch(
      /would drop rows: .*user_subscriptions \(1 row\)/,
    );
    expect(await host.catalog([...HOST_TABLES, ...USER_TABLES])).toEqual(catalog);
    expect(await host.names(BY_WRANGLER)).toEqual([...HOST_FILES, FILE]);
    const file = join(host.folder, ROLLBACK);
    writeFileSync(file, droppingRows(readFileSync(file, 'utf8')));
    await ok(execute(host, '--file', ROLLBACK));
    expect(await host.catalog([...HOST_TABLES, ...USER_TABLES])).toEqual(hostCatalog);
    expect(await hostRows(host)).toEqual(rows);
    expect(await host.names(BY_WRANGLER)).toEqual(HOST_FILES);
    expect(await host.names(BY_TYPEORM)).toEqual([]);

    // There is nothing left to take back: refused as a whole.
    expect(await execute(host, '--file', ROLLBACK)).toMatchObject({ exitCode: 1 });
    expect(await host.names(BY_WRANGLER)).toEqual(HOST_FILES);
    expect(await hostRows(host)).toEqual(rows);

    await ok(host.script('db:migrate:local'));
    expect(await host.catalog([...HOST_TABLES, ...USER_TABLES])).toEqual(catalog);
    expect(await host.names(BY_WRANGLER)).toEqual([...HOST_FILES, FILE]);
  });

  it("U3 what wrangler applied this library's commands know, and what they take back wrangler knows", async () => {
    const host = await withBilling(migrated.host);
    expect(await ok(host.billing(['migrate']))).toMatch(/^Nothing is pending/);
    expect(await ok(host.billing(['check']))).toBe('The tables match the entities.\n');

    await ok(host.billing(['rollback']));
    expect(await host.catalog(USER_TABLES)).toEqual([]);
    expect(await host.names(BY_WRANGLER)).toEqual(HOST_FILES);
  });

  it('U3 what these commands applied from a folder below wrangler knows, and what it takes back they know', async () => {
    const host = await withBilling();
    // By another name, and on a binding that `wrangler dev` would look for at Cloudflare's.
    const configuration = readFileSync(join(host.folder, 'wrangler.jsonc'), 'utf8');
    writeFileSync(
      join(host.folder, 'wrangler.jsonc'),
      configuration.replace('"DB",', '"DB", "migrations_table": "applied_files", "remote": true,'),
    );
    await ok(
      host.billing([
        'sql',
        '--dialect',
        'd1',
        '--out',
        'other',
        '--from',
        '2',
        '--table',
        'applied_files',
      ]),
    );

    // The same database from there as for wrangler itself.
    expect(await ok(host.billing(['migrate'], {}, 'src'))).toMatch(/^Applied CreateUserBilling/);
    expect(readdirSync(join(host.folder, 'src'))).not.toContain('.wrangler');
    expect(await host.names('SELECT name FROM applied_files')).toEqual([FILE]);
    const list = await ok(host.wrangler(['d1', 'migrations', 'list', 'host-project', '--local']));
    expect(list).toContain(HOST_FILES[0]);
    expect(list).not.toContain('billing');

    await ok(execute(host, '--file', `other-rollback/${FILE}`));
    expect(await host.names('SELECT name FROM applied_files')).toEqual([]);
    const { migrations } = JSON.parse(await ok(host.billing(['status', '--json']))) as {
      migrations: { state: string }[];
    };
    expect(migrations).toMatchObject([{ state: 'pending' }]);
  });

  it('U3 a forward file is refused as a whole where the table it refers to is missing', async () => {
    const host = await copy();
    const env = { BILLING_FAMILIES: 'tenant' };
    await ok(host.billing(['sql', '--dialect', 'd1', '--out', 'drizzle'], env));
    const { exitCode, stdout, stderr } = await host.script('db:migrate:local');
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toMatch(/no such table: tenants/);
    expect(await host.catalog(['plans', 'subscriptions', 'migrations'])).toEqual([]);
    expect(await host.names(BY_WRANGLER)).toEqual(HOST_FILES);
  });

  it('U3 of an environment of the configuration it is the local database that wrangler has', async () => {
    const host = await WranglerProject.copy(FIXTURE);
    const env = { CLOUDFLARE_ENV: 'preview' };
    await ok(host.billing(['sql', '--dialect', 'd1', '--out', 'drizzle'], env));
    const preview = ['host-project-preview', '--env', 'preview', '--local'];
    await ok(host.wrangler(['d1', 'migrations', 'apply', ...preview]));
    expect(await ok(host.billing(['migrate'], env))).toMatch(/^Nothing is pending/);
    // There is no other: nothing was made of the one outside of the environment.
    expect(await host.names(BY_WRANGLER)).toEqual([...HOST_FILES, FILE]);
  });

  it('T5 of three db:migrate at once one does the work, nobody fails, and wrangler knows', async () => {
    const host = await withBilling();
    const runs = await Promise.all(Array.from({ length: 3 }, () => host.billing(['migrate'])));
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(runs.filter(({ stdout }) => stdout.startsWith('Applied'))).toHaveLength(1);
    expect(await host.names(BY_TYPEORM)).toEqual([MIGRATION]);
    expect(await host.names(BY_WRANGLER)).toEqual([...HOST_FILES, FILE]);
    expect(withoutIndents(await host.catalog(USER_TABLES))).toEqual(await catalogOfMigrate());
    expect(await host.sql('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  describe("at Cloudflare's", () => {
    const PRODUCTION = '00000000-0000-0000-0000-000000000001';
    const PREVIEW = '00000000-0000-0000-0000-000000000002';
    let api: CloudflareApi;

    beforeAll(async () => {
      api = await startCloudflareApi([PRODUCTION, PREVIEW]);
      closeAfterwards(() => api.stop());
    });

    it.each([
      ['db:migrate:preview', PREVIEW, PRODUCTION, ['host-project-preview', '--env', 'preview']],
      ['db:migrate:prod', PRODUCTION, undefined, ['host-project']],
    ])(
      'U5 U3 its %s does there what db:migrate:local does here',
      async (script, id, other, words) => {
        const host = await withBilling();
        const names = async (statement: string): Promise<unknown[]> =>
          (await api.sql(id, statement)).map(({ name }) => name);

        await ok(host.script(script, api.env));
        expect(await names(BY_WRANGLER)).toEqual([...HOST_FILES, FILE]);
        expect(await names(BY_TYPEORM)).toEqual([MIGRATION]);
        if (other !== undefined) {
          expect(await ok(host.script(script, api.env))).toMatch(NOTHING_TO_APPLY);
          expect(await api.sql(other, TABLES)).toEqual([]);
        }

        await ok(
          host.wrangler(
            ['d1', 'execute', ...words, '--remote', '--yes', '--file', ROLLBACK],
            api.env,
          ),
        );
        expect(await names(BY_WRANGLER)).toEqual(HOST_FILES);
        expect(await names(BY_TYPEORM)).toEqual([]);
        expect(await names(TABLES)).toEqual(expect.not.arrayContaining(USER_TABLES));
      },
    );
  });
});

const TABLES = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`;

/** What a run left on stdout, if it went well. */
async function ok(running: ReturnType<WranglerProject['wrangler']>): Promise<string> {
  const { exitCode, stdout, stderr } = await running;
  expect({ exitCode, output: exitCode === 0 ? '' : stdout + stderr }).toEqual({
    exitCode: 0,
    output: '',
  });
  return stdout;
}

/** The entries of billing's tables as `migrate()` makes them on a D1. */
async function catalogOfMigrate(): Promise<unknown[]> {
  const database = await engineNamed('d1').createDatabase({ host: 'none' });
  await database.sql(`CREATE TABLE "user" ("id" text NOT NULL PRIMARY KEY)`);
  const dataSource = await openDataSource(database, { BILLING_FAMILIES: 'user' });
  await migrate(dataSource);
  const entries = await database.sql(
    `SELECT type, name, sql FROM sqlite_master
     WHERE tbl_name IN (SELECT value FROM json_each($1)) ORDER BY type, name`,
    [JSON.stringify(USER_TABLES)],
  );
  return withoutIndents(entries);
}

/** A file's statements begin at the margin, those of the class where the code does. */
function withoutIndents(entries: readonly Record<string, unknown>[]): unknown[] {
  return entries.map((entry) => ({ ...entry, sql: String(entry.sql).replaceAll(/^ +/gm, '') }));
}
