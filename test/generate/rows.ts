import { BILLING_TABLES } from '../support/billing-tables';
import { TENANT_IDS, USER_IDS, rowsOf } from '../support/engines';
import type { TestDatabase } from '../support/engines';

/** Every table that a migration must not lose a row of, parents first. */
export const TABLES = ['tenants', 'user', 'session', 'account', ...BILLING_TABLES] as const;

const id = (number: number): string =>
  `018f3c5e-0000-7000-9000-${String(number).padStart(12, '0')}`;
const [PRO, TEAM, RETIRED] = [id(1), id(2), id(3)];
const [BASIC, PLUS] = [id(11), id(12)];
const [NEWEST, OLDER, OLDEST, OTHER] = [id(21), id(22), id(23), id(24)];
const [LIVE, ENDED, OTHERS] = [id(31), id(32), id(33)];
const [ACME, GLOBEX] = TENANT_IDS;
const [ALICE, BOB] = USER_IDS;

/**
 * Rows in every billing table: with and without what may be missing, parents with several children
 * and with none, and tokens that reference each other in a chain, in an order that no copying can
 * follow, and themselves.
 */
const ROWS = `
INSERT INTO plans (id, name, description, stripe_price_id_monthly, price_monthly, price_yearly, trial_days, features, is_active, created_at) VALUES
  ('${PRO}', 'Pro', 'O''Brien''s "best", ünï ✓', 'price_pro', 1900, 9007199254740991, 14, '{"seats": 5, "sso": true}', TRUE, '2026-01-02 03:04:05.678'),
  ('${TEAM}', 'Team', 'for teams', NULL, 0, 1, 0, '{}', TRUE, '2026-01-02 03:04:05.001'),
  ('${RETIRED}', 'Retired', '', NULL, NULL, NULL, 0, '{"list": [1, null, "x"]}', FALSE, '2025-12-31 23:59:59.999');
INSERT INTO subscriptions (id, tenant_id, plan_id, stripe_subscription_id, status, quantity, unit_amount, currency, current_period_start, current_period_end, ended_at, version) VALUES
  ('${id(4)}', '${ACME}', '${PRO}', 'sub_1', 'active', 3, 1500, 'EUR', '2026-01-01 00:00:00.000', '2026-02-01 00:00:00.001', NULL, 7),
  ('${id(5)}', '${ACME}', '${PRO}', NULL, 'canceled', 0, NULL, NULL, NULL, NULL, '2025-06-01 12:00:00.500', 1),
  ('${id(6)}', '${GLOBEX}', '${TEAM}', NULL, 'paused', 1, NULL, NULL, NULL, NULL, NULL, 1);
INSERT INTO tenant_config (id, tenant_id, stripe_customer_id, billing_email, currency) VALUES
  ('${id(7)}', '${ACME}', 'cus_1', 'billing@example.com', 'EUR'),
  ('${id(8)}', '${GLOBEX}', NULL, NULL, NULL);
INSERT INTO subscription_plans (id, code, name, description, amount, currency, billing_interval, features) VALUES
  ('${BASIC}', 'basic', 'Basic', 'plain', 500, 'GBP', 'month', '{"limit": 10}'),
  ('${PLUS}', 'plus', 'Plus', '', 9900, 'GBP', 'year', '{}');
INSERT INTO direct_debit_tokens (id, user_id, provider, scheme, status, bank_name, activated_at, revoked_at, is_default, replaced_by_id) VALUES
  ('${NEWEST}', '${ALICE}', 'gocardless', 'bacs', 'active', 'Bank of ünï', '2026-01-03 00:00:00.123', NULL, TRUE, '${NEWEST}');
INSERT INTO direct_debit_tokens (id, user_id, provider, scheme, status, bank_name, activated_at, revoked_at, is_default, replaced_by_id) VALUES
  ('${OLDER}', '${ALICE}', 'gocardless', 'bacs', 'cancelled', NULL, NULL, '2026-01-02 00:00:00.000', FALSE, '${NEWEST}'),
  ('${OTHER}', '${BOB}', 'gocardless', 'sepa_core', 'pending_submission', 'B', NULL, NULL, FALSE, NULL);
INSERT INTO direct_debit_tokens (id, user_id, provider, scheme, status, revoked_at, replaced_by_id) VALUES
  ('${OLDEST}', '${ALICE}', 'gocardless', 'bacs', 'cancelled', '2025-01-02 00:00:00.000', '${OLDER}');
UPDATE direct_debit_tokens SET replaced_by_id = '${OLDEST}' WHERE id = '${OTHER}';
INSERT INTO user_subscriptions (id, user_id, plan_id, direct_debit_token_id, status, amount, currency, billing_interval, next_billing_at, failed_attempts, grace_until, ended_at, provider, provider_subscription_id) VALUES
  ('${LIVE}', '${ALICE}', '${BASIC}', '${NEWEST}', 'active', 500, 'GBP', 'month', '2026-02-01 00:00:00.000', 2, '2026-02-08 00:00:00.000', NULL, 'gocardless', 'SB1'),
  ('${ENDED}', '${ALICE}', '${PLUS}', '${OLDER}', 'canceled', 9900, 'GBP', 'year', NULL, 0, NULL, '2025-12-01 00:00:00.000', NULL, NULL),
  ('${OTHERS}', '${BOB}', '${BASIC}', NULL, 'trialing', 500, 'GBP', 'month', NULL, 0, NULL, NULL, NULL, NULL);
INSERT INTO payment_attempts (id, user_id, user_subscription_id, direct_debit_token_id, kind, status, amount, currency, amount_refunded, period_start, period_end, idempotency_key, provider, succeeded_at, next_retry_at) VALUES
  ('${id(41)}', '${ALICE}', '${LIVE}', '${NEWEST}', 'initial', 'succeeded', 500, 'GBP', 0, '2026-01-01 00:00:00.000', '2026-02-01 00:00:00.000', 'key-1', 'gocardless', '2026-01-01 00:00:01.999', NULL),
  ('${id(42)}', '${ALICE}', '${LIVE}', '${NEWEST}', 'renewal', 'scheduled', 500, 'GBP', 0, '2026-02-01 00:00:00.000', '2026-03-01 00:00:00.000', 'key-2', 'gocardless', NULL, '2026-02-03 00:00:00.000'),
  ('${id(43)}', '${ALICE}', '${ENDED}', '${OLDEST}', 'retry', 'refunded', 9900, 'GBP', 9900, NULL, NULL, 'key-3', 'gocardless', '2025-12-01 00:00:02.000', NULL),
  ('${id(44)}', '${BOB}', NULL, NULL, 'one_off', 'unknown', 1, 'JPY', 0, NULL, NULL, 'key-4', 'stripe', NULL, NULL);
`;

