import type { QueryRunner } from 'typeorm';
import type { ReversibleMigration } from '../reversible-migration';

export class CreateUserBilling1795169272634 implements ReversibleMigration {
  readonly name = 'CreateUserBilling1795169272634';
  readonly family = 'user';
  readonly references = [{ table: 'user', column: 'id', type: 'text' }] as const;
  readonly creates = [
    'direct_debit_tokens',
    'subscription_plans',
    'user_subscriptions',
    'payment_attempts',
  ];

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "direct_debit_tokens" (
        "id" uuid NOT NULL DEFAULT gen_random_uuid(),
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
        "activated_at" timestamptz(3),
        "expires_at" timestamptz(3),
        "last_used_at" timestamptz(3),
        "revoked_at" timestamptz(3),
        "is_default" boolean NOT NULL DEFAULT false,
        "replaced_by_id" uuid,
        "livemode" boolean NOT NULL DEFAULT true,
        "metadata" jsonb NOT NULL DEFAULT '{}',
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "ck_direct_debit_tokens_provider" CHECK (length(provider) BETWEEN 1 AND 32),
        CONSTRAINT "ck_direct_debit_tokens_scheme" CHECK (scheme IN ('bacs', 'sepa_core', 'ach', 'autogiro', 'becs', 'becs_nz', 'betalingsservice', 'pad', 'pay_to', 'faster_payments', 'payman', 'card', 'other')),
        CONSTRAINT "ck_direct_debit_tokens_status" CHECK (status IN ('pending_customer_approval', 'pending_submission', 'submitted', 'active', 'suspended_by_payer', 'failed', 'cancelled', 'expired', 'consumed', 'blocked')),
        CONSTRAINT "ck_direct_debit_tokens_mandate_reference" CHECK (length(mandate_reference) BETWEEN 1 AND 255),
        CONSTRAINT "ck_direct_debit_tokens_token_key_id" CHECK (length(token_key_id) BETWEEN 1 AND 64),
        CONSTRAINT "ck_direct_debit_tokens_token_fingerprint" CHECK (length(token_fingerprint) = 64 AND ltrim(token_fingerprint, '0123456789abcdef') = ''),
        CONSTRAINT "ck_direct_debit_tokens_bank_name" CHECK (length(bank_name) BETWEEN 1 AND 100),
        CONSTRAINT "ck_direct_debit_tokens_account_ending" CHECK (ltrim(account_ending, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ') = '' AND length(account_ending) BETWEEN 2 AND 4),
        CONSTRAINT "ck_direct_debit_tokens_max_amount" CHECK (max_amount BETWEEN 0 AND 9007199254740991),
        CONSTRAINT "ck_direct_debit_tokens_currency" CHECK (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
        CONSTRAINT "ck_direct_debit_tokens_activated_at" CHECK ((status <> 'active' OR activated_at IS NOT NULL) AND (activated_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00')),
        CONSTRAINT "ck_direct_debit_tokens_expires_at" CHECK (expires_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_direct_debit_tokens_last_used_at" CHECK (last_used_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_direct_debit_tokens_revoked_at" CHECK ((status <> 'cancelled' OR revoked_at IS NOT NULL) AND (revoked_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00')),
        CONSTRAINT "ck_direct_debit_tokens_metadata" CHECK (jsonb_typeof(metadata) = 'object'),
        CONSTRAINT "ck_direct_debit_tokens_created_at" CHECK (created_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_direct_debit_tokens_updated_at" CHECK (updated_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_direct_debit_tokens_token_ciphertext_key" CHECK ((token_ciphertext IS NULL) = (token_key_id IS NULL)),
        CONSTRAINT "ck_direct_debit_tokens_max_amount_currency" CHECK ((max_amount IS NULL) = (currency IS NULL)),
        CONSTRAINT "pk_direct_debit_tokens" PRIMARY KEY ("id"),
        CONSTRAINT "fk_direct_debit_tokens_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
        CONSTRAINT "fk_direct_debit_tokens_replaced_by_id" FOREIGN KEY ("replaced_by_id") REFERENCES "direct_debit_tokens" ("id") ON DELETE SET NULL
      );
      CREATE INDEX "ix_direct_debit_tokens_user_id" ON "direct_debit_tokens" ("user_id");
      CREATE INDEX "ix_direct_debit_tokens_replaced_by_id" ON "direct_debit_tokens" ("replaced_by_id");
      CREATE UNIQUE INDEX "uq_direct_debit_tokens_mandate_reference" ON "direct_debit_tokens" ("provider", "mandate_reference") WHERE mandate_reference IS NOT NULL;
      CREATE UNIQUE INDEX "uq_direct_debit_tokens_token_fingerprint" ON "direct_debit_tokens" ("provider", "token_fingerprint") WHERE token_fingerprint IS NOT NULL;
      CREATE UNIQUE INDEX "uq_direct_debit_tokens_default_user" ON "direct_debit_tokens" ("user_id", "livemode") WHERE is_default AND status = 'active';
      CREATE TABLE "subscription_plans" (
        "id" uuid NOT NULL DEFAULT gen_random_uuid(),
        "code" varchar(64) NOT NULL,
        "name" varchar(100) NOT NULL,
        "description" text,
        "amount" bigint NOT NULL,
        "currency" char(3) NOT NULL,
        "billing_interval" varchar(16) NOT NULL,
        "interval_count" smallint NOT NULL DEFAULT 1,
        "trial_days" integer NOT NULL DEFAULT 0,
        "features" jsonb NOT NULL DEFAULT '{}',
        "is_active" boolean NOT NULL DEFAULT true,
        "sort_order" integer NOT NULL DEFAULT 0,
        "livemode" boolean NOT NULL DEFAULT true,
        "metadata" jsonb NOT NULL DEFAULT '{}',
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "uq_subscription_plans_code" UNIQUE ("code"),
        CONSTRAINT "ck_subscription_plans_code" CHECK (code = lower(code) AND length(code) BETWEEN 1 AND 64),
        CONSTRAINT "ck_subscription_plans_name" CHECK (length(name) BETWEEN 1 AND 100),
        CONSTRAINT "ck_subscription_plans_amount" CHECK (amount BETWEEN 0 AND 9007199254740991),
        CONSTRAINT "ck_subscription_plans_currency" CHECK (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
        CONSTRAINT "ck_subscription_plans_billing_interval" CHECK (billing_interval IN ('day', 'week', 'month', 'year')),
        CONSTRAINT "ck_subscription_plans_interval_count" CHECK ((interval_count <= CASE billing_interval WHEN 'day' THEN 1095 WHEN 'week' THEN 156 WHEN 'month' THEN 36 WHEN 'year' THEN 3 END) AND (interval_count BETWEEN 1 AND 1095)),
        CONSTRAINT "ck_subscription_plans_trial_days" CHECK (trial_days BETWEEN 0 AND 730),
        CONSTRAINT "ck_subscription_plans_features" CHECK (jsonb_typeof(features) = 'object'),
        CONSTRAINT "ck_subscription_plans_sort_order" CHECK (sort_order BETWEEN -2147483648 AND 2147483647),
        CONSTRAINT "ck_subscription_plans_metadata" CHECK (jsonb_typeof(metadata) = 'object'),
        CONSTRAINT "ck_subscription_plans_created_at" CHECK (created_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_subscription_plans_updated_at" CHECK (updated_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "pk_subscription_plans" PRIMARY KEY ("id")
      );
      CREATE TABLE "user_subscriptions" (
        "id" uuid NOT NULL DEFAULT gen_random_uuid(),
        "user_id" text NOT NULL,
        "plan_id" uuid NOT NULL,
        "direct_debit_token_id" uuid,
        "status" varchar(32) NOT NULL DEFAULT 'incomplete',
        "slot" varchar(64) NOT NULL DEFAULT 'default',
        "quantity" integer NOT NULL DEFAULT 1,
        "amount" bigint NOT NULL,
        "currency" char(3) NOT NULL,
        "billing_interval" varchar(16) NOT NULL,
        "interval_count" smallint NOT NULL DEFAULT 1,
        "billing_anchor" timestamptz(3),
        "current_period_start" timestamptz(3),
        "current_period_end" timestamptz(3),
        "trial_start" timestamptz(3),
        "trial_end" timestamptz(3),
        "next_billing_at" timestamptz(3),
        "failed_attempts" integer NOT NULL DEFAULT 0,
        "grace_until" timestamptz(3),
        "cancel_at_period_end" boolean NOT NULL DEFAULT false,
        "cancel_at" timestamptz(3),
        "canceled_at" timestamptz(3),
        "ended_at" timestamptz(3),
        "pause_behavior" varchar(32),
        "resumes_at" timestamptz(3),
        "pending_plan_id" uuid,
        "pending_from" timestamptz(3),
        "provider" varchar(32),
        "provider_subscription_id" varchar(255),
        "last_event_at" timestamptz(3),
        "version" integer NOT NULL DEFAULT 1,
        "livemode" boolean NOT NULL DEFAULT true,
        "metadata" jsonb NOT NULL DEFAULT '{}',
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "ck_user_subscriptions_status" CHECK (status IN ('incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled')),
        CONSTRAINT "ck_user_subscriptions_slot" CHECK (length(slot) BETWEEN 1 AND 64),
        CONSTRAINT "ck_user_subscriptions_quantity" CHECK (quantity BETWEEN 0 AND 2147483647),
        CONSTRAINT "ck_user_subscriptions_amount" CHECK (amount BETWEEN 0 AND 9007199254740991),
        CONSTRAINT "ck_user_subscriptions_currency" CHECK (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
        CONSTRAINT "ck_user_subscriptions_billing_interval" CHECK (billing_interval IN ('day', 'week', 'month', 'year')),
        CONSTRAINT "ck_user_subscriptions_interval_count" CHECK ((interval_count <= CASE billing_interval WHEN 'day' THEN 1095 WHEN 'week' THEN 156 WHEN 'month' THEN 36 WHEN 'year' THEN 3 END) AND (interval_count BETWEEN 1 AND 1095)),
        CONSTRAINT "ck_user_subscriptions_billing_anchor" CHECK (billing_anchor BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_user_subscriptions_current_period_start" CHECK (current_period_start BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_user_subscriptions_current_period_end" CHECK (current_period_end BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_user_subscriptions_trial_start" CHECK (trial_start BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_user_subscriptions_trial_end" CHECK (trial_end BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_user_subscriptions_next_billing_at" CHECK (next_billing_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_user_subscriptions_failed_attempts" CHECK (failed_attempts BETWEEN 0 AND 2147483647),
        CONSTRAINT "ck_user_subscriptions_grace_until" CHECK (grace_until BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_user_subscriptions_cancel_at" CHECK (cancel_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_user_subscriptions_canceled_at" CHECK (canceled_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_user_subscriptions_ended_at" CHECK (((ended_at IS NOT NULL) = (status IN ('incomplete_expired', 'canceled'))) AND (ended_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00')),
        CONSTRAINT "ck_user_subscriptions_pause_behavior" CHECK (pause_behavior IN ('keep_as_draft', 'mark_uncollectible', 'void')),
        CONSTRAINT "ck_user_subscriptions_resumes_at" CHECK ((resumes_at IS NULL OR pause_behavior IS NOT NULL OR status = 'paused') AND (resumes_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00')),
        CONSTRAINT "ck_user_subscriptions_pending_from" CHECK ((pending_from IS NULL OR pending_plan_id IS NOT NULL) AND (pending_from BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00')),
        CONSTRAINT "ck_user_subscriptions_provider" CHECK ((provider_subscription_id IS NULL OR provider IS NOT NULL) AND (length(provider) BETWEEN 1 AND 32)),
        CONSTRAINT "ck_user_subscriptions_provider_subscription_id" CHECK (length(provider_subscription_id) BETWEEN 1 AND 255),
        CONSTRAINT "ck_user_subscriptions_last_event_at" CHECK (last_event_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_user_subscriptions_version" CHECK (version BETWEEN 1 AND 2147483647),
        CONSTRAINT "ck_user_subscriptions_metadata" CHECK (jsonb_typeof(metadata) = 'object'),
        CONSTRAINT "ck_user_subscriptions_created_at" CHECK (created_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_user_subscriptions_updated_at" CHECK (updated_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_user_subscriptions_current_period" CHECK ((current_period_start IS NULL) = (current_period_end IS NULL) AND (current_period_end IS NULL OR current_period_end > current_period_start)),
        CONSTRAINT "ck_user_subscriptions_trial" CHECK ((trial_start IS NULL) = (trial_end IS NULL) AND (trial_end IS NULL OR trial_end > trial_start)),
        CONSTRAINT "pk_user_subscriptions" PRIMARY KEY ("id"),
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
        "id" uuid NOT NULL DEFAULT gen_random_uuid(),
        "user_id" text NOT NULL,
        "user_subscription_id" uuid,
        "direct_debit_token_id" uuid,
        "kind" varchar(16) NOT NULL,
        "status" varchar(32) NOT NULL DEFAULT 'scheduled',
        "amount" bigint NOT NULL,
        "currency" char(3) NOT NULL,
        "amount_refunded" bigint NOT NULL DEFAULT 0,
        "period_start" timestamptz(3),
        "period_end" timestamptz(3),
        "attempt_number" integer NOT NULL DEFAULT 1,
        "idempotency_key" varchar(255) NOT NULL,
        "provider" varchar(32) NOT NULL,
        "provider_payment_id" varchar(255),
        "failure_code" varchar(64),
        "failure_message" text,
        "next_retry_at" timestamptz(3),
        "scheduled_at" timestamptz(3),
        "submitted_at" timestamptz(3),
        "succeeded_at" timestamptz(3),
        "settled_at" timestamptz(3),
        "failed_at" timestamptz(3),
        "livemode" boolean NOT NULL DEFAULT true,
        "metadata" jsonb NOT NULL DEFAULT '{}',
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "uq_payment_attempts_idempotency_key" UNIQUE ("idempotency_key"),
        CONSTRAINT "ck_payment_attempts_kind" CHECK (kind IN ('initial', 'renewal', 'retry', 'upgrade', 'one_off')),
        CONSTRAINT "ck_payment_attempts_status" CHECK (status IN ('scheduled', 'processing', 'requires_action', 'authorized', 'unknown', 'succeeded', 'failed', 'canceled', 'refunded', 'partially_refunded', 'charged_back')),
        CONSTRAINT "ck_payment_attempts_amount" CHECK ((amount > 0 OR status = 'succeeded') AND (amount BETWEEN 0 AND 9007199254740991)),
        CONSTRAINT "ck_payment_attempts_currency" CHECK (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
        CONSTRAINT "ck_payment_attempts_amount_refunded" CHECK ((amount_refunded <= amount) AND (amount_refunded BETWEEN 0 AND 9007199254740991)),
        CONSTRAINT "ck_payment_attempts_period_start" CHECK (period_start BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_payment_attempts_period_end" CHECK (period_end BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_payment_attempts_attempt_number" CHECK (attempt_number BETWEEN 1 AND 2147483647),
        CONSTRAINT "ck_payment_attempts_idempotency_key" CHECK (length(idempotency_key) BETWEEN 1 AND 255),
        CONSTRAINT "ck_payment_attempts_provider" CHECK (length(provider) BETWEEN 1 AND 32),
        CONSTRAINT "ck_payment_attempts_provider_payment_id" CHECK (length(provider_payment_id) BETWEEN 1 AND 255),
        CONSTRAINT "ck_payment_attempts_failure_code" CHECK (length(failure_code) BETWEEN 1 AND 64),
        CONSTRAINT "ck_payment_attempts_next_retry_at" CHECK (next_retry_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_payment_attempts_scheduled_at" CHECK (scheduled_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_payment_attempts_submitted_at" CHECK (submitted_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_payment_attempts_succeeded_at" CHECK ((status NOT IN ('succeeded', 'refunded', 'partially_refunded', 'charged_back') OR succeeded_at IS NOT NULL) AND (succeeded_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00')),
        CONSTRAINT "ck_payment_attempts_settled_at" CHECK (settled_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_payment_attempts_failed_at" CHECK ((status <> 'failed' OR failed_at IS NOT NULL) AND (failed_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00')),
        CONSTRAINT "ck_payment_attempts_metadata" CHECK (jsonb_typeof(metadata) = 'object'),
        CONSTRAINT "ck_payment_attempts_created_at" CHECK (created_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_payment_attempts_updated_at" CHECK (updated_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_payment_attempts_refund" CHECK ((status = 'partially_refunded') = (amount_refunded > 0 AND amount_refunded < amount) AND (status <> 'refunded' OR amount_refunded = amount)),
        CONSTRAINT "ck_payment_attempts_period" CHECK ((period_start IS NULL) = (period_end IS NULL) AND (period_end IS NULL OR period_end >= period_start)),
        CONSTRAINT "pk_payment_attempts" PRIMARY KEY ("id"),
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
      CREATE INDEX "ix_payment_attempts_retry" ON "payment_attempts" ("next_retry_at") WHERE next_retry_at IS NOT NULL
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE "payment_attempts";
      DROP TABLE "user_subscriptions";
      DROP TABLE "subscription_plans";
      DROP TABLE "direct_debit_tokens"
    `);
  }
}
