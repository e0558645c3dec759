import type { DataSource } from 'typeorm';
import { tenantBilling, userBilling } from '../../src';
import { fill } from '../generate/rows';
import { OTHER_TENANT, type Row, store, USER } from '../schema/billing-database';
import { BILLING_TABLES } from '../support/billing-tables';
import { rowsOf, type TestDatabase } from '../support/engines';

/** All that JSON, COPY or SQL gives a meaning to, and characters of every length in UTF-8. */
const AWKWARD = `\\ \\N \\. \t \n \r\n \v\b\f " ' '' \u0001\u001f\u007f\u2028\u2029 é ✓ 😀 \ufffd $1 ? {"a":1} NULL`;

const JSON_VALUE = {
  text: AWKWARD,
  'a "key" \\ \n': [null, true, 1, -0.5, 1e300, 9007199254740991, '', {}, []],
  nested: { deep: { deeper: '\ud83d\ude00' } },
};

const MOST = Number.MAX_SAFE_INTEGER;
const INT = 2 ** 31 - 1;

/** Rows of every table: with NULL in every column that takes it, with none, and with extremes. */
export async function fillAll(database: TestDatabase): Promise<void> {
  await fill(database);
  const zone = database.engine === 'postgres' ? '+00' : '';
  const [FIRST, LAST] = [`0001-01-01 00:00:00.000${zone}`, `9999-12-31 23:59:59.999${zone}`];
  const plan = await store(database, 'plans', {
    ...{ name: '😀'.repeat(100), description: AWKWARD, features: JSON_VALUE },
    ...{ stripe_product_id: AWKWARD, stripe_price_id_monthly: '"', stripe_price_id_yearly: '\\' },
    ...{ price_monthly: MOST, price_yearly: 0, trial_days: 730, sort_order: -INT - 1 },
    ...{ created_at: FIRST, updated_at: LAST },
  });
  await store(database, 'subscriptions', {
    ...{ tenant_id: OTHER_TENANT, plan_id: plan, slot: 'x'.repeat(64), quantity: INT },
    ...{
      unit_amount: MOST,
      currency: 'XXX',
      current_period_start: FIRST,
      current_period_end: LAST,
    },
    ...{ trial_start: FIRST, trial_end: LAST, cancel_at: FIRST, canceled_at: LAST },
    ...{ pause_behavior: 'void', resumes_at: LAST, pending_plan_id: plan, pending_from: FIRST },
    ...{ last_event_at: LAST, version: INT, metadata: JSON_VALUE },
  });
  const userPlan = await store(database, 'subscription_plans', { description: AWKWARD });
  const token = await store(database, 'direct_debit_tokens', {
    ...{ mandate_reference: AWKWARD, token_ciphertext: AWKWARD.repeat(100), token_key_id: '\t' },
    ...{ token_fingerprint: '0'.repeat(64), bank_name: AWKWARD, account_ending: '00' },
    ...{ max_amount: MOST, currency: 'XXX', expires_at: FIRST, last_used_at: LAST },
  });
  const subscription = await store(database, 'user_subscriptions', {
    ...{ plan_id: userPlan, direct_debit_token_id: token, pending_plan_id: userPlan },
    ...{ status: 'canceled', ended_at: LAST, billing_anchor: FIRST, metadata: JSON_VALUE },
  });
  await store(database, 'payment_attempts', {
    ...{ user_subscription_id: subscription, direct_debit_token_id: token, amount: MOST },
    ...{ amount_refunded: MOST - 1, status: 'partially_refunded', failure_message: AWKWARD },
    ...{ period_start: FIRST, period_end: LAST, succeeded_at: LAST, metadata: JSON_VALUE },
    ...{ idempotency_key: AWKWARD, provider_payment_id: AWKWARD, failure_code: '\\N' },
    ...{ attempt_number: INT, next_retry_at: FIRST },
  });
  await store(database, 'payment_attempts', { user_id: USER, failure_message: '' });
}

export type Values = Readonly<Record<string, readonly Row[]>>;

/** All rows as their entities read them, which is the same on every engine. */
export async function valuesOf(dataSource: DataSource): Promise<Values> {
  const values: Record<string, Row[]> = {};
  for (const { entities } of [tenantBilling, userBilling]) {
    for (const entity of entities.slice(1)) {
      const { tableName } = dataSource.getMetadata(entity);
      const rows = await dataSource.getRepository(entity).find({ order: { id: 'ASC' } });
      values[tableName] = rows.map((row) => Object.fromEntries(Object.entries(row)));
    }
  }
  return values;
}

/** How many rows each of billing's tables has. */
export async function countsOf(database: TestDatabase): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of BILLING_TABLES) counts[table] = (await rowsOf(database, table)).length;
  return counts;
}
