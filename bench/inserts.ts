import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SqliteDataSource, userBilling } from '../src';
import { D1DataSource } from '../src/d1';
import type { DataSource, EntityManager } from 'typeorm';
import { D1Client, post } from '../test/support/d1-client';
import { type AssignedD1, startD1Server } from '../test/support/d1-server';
import { HOST_SCHEMA } from '../test/support/host-tables';
import { ratio, table } from './lib/markdown';
import { PEERS, RESULTS } from './lib/paths';
import { inTurns, median, quantile } from './lib/rounds';

/** Of each kind, a round and contestant. */
const SINGLE = 200;
const TOGETHER = 500;

const USER = 'user-1';
const [PLAN, SUBSCRIPTION, TOKEN] = ['1', '2', '3'].map(
  (digit) => `0198c0de-0000-7000-8000-00000000000${digit}`,
) as [string, string, string];

/** A payment attempt with all its columns filled, which are 10 moments and 3 keys among others. */
function row(number: number): Record<string, unknown> {
  const at = new Date(Date.UTC(2026, 0, 1) + number * 1001).toISOString();
  const moment = at.slice(0, 23).replace('T', ' ');
  return {
    id: `0198c0de-0000-7000-8001-${number.toString(16).padStart(12, '0')}`,
    ...{ user_id: USER, user_subscription_id: SUBSCRIPTION, direct_debit_token_id: TOKEN },
    ...{ kind: 'renewal', status: 'succeeded', amount: 1900, currency: 'EUR', amount_refunded: 0 },
    ...{ period_start: moment, period_end: '2099-01-01 00:00:00.000', attempt_number: 1 },
    ...{ idempotency_key: `${SUBSCRIPTION}/${at}`, provider: 'gocardless' },
    ...{ provider_payment_id: `PM${number}`, failure_code: 'insufficient_funds' },
    failure_message: "The customer's account has insufficient funds.",
    ...Object.fromEntries(MOMENTS.map((column) => [column, moment])),
  };
}

const MOMENTS = [
  ...['next_retry_at', 'scheduled_at', 'submitted_at', 'succeeded_at', 'settled_at', 'failed_at'],
  ...['created_at', 'updated_at'],
];
const NEW_COLUMNS = { livemode: 1, metadata: '{"order":"A-1042","channel":"web"}' };

interface Contestant {
  readonly name: string;
  /** The table as it was, with the indexes it had, or with those of now. */
  readonly before?: 'its indexes' | 'the indexes of now';
  readonly added: Readonly<Record<string, unknown>>;
}

const CONTESTANTS: readonly Contestant[] = [
  { name: 'before', before: 'its indexes', added: {} },
  { name: 'before, with the indexes of now', before: 'the indexes of now', added: {} },
  { name: 'now, the same columns filled', added: {} },
  { name: 'now, all columns filled', added: NEW_COLUMNS },
];

/** What the CHECKs on the forms of values cost an INSERT in plain SQL, on the table with the most. */
export async function measureInserts(rounds: number): Promise<string[]> {
  const folder = join(RESULTS, 'inserts');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const onFile = (name: string): Promise<DataSource> =>
    Promise.resolve(new SqliteDataSource({ database: join(folder, `${name}.sqlite`), ...BILLING }));
  const d1 = await startD1Server(join(folder, 'd1'));
  const onD1 = async (): Promise<DataSource> => {
    const assigned = JSON.parse(await post(d1.url, '')) as AssignedD1;
    return new D1DataSource({ database: new D1Client(assigned), ...BILLING });
  };
  try {
    return [
      '## An insert, beside tables without forms, on SQLite',
      await measure(onFile, rounds),
      '## An insert, beside tables without forms, on D1',
      await measure(onD1, rounds),
    ];
  } finally {
    await d1.stop();
  }
}

const BILLING = { entities: userBilling.entities, migrations: userBilling.migrations.sqlite };

async function measure(
  open: (name: string) => Promise<DataSource>,
  rounds: number,
): Promise<string> {
  const former = await readFile(join(PEERS, 'payment-attempts-before.sql'), 'utf8');
  const dataSources: DataSource[] = [];
  let number = 0;
  const contestants = [];
  for (const [index, { name, before, added }] of CONTESTANTS.entries()) {
    const dataSource = await open(`${index}`);
    await dataSource.initialize();
    dataSources.push(dataSource);
    await each(dataSource, HOST_SCHEMA.sqlite);
    await dataSource.runMigrations();
    if (before !== undefined) {
      const indexes = await dataSource.query<{ sql: string }[]>(
        `SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'payment_attempts' AND sql IS NOT NULL`,
      );
      const [table = '', ...own] = former.split(/;\n(?=CREATE)/);
      const chosen = before === 'its indexes' ? own : indexes.map(({ sql }) => sql);
      await each(dataSource, ['DROP TABLE payment_attempts', table, ...chosen].join(';\n'));
    }
    await each(dataSource, PARENTS);
    const insert = (manager: EntityManager): Promise<unknown> => {
      const values = { ...row((number += 1)), ...added };
      const columns = Object.keys(values);
      return manager.query(
        `INSERT INTO payment_attempts (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
        Object.values(values),
      );
    };
    contestants.push({
      name,
      measure: async () => {
        const start = performance.now();
        for (let one = 0; one < SINGLE; one += 1) await insert(dataSource.manager);
        const half = performance.now();
        await dataSource.transaction(async (manager) => {
          for (let one = 0; one < TOGETHER; one += 1) await insert(manager);
        });
        const end = performance.now();
        await dataSource.query('DELETE FROM payment_attempts');
        return { single: (half - start) / SINGLE, together: (end - half) / TOGETHER };
      },
    });
  }
  const results = await inTurns(contestants, rounds);
  for (const dataSource of dataSources) await dataSource.destroy();
  const rows = (heading: string, pick: (one: { single: number; together: number }) => number) => {
    const base = median((results[0]?.samples ?? []).map(pick));
    return [
      [heading, 'median ms', 'quartiles', 'ratio'],
      ...results.map(({ name, samples }) => {
        const values = samples.map(pick);
        const quartiles = [0.25, 0.75].map((share) => quantile(values, share).toFixed(3)).join('–');
        return [name, median(values).toFixed(3), quartiles, ratio(median(values), base)];
      }),
    ];
  };
  return [
    table(rows('each by itself', ({ single }) => single)),
    table(rows(`${TOGETHER} in one transaction`, ({ together }) => together)),
  ].join('\n\n');
}

const PARENTS = `
  INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
    VALUES ('${USER}', 'Ada', 'ada@example.com', 1, '2026-01-01', '2026-01-01');
  INSERT INTO subscription_plans (id, code, name, amount, currency, billing_interval)
    VALUES ('${PLAN}', 'pro', 'Pro', 1900, 'EUR', 'month');
  INSERT INTO direct_debit_tokens (id, user_id, provider, scheme)
    VALUES ('${TOKEN}', '${USER}', 'gocardless', 'bacs');
  INSERT INTO user_subscriptions (id, user_id, plan_id, amount, currency, billing_interval)
    VALUES ('${SUBSCRIPTION}', '${USER}', '${PLAN}', 1900, 'EUR', 'month')`;

async function each(dataSource: DataSource, script: string): Promise<void> {
  for (const statement of script.split(/;\s*\n/).filter((text) => text.trim())) {
    await dataSource.query(statement.replace(/;\s*$/, ''));
  }
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 15);
  console.log((await measureInserts(rounds)).join('\n\n'));
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