/** Fills the billing tables of a database whose host tables have their rows. */
export function fill(database: TestDatabase): Promise<void> {
  return database.exec(ROWS);
}

export type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** All rows of all tables, by table. */
export async function allRows(database: TestDatabase): Promise<Rows> {
  const rows: Record<string, Record<string, unknown>[]> = {};
  for (const table of TABLES) rows[table] = await rowsOf(database, table);
  return rows;
}

/** The same rows, each with those columns only that `like` has and `except` does not name. */
export function withColumnsOf(like: Rows, rows: Rows, except: readonly string[] = []): Rows {
  const kept = (table: string) =>
    Object.keys(like[table]?.[0] ?? {}).filter((column) => !except.includes(`${table}.${column}`));
  return Object.fromEntries(
    Object.entries(rows).map(([table, list]) => [
      table,
      list.map((row) =>
        Object.fromEntries(
          kept(table).flatMap((column) => (column in row ? [[column, row[column]]] : [])),
        ),
      ),
    ]),
  );
}

/** Foreign keys that point nowhere. Postgres has none that were not declared NOT VALID. */
export async function danglingKeys(database: TestDatabase): Promise<unknown[]> {
  return database.sql(
    database.engine === 'postgres'
      ? `SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT convalidated`
      : 'PRAGMA foreign_key_check',
  );
}
