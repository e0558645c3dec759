import type { QueryRunner } from 'typeorm';
import type { ReversibleMigration } from '../reversible-migration';

export class CreateTenantBilling1795169269545 implements ReversibleMigration {
  readonly name = 'CreateTenantBilling1795169269545';
  readonly family = 'tenant';
  readonly references = [{ table: 'tenants', column: 'id', type: 'uuid' }] as const;
  readonly creates = ['plans', 'subscriptions', 'tenant_config'];

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "plans" (
        "id" uuid NOT NULL DEFAULT gen_random_uuid(),
        "name" varchar(100) NOT NULL,
        "description" text,
        "stripe_product_id" varchar(255),
        "stripe_price_id_monthly" varchar(255),
        "stripe_price_id_yearly" varchar(255),
        "price_monthly" bigint,
        "price_yearly" bigint,
        "currency" char(3) NOT NULL DEFAULT 'USD',
        "trial_days" integer NOT NULL DEFAULT 0,
        "features" jsonb NOT NULL DEFAULT '{}',
        "is_active" boolean NOT NULL DEFAULT true,
        "sort_order" integer NOT NULL DEFAULT 0,
        "livemode" boolean NOT NULL DEFAULT true,
        "metadata" jsonb NOT NULL DEFAULT '{}',
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "uq_plans_name" UNIQUE ("name"),
        CONSTRAINT "uq_plans_stripe_price_id_monthly" UNIQUE ("stripe_price_id_monthly"),
        CONSTRAINT "uq_plans_stripe_price_id_yearly" UNIQUE ("stripe_price_id_yearly"),
        CONSTRAINT "ck_plans_name" CHECK (length(name) BETWEEN 1 AND 100),
        CONSTRAINT "ck_plans_stripe_product_id" CHECK (length(stripe_product_id) BETWEEN 1 AND 255),
        CONSTRAINT "ck_plans_stripe_price_id_monthly" CHECK (length(stripe_price_id_monthly) BETWEEN 1 AND 255),
        CONSTRAINT "ck_plans_stripe_price_id_yearly" CHECK ((stripe_price_id_monthly <> stripe_price_id_yearly) AND (length(stripe_price_id_yearly) BETWEEN 1 AND 255)),
        CONSTRAINT "ck_plans_price_monthly" CHECK (price_monthly BETWEEN 0 AND 9007199254740991),
        CONSTRAINT "ck_plans_price_yearly" CHECK (price_yearly BETWEEN 0 AND 9007199254740991),
        CONSTRAINT "ck_plans_currency" CHECK (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
        CONSTRAINT "ck_plans_trial_days" CHECK (trial_days BETWEEN 0 AND 730),
        CONSTRAINT "ck_plans_features" CHECK (jsonb_typeof(features) = 'object'),
        CONSTRAINT "ck_plans_sort_order" CHECK (sort_order BETWEEN -2147483648 AND 2147483647),
        CONSTRAINT "ck_plans_metadata" CHECK (jsonb_typeof(metadata) = 'object'),
        CONSTRAINT "ck_plans_created_at" CHECK (created_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_plans_updated_at" CHECK (updated_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "pk_plans" PRIMARY KEY ("id")
      );
      CREATE TABLE "subscriptions" (
        "id" uuid NOT NULL DEFAULT gen_random_uuid(),
        "tenant_id" uuid NOT NULL,
        "plan_id" uuid NOT NULL,
        "stripe_subscription_id" varchar(255),
        "status" varchar(32) NOT NULL DEFAULT 'incomplete',
        "slot" varchar(64) NOT NULL DEFAULT 'default',
        "billing_interval" varchar(16) NOT NULL DEFAULT 'month',
        "interval_count" smallint NOT NULL DEFAULT 1,
        "quantity" integer NOT NULL DEFAULT 1,
        "unit_amount" bigint,
        "currency" char(3),
        "current_period_start" timestamptz(3),
        "current_period_end" timestamptz(3),
        "trial_start" timestamptz(3),
        "trial_end" timestamptz(3),
        "cancel_at_period_end" boolean NOT NULL DEFAULT false,
        "cancel_at" timestamptz(3),
        "canceled_at" timestamptz(3),
        "pause_behavior" varchar(32),
        "resumes_at" timestamptz(3),
        "pending_plan_id" uuid,
        "pending_from" timestamptz(3),
        "ended_at" timestamptz(3),
        "last_event_at" timestamptz(3),
        "version" integer NOT NULL DEFAULT 1,
        "livemode" boolean NOT NULL DEFAULT true,
        "metadata" jsonb NOT NULL DEFAULT '{}',
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "uq_subscriptions_stripe_subscription_id" UNIQUE ("stripe_subscription_id"),
        CONSTRAINT "ck_subscriptions_stripe_subscription_id" CHECK (length(stripe_subscription_id) BETWEEN 1 AND 255),
        CONSTRAINT "ck_subscriptions_status" CHECK (status IN ('incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled')),
        CONSTRAINT "ck_subscriptions_slot" CHECK (length(slot) BETWEEN 1 AND 64),
        CONSTRAINT "ck_subscriptions_billing_interval" CHECK (billing_interval IN ('day', 'week', 'month', 'year')),
        CONSTRAINT "ck_subscriptions_interval_count" CHECK ((interval_count <= CASE billing_interval WHEN 'day' THEN 1095 WHEN 'week' THEN 156 WHEN 'month' THEN 36 WHEN 'year' THEN 3 END) AND (interval_count BETWEEN 1 AND 1095)),
        CONSTRAINT "ck_subscriptions_quantity" CHECK (quantity BETWEEN 0 AND 2147483647),
        CONSTRAINT "ck_subscriptions_unit_amount" CHECK (unit_amount BETWEEN 0 AND 9007199254740991),
        CONSTRAINT "ck_subscriptions_currency" CHECK (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
        CONSTRAINT "ck_subscriptions_current_period_start" CHECK (current_period_start BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_subscriptions_current_period_end" CHECK (current_period_end BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_subscriptions_trial_start" CHECK (trial_start BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_subscriptions_trial_end" CHECK (trial_end BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_subscriptions_cancel_at" CHECK (cancel_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_subscriptions_canceled_at" CHECK (canceled_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_subscriptions_pause_behavior" CHECK (pause_behavior IN ('keep_as_draft', 'mark_uncollectible', 'void')),
        CONSTRAINT "ck_subscriptions_resumes_at" CHECK ((resumes_at IS NULL OR pause_behavior IS NOT NULL OR status = 'paused') AND (resumes_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00')),
        CONSTRAINT "ck_subscriptions_pending_from" CHECK ((pending_from IS NULL OR pending_plan_id IS NOT NULL) AND (pending_from BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00')),
        CONSTRAINT "ck_subscriptions_ended_at" CHECK (((ended_at IS NOT NULL) = (status IN ('incomplete_expired', 'canceled'))) AND (ended_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00')),
        CONSTRAINT "ck_subscriptions_last_event_at" CHECK (last_event_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_subscriptions_version" CHECK (version BETWEEN 1 AND 2147483647),
        CONSTRAINT "ck_subscriptions_metadata" CHECK (jsonb_typeof(metadata) = 'object'),
        CONSTRAINT "ck_subscriptions_created_at" CHECK (created_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_subscriptions_updated_at" CHECK (updated_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_subscriptions_unit_amount_currency" CHECK ((unit_amount IS NULL) = (currency IS NULL)),
        CONSTRAINT "ck_subscriptions_current_period" CHECK ((current_period_start IS NULL) = (current_period_end IS NULL) AND (current_period_end IS NULL OR current_period_end > current_period_start)),
        CONSTRAINT "ck_subscriptions_trial" CHECK ((trial_start IS NULL) = (trial_end IS NULL) AND (trial_end IS NULL OR trial_end > trial_start)),
        CONSTRAINT "pk_subscriptions" PRIMARY KEY ("id"),
        CONSTRAINT "fk_subscriptions_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE CASCADE,
        CONSTRAINT "fk_subscriptions_plan_id" FOREIGN KEY ("plan_id") REFERENCES "plans" ("id") ON DELETE RESTRICT,
        CONSTRAINT "fk_subscriptions_pending_plan_id" FOREIGN KEY ("pending_plan_id") REFERENCES "plans" ("id") ON DELETE SET NULL
      );
      CREATE INDEX "ix_subscriptions_tenant_id" ON "subscriptions" ("tenant_id");
      CREATE INDEX "ix_subscriptions_plan_id" ON "subscriptions" ("plan_id");
      CREATE INDEX "ix_subscriptions_pending_plan_id" ON "subscriptions" ("pending_plan_id");
      CREATE UNIQUE INDEX "uq_subscriptions_live_tenant" ON "subscriptions" ("tenant_id", "slot", "livemode") WHERE status IN ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused');
      CREATE INDEX "ix_subscriptions_period_end" ON "subscriptions" ("current_period_end") WHERE status IN ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused');
      CREATE TABLE "tenant_config" (
        "id" uuid NOT NULL DEFAULT gen_random_uuid(),
        "tenant_id" uuid NOT NULL,
        "stripe_customer_id" varchar(255),
        "billing_email" varchar(320),
        "currency" char(3),
        "tax_id" varchar(64),
        "livemode" boolean NOT NULL DEFAULT true,
        "metadata" jsonb NOT NULL DEFAULT '{}',
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "uq_tenant_config_tenant_id" UNIQUE ("tenant_id"),
        CONSTRAINT "uq_tenant_config_stripe_customer_id" UNIQUE ("stripe_customer_id"),
        CONSTRAINT "ck_tenant_config_stripe_customer_id" CHECK (length(stripe_customer_id) BETWEEN 1 AND 255),
        CONSTRAINT "ck_tenant_config_billing_email" CHECK (length(billing_email) BETWEEN 1 AND 320),
        CONSTRAINT "ck_tenant_config_currency" CHECK (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = ''),
        CONSTRAINT "ck_tenant_config_tax_id" CHECK (length(tax_id) BETWEEN 1 AND 64),
        CONSTRAINT "ck_tenant_config_metadata" CHECK (jsonb_typeof(metadata) = 'object'),
        CONSTRAINT "ck_tenant_config_created_at" CHECK (created_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "ck_tenant_config_updated_at" CHECK (updated_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'),
        CONSTRAINT "pk_tenant_config" PRIMARY KEY ("id"),
        CONSTRAINT "fk_tenant_config_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE CASCADE
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE "tenant_config";
      DROP TABLE "subscriptions";
      DROP TABLE "plans"
    `);
  }
}
