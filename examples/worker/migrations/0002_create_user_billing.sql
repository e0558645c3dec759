-- typeorm-billing migration CreateUserBilling1795169272634 for d1
-- Makes the table(s) direct_debit_tokens, subscription_plans, user_subscriptions, payment_attempts, which reference the host's "user"."id", and records it.
-- Run it with: wrangler d1 migrations apply <database>
-- Reverted by the rollback file of the same name.

-- Refused where the host's table or column is missing.
SELECT "user"."id" FROM "user" LIMIT 0;
CREATE TABLE IF NOT EXISTS "migrations" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "timestamp" bigint NOT NULL, "name" varchar NOT NULL);
CREATE TABLE "direct_debit_tokens" (
  "id" text NOT NULL,
  "user_id" text NOT NULL,
  "provider" varchar(32) NOT NULL,
  "scheme" varchar(32) NOT NULL,
  "status" varchar(32) NOT NULL DEFAULT 'pending_submission',
  "mandate_reference" varchar(255),
  "token_ciphertext" text,
  "token_key_id" varchar(64),
  "token_fingerprint" char(64),
  "bank_name" varchar(100),
  "account_ending" varchar(4),
  "max_amount" bigint,
  "currency" char(3),
  "activated_at" datetime,
  "expires_at" datetime,
  "last_used_at" datetime,
  "revoked_at" datetime,
  "is_default" boolean NOT NULL DEFAULT 0,
  "replaced_by_id" text,
  "livemode" boolean NOT NULL DEFAULT 1,
  "metadata" text NOT NULL DEFAULT '{}',
  "created_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
  "updated_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
  CONSTRAINT "pk_direct_debit_tokens" PRIMARY KEY ("id"),
  CONSTRAINT "ck_direct_debit_tokens_provider" CHECK (length(provider) BETWEEN 1 AND 32),
  CONSTRAINT "ck_direct_debit_tokens_scheme" CHECK (scheme IN ('bacs', 'sepa_core', 'ach', 'autogiro', 'becs', 'becs_nz', 'betalingsservice', 'pad', 'pay_to', 'faster_payments', 'payman', 'card', 'other')),
  CONSTRAINT "ck_direct_debit_tokens_status" CHECK (status IN ('pending_customer_approval', 'pending_submission', 'submitted', 'active', 'suspended_by_payer', 'failed', 'cancelled', 'expired', 'consumed', 'blocked')),
  CONSTRAINT "ck_direct_debit_tokens_mandate_reference" CHECK (length(mandate_reference) BETWEEN 1 AND 255),
  CONSTRAINT "ck_direct_debit_tokens_token_key_id" CHECK (length(token_key_id) BETWEEN 1 AND 64),
  CONSTRAINT "ck_direct_debit_tokens_token_fingerprint" CHECK (length(token_fingerprint) = 64 AND ltrim(token_fingerprint, '0123456789abcdef') = ''),
  CONSTRAINT "ck_direct_debit_tokens_bank_name" CHECK (length(bank_name) BETWEEN 1 AND 100),
  CONSTRAINT "ck_direct_debit_tokens_account_ending" CHECK (length(account_ending) BETWEEN 2 AND 4 AND ltrim(account_ending, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
  CONSTRAINT "ck_direct_debit_tokens_max_amount" CHECK (max_amount BETWEEN 0 AND 9007199254740991),
  CONSTRAINT "ck_direct_debit_tokens_currency" CHECK (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
  CONSTRAINT "ck_direct_debit_tokens_metadata" CHECK (json_type(metadata) = 'object'),
  CONSTRAINT "ck_direct_debit_tokens_token_ciphertext_key" CHECK ((token_ciphertext IS NULL) = (token_key_id IS NULL)),
  CONSTRAINT "ck_direct_debit_tokens_max_amount_currency" CHECK ((max_amount IS NULL) = (currency IS NULL)),
  CONSTRAINT "ck_direct_debit_tokens_activated_at" CHECK (status <> 'active' OR activated_at IS NOT NULL),
  CONSTRAINT "ck_direct_debit_tokens_revoked_at" CHECK (status <> 'cancelled' OR revoked_at IS NOT NULL),
  CONSTRAINT "fk_direct_debit_tokens_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
  CONSTRAINT "fk_direct_debit_tokens_replaced_by_id" FOREIGN KEY ("replaced_by_id") REFERENCES "direct_debit_tokens" ("id") ON DELETE SET NULL
);
CREATE INDEX "ix_direct_debit_tokens_user_id" ON "direct_debit_tokens" ("user_id");
CREATE INDEX "ix_direct_debit_tokens_replaced_by_id" ON "direct_debit_tokens" ("replaced_by_id");
CREATE UNIQUE INDEX "uq_direct_debit_tokens_mandate_reference" ON "direct_debit_tokens" ("provider", "mandate_reference") WHERE mandate_reference IS NOT NULL;
CREATE UNIQUE INDEX "uq_direct_debit_tokens_token_fingerprint" ON "direct_debit_tokens" ("provider", "token_fingerprint") WHERE token_fingerprint IS NOT NULL;
CREATE UNIQUE INDEX "uq_direct_debit_tokens_default_user" ON "direct_debit_tokens" ("user_id", "livemode") WHERE is_default AND status = 'active';
CREATE TABLE "subscription_plans" (
  "id" text NOT NULL,
  "code" varchar(64) NOT NULL,
  "name" varchar(100) NOT NULL,
  "description" text,
  "amount" bigint NOT NULL,
  "currency" char(3) NOT NULL,
  "billing_interval" varchar(16) NOT NULL,
  "interval_count" smallint NOT NULL DEFAULT 1,
  "trial_days" integer NOT NULL DEFAULT 0,
  "features" text NOT NULL DEFAULT '{}',
  "is_active" boolean NOT NULL DEFAULT 1,
  "sort_order" integer NOT NULL DEFAULT 0,
  "livemode" boolean NOT NULL DEFAULT 1,
  "metadata" text NOT NULL DEFAULT '{}',
  "created_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
  "updated_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
  CONSTRAINT "pk_subscription_plans" PRIMARY KEY ("id"),
  CONSTRAINT "uq_subscription_plans_code" UNIQUE ("code"),
  CONSTRAINT "ck_subscription_plans_code" CHECK (length(code) BETWEEN 1 AND 64 AND code = lower(code)),
  CONSTRAINT "ck_subscription_plans_name" CHECK (length(name) BETWEEN 1 AND 100),
  CONSTRAINT "ck_subscription_plans_amount" CHECK (amount BETWEEN 0 AND 9007199254740991),
  CONSTRAINT "ck_subscription_plans_currency" CHECK (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
  CONSTRAINT "ck_subscription_plans_billing_interval" CHECK (billing_interval IN ('day', 'week', 'month', 'year')),
  CONSTRAINT "ck_subscription_plans_interval_count" CHECK ((interval_count BETWEEN 1 AND 1095) AND (interval_count <= CASE billing_interval WHEN 'day' THEN 1095 WHEN 'week' THEN 156 WHEN 'month' THEN 36 WHEN 'year' THEN 3 END)),
  CONSTRAINT "ck_subscription_plans_trial_days" CHECK (trial_days BETWEEN 0 AND 730),
  CONSTRAINT "ck_subscription_plans_features" CHECK (json_type(features) = 'object'),
  CONSTRAINT "ck_subscription_plans_sort_order" CHECK (sort_order BETWEEN -2147483648 AND 2147483647),
  CONSTRAINT "ck_subscription_plans_metadata" CHECK (json_type(metadata) = 'object')
);
CREATE TABLE "user_subscriptions" (
  "id" text NOT NULL,
  "user_id" text NOT NULL,
  "plan_id" text NOT NULL,
  "direct_debit_token_id" text,
  "status" varchar(32) NOT NULL DEFAULT 'incomplete',
  "slot" varchar(64) NOT NULL DEFAULT 'default',
  "quantity" integer NOT NULL DEFAULT 1,
  "amount" bigint NOT NULL,
  "currency" char(3) NOT NULL,
  "billing_interval" varchar(16) NOT NULL,
  "interval_count" smallint NOT NULL DEFAULT 1,
  "billing_anchor" datetime,
  "current_period_start" datetime,
  "current_period_end" datetime,
  "trial_start" datetime,
  "trial_end" datetime,
  "next_billing_at" datetime,
  "failed_attempts" integer NOT NULL DEFAULT 0,
  "grace_until" datetime,
  "cancel_at_period_end" boolean NOT NULL DEFAULT 0,
  "cancel_at" datetime,
  "canceled_at" datetime,
  "ended_at" datetime,
  "pause_behavior" varchar(32),
  "resumes_at" datetime,
  "pending_plan_id" text,
  "pending_from" datetime,
  "provider" varchar(32),
  "provider_subscription_id" varchar(255),
  "last_event_at" datetime,
  "version" integer NOT NULL DEFAULT 1,
  "livemode" boolean NOT NULL DEFAULT 1,
  "metadata" text NOT NULL DEFAULT '{}',
  "created_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
  "updated_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
  CONSTRAINT "pk_user_subscriptions" PRIMARY KEY ("id"),
  CONSTRAINT "ck_user_subscriptions_status" CHECK (status IN ('incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled')),
  CONSTRAINT "ck_user_subscriptions_slot" CHECK (length(slot) BETWEEN 1 AND 64),
  CONSTRAINT "ck_user_subscriptions_quantity" CHECK (quantity BETWEEN 0 AND 2147483647),
  CONSTRAINT "ck_user_subscriptions_amount" CHECK (amount BETWEEN 0 AND 9007199254740991),
  CONSTRAINT "ck_user_subscriptions_currency" CHECK (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
  CONSTRAINT "ck_user_subscriptions_billing_interval" CHECK (billing_interval IN ('day', 'week', 'month', 'year')),
  CONSTRAINT "ck_user_subscriptions_interval_count" CHECK ((interval_count BETWEEN 1 AND 1095) AND (interval_count <= CASE billing_interval WHEN 'day' THEN 1095 WHEN 'week' THEN 156 WHEN 'month' THEN 36 WHEN 'year' THEN 3 END)),
  CONSTRAINT "ck_user_subscriptions_failed_attempts" CHECK (failed_attempts BETWEEN 0 AND 2147483647),
  CONSTRAINT "ck_user_subscriptions_pause_behavior" CHECK (pause_behavior IN ('keep_as_draft', 'mark_uncollectible', 'void')),
  CONSTRAINT "ck_user_subscriptions_provider" CHECK ((length(provider) BETWEEN 1 AND 32) AND (provider_subscription_id IS NULL OR provider IS NOT NULL)),
  CONSTRAINT "ck_user_subscriptions_provider_subscription_id" CHECK (length(provider_subscription_id) BETWEEN 1 AND 255),
  CONSTRAINT "ck_user_subscriptions_version" CHECK (version BETWEEN 1 AND 2147483647),
  CONSTRAINT "ck_user_subscriptions_metadata" CHECK (json_type(metadata) = 'object'),
  CONSTRAINT "ck_user_subscriptions_current_period" CHECK ((current_period_start IS NULL) = (current_period_end IS NULL) AND (current_period_end IS NULL OR current_period_end > current_period_start)),
  CONSTRAINT "ck_user_subscriptions_trial" CHECK ((trial_start IS NULL) = (trial_end IS NULL) AND (trial_end IS NULL OR trial_end > trial_start)),
  CONSTRAINT "ck_user_subscriptions_resumes_at" CHECK (resumes_at IS NULL OR pause_behavior IS NOT NULL OR status = 'paused'),
  CONSTRAINT "ck_user_subscriptions_pending_from" CHECK (pending_from IS NULL OR pending_plan_id IS NOT NULL),
  CONSTRAINT "ck_user_subscriptions_ended_at" CHECK ((ended_at IS NOT NULL) = (status IN ('incomplete_expired', 'canceled'))),
  CONSTRAINT "fk_user_subscriptions_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
  CONSTRAINT "fk_user_subscriptions_plan_id" FOREIGN KEY ("plan_id") REFERENCES "subscription_plans" ("id") ON DELETE RESTRICT,
  CONSTRAINT "fk_user_subscriptions_direct_debit_token_id" FOREIGN KEY ("direct_debit_token_id") REFERENCES "direct_debit_tokens" ("id") ON DELETE SET NULL,
  CONSTRAINT "fk_user_subscriptions_pending_plan_id" FOREIGN KEY ("pending_plan_id") REFERENCES "subscription_plans" ("id") ON DELETE SET NULL
);
CREATE INDEX "ix_user_subscriptions_user_id" ON "user_subscriptions" ("user_id");
CREATE INDEX "ix_user_subscriptions_plan_id" ON "user_subscriptions" ("plan_id");
CREATE INDEX "ix_user_subscriptions_direct_debit_token_id" ON "user_subscriptions" ("direct_debit_token_id");
CREATE INDEX "ix_user_subscriptions_pending_plan_id" ON "user_subscriptions" ("pending_plan_id");
CREATE UNIQUE INDEX "uq_user_subscriptions_live_user" ON "user_subscriptions" ("user_id", "slot", "livemode") WHERE status IN ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused');
CREATE UNIQUE INDEX "uq_user_subscriptions_provider_subscription_id" ON "user_subscriptions" ("provider", "provider_subscription_id") WHERE provider_subscription_id IS NOT NULL;
CREATE INDEX "ix_user_subscriptions_due" ON "user_subscriptions" ("next_billing_at") WHERE status IN ('trialing', 'active', 'past_due');
CREATE TABLE "payment_attempts" (
  "id" text NOT NULL,
  "user_id" text NOT NULL,
  "user_subscription_id" text,
  "direct_debit_token_id" text,
  "kind" varchar(16) NOT NULL,
  "status" varchar(32) NOT NULL DEFAULT 'scheduled',
  "amount" bigint NOT NULL,
  "currency" char(3) NOT NULL,
  "amount_refunded" bigint NOT NULL DEFAULT 0,
  "period_start" datetime,
  "period_end" datetime,
  "attempt_number" integer NOT NULL DEFAULT 1,
  "idempotency_key" varchar(255) NOT NULL,
  "provider" varchar(32) NOT NULL,
  "provider_payment_id" varchar(255),
  "failure_code" varchar(64),
  "failure_message" text,
  "next_retry_at" datetime,
  "scheduled_at" datetime,
  "submitted_at" datetime,
  "succeeded_at" datetime,
  "settled_at" datetime,
  "failed_at" datetime,
  "livemode" boolean NOT NULL DEFAULT 1,
  "metadata" text NOT NULL DEFAULT '{}',
  "created_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
  "updated_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
  CONSTRAINT "pk_payment_attempts" PRIMARY KEY ("id"),
  CONSTRAINT "uq_payment_attempts_idempotency_key" UNIQUE ("idempotency_key"),
  CONSTRAINT "ck_payment_attempts_kind" CHECK (kind IN ('initial', 'renewal', 'retry', 'upgrade', 'one_off')),
  CONSTRAINT "ck_payment_attempts_status" CHECK (status IN ('scheduled', 'processing', 'requires_action', 'authorized', 'unknown', 'succeeded', 'failed', 'canceled', 'refunded', 'partially_refunded', 'charged_back')),
  CONSTRAINT "ck_payment_attempts_amount" CHECK ((amount BETWEEN 0 AND 9007199254740991) AND (amount > 0 OR status = 'succeeded')),
  CONSTRAINT "ck_payment_attempts_currency" CHECK (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
  CONSTRAINT "ck_payment_attempts_amount_refunded" CHECK ((amount_refunded BETWEEN 0 AND 9007199254740991) AND (amount_refunded <= amount)),
  CONSTRAINT "ck_payment_attempts_attempt_number" CHECK (attempt_number BETWEEN 1 AND 2147483647),
  CONSTRAINT "ck_payment_attempts_idempotency_key" CHECK (length(idempotency_key) BETWEEN 1 AND 255),
  CONSTRAINT "ck_payment_attempts_provider" CHECK (length(provider) BETWEEN 1 AND 32),
  CONSTRAINT "ck_payment_attempts_provider_payment_id" CHECK (length(provider_payment_id) BETWEEN 1 AND 255),
  CONSTRAINT "ck_payment_attempts_failure_code" CHECK (length(failure_code) BETWEEN 1 AND 64),
  CONSTRAINT "ck_payment_attempts_metadata" CHECK (json_type(metadata) = 'object'),
  CONSTRAINT "ck_payment_attempts_refund" CHECK ((status = 'partially_refunded') = (amount_refunded > 0 AND amount_refunded < amount) AND (status <> 'refunded' OR amount_refunded = amount)),
  CONSTRAINT "ck_payment_attempts_period" CHECK ((period_start IS NULL) = (period_end IS NULL) AND (period_end IS NULL OR period_end >= period_start)),
  CONSTRAINT "ck_payment_attempts_succeeded_at" CHECK (status NOT IN ('succeeded', 'refunded', 'partially_refunded', 'charged_back') OR succeeded_at IS NOT NULL),
  CONSTRAINT "ck_payment_attempts_failed_at" CHECK (status <> 'failed' OR failed_at IS NOT NULL),
  CONSTRAINT "fk_payment_attempts_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
  CONSTRAINT "fk_payment_attempts_user_subscription_id" FOREIGN KEY ("user_subscription_id") REFERENCES "user_subscriptions" ("id") ON DELETE SET NULL,
  CONSTRAINT "fk_payment_attempts_direct_debit_token_id" FOREIGN KEY ("direct_debit_token_id") REFERENCES "direct_debit_tokens" ("id") ON DELETE SET NULL
);
CREATE INDEX "ix_payment_attempts_user_subscription_id" ON "payment_attempts" ("user_subscription_id");
CREATE INDEX "ix_payment_attempts_direct_debit_token_id" ON "payment_attempts" ("direct_debit_token_id");
CREATE UNIQUE INDEX "uq_payment_attempts_provider_payment_id" ON "payment_attempts" ("provider", "provider_payment_id", "attempt_number") WHERE provider_payment_id IS NOT NULL;
CREATE UNIQUE INDEX "uq_payment_attempts_current_payment" ON "payment_attempts" ("provider", "provider_payment_id") WHERE provider_payment_id IS NOT NULL AND status IN ('scheduled', 'processing', 'requires_action', 'authorized', 'unknown', 'succeeded', 'refunded', 'partially_refunded', 'charged_back');
CREATE UNIQUE INDEX "uq_payment_attempts_open_period" ON "payment_attempts" ("user_subscription_id", "period_start") WHERE status IN ('scheduled', 'processing', 'requires_action', 'authorized', 'unknown');
CREATE UNIQUE INDEX "uq_payment_attempts_paid_period" ON "payment_attempts" ("user_subscription_id", "period_start") WHERE status IN ('succeeded', 'partially_refunded') AND kind IN ('initial', 'renewal', 'retry');
CREATE INDEX "ix_payment_attempts_user_id" ON "payment_attempts" ("user_id", "created_at", "id");
CREATE INDEX "ix_payment_attempts_retry" ON "payment_attempts" ("next_retry_at") WHERE next_retry_at IS NOT NULL;
PRAGMA foreign_key_check("direct_debit_tokens");
PRAGMA foreign_key_check("subscription_plans");
PRAGMA foreign_key_check("user_subscriptions");
PRAGMA foreign_key_check("payment_attempts");
INSERT INTO "migrations" ("timestamp", "name") VALUES (1795169272634, 'CreateUserBilling1795169272634');
