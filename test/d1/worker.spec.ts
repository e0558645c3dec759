import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bin, run } from '../package/packed-project';
import { TENANT_IDS, USER_IDS } from '../support/host-tables';
import { BILLING_TABLES } from '../support/billing-tables';
import { TestWorker } from './test-worker';
import { bundle } from './wrangler';

let worker: TestWorker;

beforeAll(async () => {
  worker = await TestWorker.start();
});

describe('B1 the bundle of a Worker', () => {
  it('B1 is made by wrangler from the packed package, and holds no module of Node', () => {
    const code = readFileSync(worker.script, 'utf8');
    const imported = [
      ...code.matchAll(/^\s*(?:import|export)\b[^"'\n]*?(?:from\s*)?["']([^"'\n]+)["']/gm),
      // esbuild's own is called __require.
      ...code.matchAll(/(?:\bimport|require)\(\s*["']([^"'\n]+)["']\s*\)/g),
    ].map(([, module]) => module);
    // wrangler gives TypeORM's logger the package debug in its form for Node. workerd has both itself.
    expect(imported.filter((one) => one !== 'tty' && one !== 'util')).toEqual([]);
    // What it was made of stands in comments.
    const modules = [...code.matchAll(/^\s*\/\/ (\S*node_modules\/\S+)$/gm)].map(
      ([, one = '']) => one,
    );
    const packages = modules.map((one) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(one)?.[1]);
    expect([...new Set(packages)].sort()).toEqual([
      'class-validator',
      // Of TypeORM.
      'dayjs',
      'debug',
      'dedent',
      'ms',
      'reflect-metadata',
      // Of debug.
      'supports-color',
      'tslib',
      'typeorm',
      'typeorm-billing',
      'uuid',
    ]);
    expect(modules.filter((one) => /\/typeorm\/(?!browser\/)/.test(one))).toEqual([]);

    const size = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`;
    process.stdout.write(
      `The Worker's bundle: ${size(statSync(worker.script).size)}, ` +
        `gzipped ${size(gzipSync(code).length)}, not minified.\n`,
    );
  });

  it('B1 is at most 250 KiB, minified and gzipped, with the entities of both families', async () => {
    const folder = await bundle(worker.project, '--minify');
    const code = readFileSync(join(folder, 'index.js'));
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(250 * 1024);
  });

  it('U6 is accepted by the strict compiler, on the declarations of the packed package', async () => {
    await run(bin('tsc'), ['-p', '.'], worker.project);
  });
});

describe('U7 the migrations in a Worker', () => {
  it('U7 up, down and up again, with the host as it was', async () => {
    const catalog = (): Promise<unknown[]> =>
      worker.sql(`SELECT name, sql FROM sqlite_master WHERE name <> 'migrations' AND name NOT LIKE 'sqlite_%'
           ORDER BY name`);
    const host = await catalog();
    const applied = await worker.result<string[]>('repositories/migrate');
    expect(applied.map((name) => name.replace(/\d+$/, ''))).toEqual([
      'CreateTenantBilling',
      'CreateUserBilling',
    ]);
    const up = await catalog();
    expect(await worker.result('repositories/migrate')).toEqual([]);
    expect(await worker.result('repositories/revert')).toEqual([...applied].reverse());
    expect(await catalog()).toEqual(host);
    await worker.result('repositories/migrate');
    expect(await catalog()).toEqual(up);
    expect(await worker.sql('SELECT id FROM tenants ORDER BY id')).toEqual(
      TENANT_IDS.map((id) => ({ id })),
    );
    expect(await worker.sql('SELECT name FROM migrations ORDER BY id')).toEqual(
      applied.map((name) => ({ name })),
    );
  });
});

