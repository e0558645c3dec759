import { createDataSource } from '../src/data-sources/shared';
import { readSettings } from '../src/data-sources/settings';
import { compare, doctor, migrate } from '../src';
import { postgresDatabases } from './lib/databases';
import { table } from './lib/markdown';
import { median } from './lib/rounds';

/** What the rows are made in the absence of, and what makes it again. */
const PARTS = `
  SELECT format('ALTER TABLE payment_attempts DROP CONSTRAINT %I', conname) AS "drop",
    format('ALTER TABLE payment_attempts ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) AS "add"
  FROM pg_constraint WHERE conrelid = 'payment_attempts'::regclass AND contype IN ('u', 'f', 'p')
  UNION ALL SELECT format('DROP INDEX %I', c.relname), pg_get_indexdef(i.indexrelid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'payment_attempts'::regclass
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid)`;

/** At once: the time of a statement should not be that of a full log. */
const BATCH = 500_000;

/**
 * The doctor on a healthy Postgres database with many payment attempts: no row is looked at, so that the
 * count has no part in it.
 *
 * @param rows how many
 */
export async function measureDoctor(rows: number, rounds: number): Promise<string> {
  const databases = await postgresDatabases();
  try {
    const [url = ''] = await databases.create(1);
    const dataSource = await createDataSource(readSettings({ DATABASE_URL: url })).initialize();
    await migrate(dataSource);
    const parts = await dataSource.query<{ drop: string; add: string }[]>(PARTS);
    for (const { drop } of parts) await dataSource.query(drop);
    await dataSource.query(
      `INSERT INTO "user" ("id", "name", "email", "emailVerified") VALUES ('payer', 'Payer', 'payer@example.com', true)`,
    );
    for (let first = 1; first <= rows; first += BATCH) {
      await dataSource.query(
        `INSERT INTO payment_attempts (user_id, kind, amount, currency, idempotency_key, provider)
         SELECT 'payer', 'one_off', 100, 'EUR', n::text, 'stripe' FROM generate_series($1::int, $2::int) n`,
        [first, Math.min(first + BATCH - 1, rows)],
      );
    }
    for (const { add } of parts) await dataSource.query(add);
    await dataSource.query('ANALYZE payment_attempts');
    const times: Record<'compare' | 'doctor', number[]> = { compare: [], doctor: [] };
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, work] of [
        ['compare', compare],
        ['doctor', doctor],
      ] as const) {
        const start = performance.now();
        const result = await work(dataSource);
        const time = performance.now() - start;
        if ('healthy' in result && !result.healthy) throw new Error(JSON.stringify(result));
        // The first is to warm up.
        if (round > 0) times[name].push(time);
      }
    }
    await dataSource.destroy();
    return table([
      ['on a table of', 'function', 'median ms', 'slowest ms'],
      ...Object.entries(times).map(([name, values]) => [
        `${rows.toLocaleString('en')} rows`,
        `\`${name}()\``,
        median(values).toFixed(0),
        Math.max(...values).toFixed(0),
      ]),
    ]);
  } finally {
    await databases.close();
  }
}

if (require.main === module) {
  const [rows = '10000000', rounds = '5'] = process.argv.slice(2);
  void measureDoctor(Number(rows), Number(rounds)).then(console.log);
}
