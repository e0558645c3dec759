import { execFile } from 'node:child_process';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { postgresDatabases, sqliteDatabases, type Databases } from './lib/databases';
import { ratio, table } from './lib/markdown';
import { runNode } from './lib/node-process';
import { PEERS, RESULTS, ROOT } from './lib/paths';
import { median } from './lib/rounds';

interface Sample {
  readonly milliseconds: number;
  /** The most memory that our process had; undefined for the other tool. */
  readonly mebibytes?: number;
}

interface Round {
  readonly theirs: Sample;
  readonly ours: Sample;
}

const FOLDER = join(RESULTS, 'backup');

/** Payment attempts, of 1,000 users with a subscription each. */
const fill = (rows: number): string => `
  INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt")
    SELECT 'user-' || i, 'x', i || '@example.com', true, now(), now() FROM generate_series(0, 999) i;
  INSERT INTO subscription_plans (id, code, name, amount, currency, billing_interval)
    VALUES ('0198c0de-0000-7000-8000-000000000001', 'pro', 'Pro', 1900, 'EUR', 'month');
  INSERT INTO user_subscriptions (id, user_id, plan_id, amount, currency, billing_interval)
    SELECT ('0198c0de-0000-7000-8002-' || lpad(to_hex(i), 12, '0'))::uuid, 'user-' || i,
      '0198c0de-0000-7000-8000-000000000001', 1900, 'EUR', 'month' FROM generate_series(0, 999) i;
  INSERT INTO payment_attempts (id, user_id, user_subscription_id, kind, status, amount, currency,
      period_start, period_end, idempotency_key, provider, provider_payment_id, submitted_at,
      succeeded_at, settled_at, created_at, updated_at, metadata)
    SELECT ('0198c0de-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid, 'user-' || i % 1000,
      ('0198c0de-0000-7000-8002-' || lpad(to_hex(i % 1000), 12, '0'))::uuid, 'renewal', 'succeeded',
      1900, 'EUR', t, t + interval '30 days', 'key-' || i, 'gocardless', 'PM' || i, t, t, t, t, t,
      '{"order": "A-1042"}'
    FROM (SELECT i, '2020-01-01Z'::timestamptz + i * interval '101 ms' t
      FROM generate_series(1, ${rows}) i) x`;

const EMPTY =
  'TRUNCATE payment_attempts, user_subscriptions, subscription_plans, direct_debit_tokens';

/** A backup beside `COPY`, a restore beside it on SQLite beside `.dump`, of so many payment attempts. */
export async function measureBackup(rows: number, rounds: number): Promise<string[]> {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const kept = join(FOLDER, 'kept');
  return [
    `## ${rows.toLocaleString('en-US')} payment attempts, on Postgres`,
    await within(postgresDatabases, (databases) => onPostgres(databases, rows, rounds, kept)),
    `## ${rows.toLocaleString('en-US')} payment attempts, on SQLite`,
    await within(sqliteDatabases, (databases) => onSqlite(databases, rounds, kept)),
  ];
}

async function onPostgres(
  databases: Databases,
  rows: number,
  rounds: number,
  kept: string,
): Promise<string> {
  const [url = ''] = await databases.create(1);
  await migrate(url);
  const client = new Client({ connectionString: url });
  await client.connect();
  const sent = async (sql: string): Promise<Sample> => {
    const start = performance.now();
    await client.query(sql);
    return { milliseconds: performance.now() - start };
  };
  // Of the server's own, in its data folder: it may not write to ours.
  const { rows: settings } = await client.query<{ data_directory: string }>('SHOW data_directory');
  const file = join(settings[0]?.data_directory ?? '', 'payment_attempts.copy');
  const backups: Round[] = [];
  const restores: Round[] = [];
  try {
    await client.query(fill(rows));
    await client.query('VACUUM ANALYZE payment_attempts');
    await ours('backup', kept, url);
    for (let round = 0; round < rounds; round += 1) {
      const theirs = await sent(`COPY payment_attempts TO '${file}'`);
      const folder = join(FOLDER, `postgres-${round}`);
      backups.push({ theirs, ours: await ours('backup', folder, url) });
      await rm(folder, { recursive: true });
    }
    for (let round = 0; round < rounds; round += 1) {
      await client.query('TRUNCATE payment_attempts');
      const theirs = await sent(`COPY payment_attempts FROM '${file}'`);
      await client.query(EMPTY);
      restores.push({ theirs, ours: await ours('restore', kept, url) });
    }
  } finally {
    await client.end();
  }
  return report('COPY', backups, restores);
}

