import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModuleKind, parseConfigFileTextToJson, transpileModule } from 'typescript';
import type { DataSource } from 'typeorm';
import * as d1 from '../../src/d1';
import { billing } from '../cli/programs';
import { openDataSource } from '../support/data-source';
import { createD1Database } from '../support/d1-database';
import { newFolder } from '../support/test-run';
import { textsOf } from './pages';

const PAGE = 'docs/d1.md';

/** Processes one after the other, on a machine that is busy with other tests. */
describe('U3 B1 the page about D1', () => {
  it('U3 shows what the command writes after the file of the host', async () => {
    const cwd = newFolder('d1-page');
    mkdirSync(join(cwd, 'migrations'));
    writeFileSync(join(cwd, 'migrations/0001_better_auth.sql'), '');
    const [command = ''] = textsOf(PAGE, 'A new Worker', 'sh').filter((one) =>
      one.includes(' sql '),
    );
    const [, families, words = ''] =
      /^BILLING_FAMILIES=(\w+) npx typeorm-billing (.*)\n$/.exec(command) ?? [];
    const env = { BILLING_FAMILIES: families };
    const { exitCode, stdout } = await billing(words.split(' '), { cwd, env });
    expect(exitCode).toBe(0);
    expect(textsOf(PAGE, 'A new Worker', 'text')).toEqual([stdout]);
    const [takeBack = ''] = textsOf(PAGE, 'Rollback', 'sh');
    expect(existsSync(join(cwd, takeBack.trim().split(' ').at(-1) ?? ''))).toBe(true);
  });

  it('U3 has a configuration that is one', () => {
    const [text = ''] = textsOf(PAGE, 'A new Worker', 'jsonc');
    expect(parseConfigFileTextToJson('wrangler.jsonc', text)).toEqual({
      config: expect.objectContaining({ compatibility_flags: ['nodejs_compat'] }) as unknown,
    });
  });

  it('B4 renews once, with its payment, however many ask for it', async () => {
    const [text = ''] = textsOf(PAGE, 'Transactions', 'ts');
    const { renew } = evaluate(text) as {
      renew: (dataSource: DataSource, id: string, end: Date) => Promise<boolean>;
    };
    const database = await createD1Database();
    await database.sql('CREATE TABLE "user" (id text PRIMARY KEY)');
    await database.sql(`INSERT INTO "user" VALUES ('ada')`);
    const dataSource = await openDataSource(database, { BILLING_FAMILIES: 'user' });
    await d1.migrate(dataSource);
    const { manager } = dataSource;
    const price = { amount: 900, currency: 'EUR', billingInterval: 'month' } as const;
    const plan = await manager.save(
      manager.create(d1.SubscriptionPlan, { ...price, code: 'pro', name: 'Pro' }),
    );
    const { id } = await manager.save(
      manager.create(d1.UserSubscription, {
        ...price,
        userId: 'ada',
        planId: plan.id,
        status: 'active',
        currentPeriodStart: new Date('2026-01-01'),
        currentPeriodEnd: new Date('2026-02-01'),
      }),
    );

    const end = new Date('2026-03-01');
    const renewed = await Promise.all([1, 2, 3].map(() => renew(dataSource, id, end)));
    expect(renewed.filter(Boolean)).toHaveLength(1);
    expect(
      await database.sql('SELECT current_period_start AS start FROM user_subscriptions'),
    ).toEqual([{ start: '2026-02-01 00:00:00.000' }]);
    expect(await database.sql('SELECT period_end AS "end", kind FROM payment_attempts')).toEqual([
      { end: '2026-03-01 00:00:00.000', kind: 'renewal' },
    ]);
    await dataSource.destroy();
    await database.close();
  });

  it('U3 H5 keeps the rows of billing where the table that they refer to is rebuilt', async () => {
    const [text = ''] = textsOf(PAGE, 'When drizzle-kit rebuilds your table', 'sql');
    const [aside = '', ...back] = text.trim().split('\n');
    const database = await createD1Database();
    await database.sql('CREATE TABLE "user" (id text PRIMARY KEY)');
    await database.sql(`INSERT INTO "user" VALUES ('ada')`);
    const dataSource = await openDataSource(database, { BILLING_FAMILIES: 'user' });
    await d1.migrate(dataSource);
    const price = { amount: 900, currency: 'EUR', billingInterval: 'month' } as const;
    const { manager } = dataSource;
    const plan = await manager.save(
      manager.create(d1.SubscriptionPlan, { ...price, code: 'pro', name: 'Pro' }),
    );
    await manager.save(
      manager.create(d1.UserSubscription, {
        ...{ ...price, userId: 'ada', planId: plan.id, status: 'active' as const },
      }),
    );
    const rows = 'SELECT * FROM user_subscriptions';
    const before = await database.sql(rows);
    const rebuild = [
      'PRAGMA foreign_keys=OFF',
      'CREATE TABLE __new_user (id text PRIMARY KEY, name text)',
      'INSERT INTO __new_user (id) SELECT id FROM "user"',
      'DROP TABLE "user"',
      'ALTER TABLE __new_user RENAME TO "user"',
    ];
    await database.exec([...rebuild.slice(0, 3), aside, ...rebuild.slice(3), ...back].join(';\n'));
    expect(await database.sql(rows)).toEqual(before);
    expect(await database.sql('PRAGMA foreign_key_check')).toEqual([]);

    // Without them, the drop takes the rows along.
    await database.exec(rebuild.join(';\n'));
    expect(await database.sql(rows)).toEqual([]);
    await dataSource.destroy();
    await database.close();
  });
});

/** What a block of the page exports, with the package being its sources. */
function evaluate(text: string): unknown {
  const { outputText } = transpileModule(text, {
    compilerOptions: { module: ModuleKind.CommonJS },
  });
  const exported = {};
  const load = (name: string): unknown => {
    if (name === 'typeorm-billing/d1') return d1;
    throw new Error(`The page imports ${name}, which is not foreseen.`);
  };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the page is the project's own
  (new Function('exports', 'require', outputText) as (...all: unknown[]) => void)(exported, load);
  return exported;
}
