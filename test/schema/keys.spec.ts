import { engines, type TestDatabase } from '../support/engines';
import { createBillingDatabase } from './billing-database';
import { FOREIGN_KEYS, PLAIN_INDEXES, UNIQUE_KEYS } from './expected-keys';
import { type LiveKeys, liveKeys } from './live-keys';
import { BILLABLE_STATUSES, LIVE_STATUSES } from './words';

const listed = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

/** What the indexes that are more than one plain column are there for. */
const QUERIES = [
  {
    name: 'ix_subscriptions_period_end',
    query: `SELECT id FROM subscriptions
      WHERE current_period_end <= '2026-03-01' AND status IN (${listed(LIVE_STATUSES)})`,
  },
  {
    name: 'ix_user_subscriptions_due',
    query: `SELECT id FROM user_subscriptions
      WHERE next_billing_at <= '2026-03-01' AND status IN (${listed(BILLABLE_STATUSES)})`,
  },
  {
    name: 'ix_payment_attempts_retry',
    query: `SELECT id FROM payment_attempts WHERE next_retry_at <= '2026-03-01'`,
  },
  {
    name: 'ix_payment_attempts_user_id',
    query: `SELECT * FROM payment_attempts WHERE user_id = 'somebody'
      AND (created_at, id) < ('2026-03-01', '018f3c5e-0000-7000-8000-000000000001')
      ORDER BY created_at DESC, id DESC LIMIT 20`,
  },
];

describe.each(engines)('T3, U1 the keys and indexes on $name', (engine) => {
  let database: TestDatabase;
  let live: LiveKeys;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
    live = await liveKeys(database);
  });

  it('U2 are foreign keys to the tables agreed on, with their actions', () => {
    const expected = Object.entries(FOREIGN_KEYS).map(([name, { column, target, onDelete }]) => [
      name,
      `foreign key ${column} references ${target} id on delete ${onDelete.toLowerCase()}`,
    ]);
    expect(live.foreignKeys).toEqual(Object.fromEntries(expected));
  });

  it('are indexes on the columns agreed on, of the rows agreed on', () => {
    expect(live.indexes).toEqual({ ...PLAIN_INDEXES, ...UNIQUE_KEYS });
  });

  it('have an index that begins with it for every foreign key', () => {
    const whole = Object.values(live.indexes).filter(({ where }) => where === '');
    for (const { table, column } of Object.values(FOREIGN_KEYS)) {
      expect(
        whole.some((index) => index.table === table && index.columns[0] === column) || column,
      ).toBe(true);
    }
  });

  it.each(QUERIES)('answer by $name what it is there for, without sorting', async (each) => {
    const plan = await planOf(database, each.query);
    expect(plan).toContain(each.name);
    expect(plan).not.toMatch(/\bSort\b|TEMP B-TREE/);
  });
});

/** The plan on Postgres is for a large table: an empty one is read from end to end. */
async function planOf(database: TestDatabase, query: string): Promise<string> {
  if (database.dialect === 'sqlite') {
    return JSON.stringify(await database.sql(`EXPLAIN QUERY PLAN ${query}`));
  }
  await database.exec('SET enable_seqscan = off');
  return JSON.stringify(await database.sql(`EXPLAIN ${query}`));
}