describe('B1 in a Worker', () => {
  beforeEach(() => worker.empty());

  it('B1 repositories, query builder and raw SQL read and write', async () => {
    const told = await worker.result<Record<string, unknown>>('repositories/everyWay');
    expect(told).toMatchObject({
      isSameObject: true,
      updated: 1,
      deleted: 1,
      query: [
        ['inserted', 3],
        ['saved', 1],
      ],
      found: { name: 'saved', priceMonthly: 900, sortOrder: 1, isActive: true, features: {} },
      missing: null,
      count: 1,
      exists: true,
      highest: 3,
      raw: [{ name: 'inserted', price_monthly: 1900 }],
    });
    const ids = await worker.sql<{ id: string }>(`SELECT id FROM plans WHERE name = 'inserted'`);
    expect(ids).toEqual([{ id: told.insertedId }]);
    expect(
      await worker.sql(
        'SELECT name, sort_order, price_monthly, description FROM plans ORDER BY name',
      ),
    ).toEqual([
      { name: 'inserted', sort_order: 3, price_monthly: 1900, description: null },
      { name: 'saved', sort_order: 1, price_monthly: 900, description: 'by SQL' },
    ]);
  });

  it('B1 save() gives each entity complete, and it reads back so: Date, boolean, JSON, money', async () => {
    const input = { tenantId: TENANT_IDS[0], userId: USER_IDS[0] };
    const rows = await worker.result<Record<'saved' | 'read', Record<string, unknown>>[]>(
      'repositories/graph',
      input,
    );
    expect(rows).toHaveLength(BILLING_TABLES.length);
    // The graph in hand may hold more relations than were asked for when it was read.
    for (const { saved, read } of rows) expect(saved).toMatchObject(read);
    const [plan, subscription, , , , , attempt] = rows;
    expect(plan?.read).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/) as unknown,
      priceMonthly: Number.MAX_SAFE_INTEGER,
      features: { seats: 5, nested: { on: true, list: [1, 'two', null, 2.5] } },
      isActive: false,
      description: null,
      trialDays: 0,
      createdAt: expect.stringMatching(/^20\d\d-.*\.\d{3}Z$/) as unknown,
    });
    expect(subscription?.read).toMatchObject({
      planId: plan?.saved.id,
      currentPeriodStart: '2026-03-29T01:59:59.001Z',
      currentPeriodEnd: '2026-04-29T01:59:59.999Z',
      endedAt: null,
      version: 1,
    });
    expect(attempt?.read).toMatchObject({
      amount: 900,
      userSubscription: { plan: { code: '12' } },
      directDebitToken: { isDefault: true },
    });
    expect(
      await worker.sql(
        'SELECT current_period_start AS t, cancel_at_period_end AS b FROM subscriptions',
      ),
    ).toEqual([{ t: '2026-03-29 01:59:59.001', b: 0 }]);
  });

  it("B1 every column holds its own kind of value: a TEXT never '5.0', a number never REAL", async () => {
    await worker.result('repositories/graph', { tenantId: TENANT_IDS[0], userId: USER_IDS[0] });
    for (const table of BILLING_TABLES) {
      const columns = await worker.sql<{ name: string; type: string }>(
        `PRAGMA table_info(${table})`,
      );
      const kinds = columns.map(({ name }) => `typeof("${name}") AS "${name}"`).join(', ');
      const [row] = await worker.sql(`SELECT ${kinds} FROM ${table}`);
      for (const { name, type } of columns) {
        const kind = /int|bool/i.test(type) ? 'integer' : 'text';
        expect({ table, name, kind: row?.[name] }).toEqual({
          table,
          name,
          kind: row?.[name] === 'null' ? 'null' : kind,
        });
      }
    }
    expect(await worker.sql('SELECT name FROM plans')).toEqual([{ name: '5' }]);
    expect(await worker.sql('SELECT provider, account_ending FROM direct_debit_tokens')).toEqual([
      { provider: '1', account_ending: '0042' },
    ]);
  });

  it('B1 a transaction is all or nothing', async () => {
    const { error } = await worker.ask('transactions/allOrNothing', { tenantId: TENANT_IDS[0] });
    expect(error).toMatchObject({
      code: 'UNIQUE_VIOLATION',
      details: { table: 'subscriptions', columns: ['tenant_id', 'slot', 'livemode'] },
    });
    expect(await worker.sql('SELECT name, sort_order FROM plans ORDER BY name')).toEqual([
      { name: 'there', sort_order: 0 },
      { name: 'to delete', sort_order: 0 },
    ]);
    expect(await worker.sql('SELECT * FROM subscriptions')).toEqual([]);
  });

  it('B1 a transaction saves new rows, changed ones and parts, complete, and reads others', async () => {
    const told = await worker.result<Record<string, unknown>>('transactions/allowed', {
      tenantId: TENANT_IDS[0],
    });
    expect(told).toMatchObject({
      saved: { quantity: 2, status: 'incomplete', version: 1, billingInterval: 'month' },
      untouched: null,
      stamped: true,
      affected: 'not known yet',
      plans: [{ name: 'added' }, { name: 'old', sortOrder: 4 }, { name: 'other', trialDays: 14 }],
    });
    expect(
      await worker.sql(
        'SELECT p.name, s.quantity FROM subscriptions s JOIN plans p ON p.id = s.plan_id',
      ),
    ).toEqual([{ name: 'added', quantity: 2 }]);
  });

  it('B1 50 interleaved requests in one isolate, some failing, leave exactly the successful ones', async () => {
    const requests = Array.from({ length: 50 }, (_, index) => ({
      label: String(index).padStart(2, '0'),
      pause: 5 + (index % 7) * 4,
      fail: index % 3 === 0 ? 'in JavaScript' : index % 5 === 0 ? 'in D1' : 'no',
    }));
    const answers = await Promise.all(
      requests.map((request) => worker.ask('transactions/interleaved', request)),
    );
    for (const [index, { error }] of answers.entries()) {
      const code = { no: undefined, 'in JavaScript': 'none', 'in D1': 'UNIQUE_VIOLATION' };
      const { fail } = requests[index]!;
      expect({ index, code: error?.code }).toEqual({
        index,
        code: code[fail as keyof typeof code],
      });
    }
    const successful = requests.filter(({ fail }) => fail === 'no');
    expect(await worker.planNames()).toEqual(
      successful.flatMap(({ label }) => [`${label} first`, `${label} second`]),
    );
    const told = answers.flatMap(({ result: one }) =>
      one === undefined ? [] : [one as { isolate: string; open: number }],
    );
    expect(new Set(told.map(({ isolate }) => isolate)).size).toBe(1);
    expect(Math.max(...told.map(({ open }) => open))).toBeGreaterThan(10);
  });
});
