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
  "created_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
  "updated_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
  CONSTRAINT "pk_payment_attempts" PRIMARY KEY ("id"),
  CONSTRAINT "uq_payment_attempts_idempotency_key" UNIQUE ("idempotency_key"),
  CONSTRAINT "ck_payment_attempts_kind" CHECK (kind IN ('initial', 'renewal', 'retry', 'upgrade', 'one_off')),
  CONSTRAINT "ck_payment_attempts_status" CHECK (status IN ('scheduled', 'processing', 'requires_action', 'authorized', 'unknown', 'succeeded', 'failed', 'canceled', 'refunded', 'partially_refunded', 'charged_back')),
  CONSTRAINT "ck_payment_attempts_amount" CHECK (amount BETWEEN 1 AND 9007199254740991),
  CONSTRAINT "ck_payment_attempts_currency" CHECK (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
  CONSTRAINT "ck_payment_attempts_amount_refunded" CHECK ((amount_refunded BETWEEN 0 AND 9007199254740991) AND (amount_refunded <= amount)),
  CONSTRAINT "ck_payment_attempts_attempt_number" CHECK (attempt_number BETWEEN 1 AND 2147483647),
  CONSTRAINT "ck_payment_attempts_idempotency_key" CHECK (length(idempotency_key) BETWEEN 1 AND 255),
  CONSTRAINT "ck_payment_attempts_provider" CHECK (length(provider) BETWEEN 1 AND 32),
  CONSTRAINT "ck_payment_attempts_provider_payment_id" CHECK (length(provider_payment_id) BETWEEN 1 AND 255),
  CONSTRAINT "ck_payment_attempts_failure_code" CHECK (length(failure_code) BETWEEN 1 AND 64),
  CONSTRAINT "ck_payment_attempts_period" CHECK ((period_start IS NULL) = (period_end IS NULL) AND (period_end IS NULL OR period_end > period_start)),
  CONSTRAINT "ck_payment_attempts_succeeded_at" CHECK (status <> 'succeeded' OR succeeded_at IS NOT NULL),
  CONSTRAINT "ck_payment_attempts_failed_at" CHECK (status <> 'failed' OR failed_at IS NOT NULL),
  CONSTRAINT "fk_payment_attempts_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
  CONSTRAINT "fk_payment_attempts_user_subscription_id" FOREIGN KEY ("user_subscription_id") REFERENCES "user_subscriptions" ("id") ON DELETE SET NULL,
  CONSTRAINT "fk_payment_attempts_direct_debit_token_id" FOREIGN KEY ("direct_debit_token_id") REFERENCES "direct_debit_tokens" ("id") ON DELETE SET NULL
);
CREATE INDEX "ix_payment_attempts_user_subscription_id" ON "payment_attempts" ("user_subscription_id");
CREATE INDEX "ix_payment_attempts_direct_debit_token_id" ON "payment_attempts" ("direct_debit_token_id");
CREATE UNIQUE INDEX "uq_payment_attempts_provider_payment_id" ON "payment_attempts" ("provider", "provider_payment_id") WHERE provider_payment_id IS NOT NULL;
CREATE UNIQUE INDEX "uq_payment_attempts_open_period" ON "payment_attempts" ("user_subscription_id", "period_start") WHERE status IN ('scheduled', 'processing', 'requires_action', 'authorized', 'unknown');
CREATE UNIQUE INDEX "uq_payment_attempts_paid_period" ON "payment_attempts" ("user_subscription_id", "period_start") WHERE status = 'succeeded' AND kind IN ('initial', 'renewal', 'retry');
CREATE INDEX "ix_payment_attempts_user_id" ON "payment_attempts" ("user_id", "created_at", "id");
CREATE INDEX "ix_payment_attempts_retry" ON "payment_attempts" ("next_retry_at") WHERE next_retry_at IS NOT NULL;