async function onSqlite(databases: Databases, rounds: number, kept: string): Promise<string> {
  const backups: Round[] = [];
  const restores: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [url = ''] = await databases.create(1);
    const [file, dump] = [url.replace(/^sqlite:/, ''), join(FOLDER, `dump-${round}.sql`)];
    await migrate(url);
    await sqlite(
      file,
      `WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 999)
       INSERT INTO "user" SELECT 'user-' || i, 'x', i || '@example.com', 1, NULL, '2026', '2026' FROM c`,
    );
    const restored = await ours('restore', kept, url);
    const dumped = await sqlite(file, `.output ${dump}\n.dump`);
    const folder = join(FOLDER, `sqlite-${round}`);
    backups.push({ theirs: dumped, ours: await ours('backup', folder, url) });
    await rm(folder, { recursive: true });
    const read = await sqlite(`${file}.read`, `.read ${dump}`);
    restores.push({ theirs: read, ours: restored });
    for (const one of [dump, `${file}.read`]) await rm(one);
  }
  return report('.dump', backups, restores);
}

async function sqlite(file: string, input: string): Promise<Sample> {
  const start = performance.now();
  const running = promisify(execFile)('sqlite3', ['-bail', file]);
  running.child.stdin?.end(`${input}\n${input.startsWith('.') ? '' : ';'}`);
  await running;
  return { milliseconds: performance.now() - start };
}

async function migrate(url: string): Promise<void> {
  const words = [join(ROOT, 'dist/cli/program.js'), 'migrate'];
  await runNode(words, { DATABASE_URL: url, BILLING_FAMILIES: 'user' });
}

async function ours(what: 'backup' | 'restore', folder: string, url: string): Promise<Sample> {
  const { stdout } = await runNode([join(PEERS, 'back-up.cjs'), what, folder, url]);
  process.stderr.write(`  ${what}`);
  return JSON.parse(stdout) as Sample;
}

function report(other: string, backups: readonly Round[], restores: readonly Round[]): string {
  const row = (name: string, rounds: readonly Round[]): string[] => {
    const [theirs, own] = [
      rounds.map((one) => one.theirs.milliseconds),
      rounds.map((one) => one.ours.milliseconds),
    ].map(median) as [number, number];
    const most = Math.max(...rounds.map((one) => one.ours.mebibytes ?? 0));
    const seconds = (value: number): string => (value / 1000).toFixed(1);
    return [name, seconds(theirs), seconds(own), ratio(own, theirs), most.toFixed(0)];
  };
  return table([
    ['', `${other}, s`, 'ours, s', 'ratio', 'MiB'],
    row('backup', backups),
    row('restore', restores),
  ]);
}

async function within<T>(
  open: () => Promise<Databases>,
  work: (databases: Databases) => Promise<T>,
): Promise<T> {
  const databases = await open();
  try {
    return await work(databases);
  } finally {
    await databases.close();
  }
}

async function main(): Promise<void> {
  const [rows = 1_000_000, rounds = 3] = process.argv.slice(2).map(Number);
  const report = await measureBackup(rows, rounds);
  const { size } = await stat(join(FOLDER, 'kept', 'payment_attempts.jsonl'));
  console.log([...report, `The file has ${(size / 2 ** 20).toFixed(0)} MiB.`].join('\n\n'));
  await rm(FOLDER, { recursive: true });
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
