-- typeorm-billing rollback of CreateUserBilling1795169272634
-- Drops the table(s) direct_debit_tokens, subscription_plans, user_subscriptions, payment_attempts with all their rows, and the record of it. No host table is touched.
-- Run it with: wrangler d1 execute <database> --file <this file>

DROP TABLE "payment_attempts";
DROP TABLE "user_subscriptions";
DROP TABLE "subscription_plans";
DROP TABLE "direct_debit_tokens";
DELETE FROM "migrations" WHERE "name" = 'CreateUserBilling1795169272634';
CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);
DELETE FROM d1_migrations WHERE name = '0002_create_user_billing.sql';
-- No semicolon at the end: what `wrangler d1 migrations apply` adds to a file is then a syntax error,
-- so that this file, taken for a migration, changes nothing.
SELECT 'reverted' AS "result"
