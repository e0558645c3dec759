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
        "id" text NOT NULL,
        "name" varchar(100) NOT NULL,
        "description" text,
        "stripe_product_id" varchar(255),
        "stripe_price_id_monthly" varchar(255),
        "stripe_price_id_yearly" varchar(255),
        "price_monthly" bigint,
        "price_yearly" bigint,
        "currency" char(3) NOT NULL DEFAULT 'USD',
        "trial_days" integer NOT NULL DEFAULT 0,
        "features" text NOT NULL DEFAULT '{}',
        "is_active" boolean NOT NULL DEFAULT 1,
        "sort_order" integer NOT NULL DEFAULT 0,
        "livemode" boolean NOT NULL DEFAULT 1,
        "metadata" text NOT NULL DEFAULT '{}',
        "created_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
        "updated_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
        CONSTRAINT "pk_plans" PRIMARY KEY ("id"),
        CONSTRAINT "uq_plans_name" UNIQUE ("name"),
        CONSTRAINT "uq_plans_stripe_price_id_monthly" UNIQUE ("stripe_price_id_monthly"),
        CONSTRAINT "uq_plans_stripe_price_id_yearly" UNIQUE ("stripe_price_id_yearly"),
        CONSTRAINT "ck_plans_id" CHECK (id = printf('%s', id) AND id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(replace(id, '-', '')) = 32),
        CONSTRAINT "ck_plans_name" CHECK ((name = printf('%s', name)) AND (length(name) BETWEEN 1 AND 100)),
        CONSTRAINT "ck_plans_description" CHECK (description = printf('%s', description)),
        CONSTRAINT "ck_plans_stripe_product_id" CHECK ((stripe_product_id = printf('%s', stripe_product_id)) AND (length(stripe_product_id) BETWEEN 1 AND 255)),
        CONSTRAINT "ck_plans_stripe_price_id_monthly" CHECK ((stripe_price_id_monthly = printf('%s', stripe_price_id_monthly)) AND (length(stripe_price_id_monthly) BETWEEN 1 AND 255)),
        CONSTRAINT "ck_plans_stripe_price_id_yearly" CHECK ((stripe_price_id_yearly = printf('%s', stripe_price_id_yearly)) AND ((stripe_price_id_monthly <> stripe_price_id_yearly) AND (length(stripe_price_id_yearly) BETWEEN 1 AND 255))),
        CONSTRAINT "ck_plans_price_monthly" CHECK ((price_monthly = CAST(price_monthly AS INTEGER)) AND (price_monthly BETWEEN 0 AND 9007199254740991)),
        CONSTRAINT "ck_plans_price_yearly" CHECK ((price_yearly = CAST(price_yearly AS INTEGER)) AND (price_yearly BETWEEN 0 AND 9007199254740991)),
        CONSTRAINT "ck_plans_currency" CHECK ((currency = printf('%s', currency)) AND (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = '')),
        CONSTRAINT "ck_plans_trial_days" CHECK ((trial_days = CAST(trial_days AS INTEGER)) AND (trial_days BETWEEN 0 AND 730)),
        CONSTRAINT "ck_plans_features" CHECK ((features = printf('%s', features) AND json_valid(features) AND (features NOT GLOB '*\\u[0dD]*' OR '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u0000*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??[^\\]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\[^u]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[^dD]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[dD][^c-fC-F]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*[^\\]?????\\u[dD][c-fC-F]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\[^u]????\\u[dD][c-fC-F]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u[^dD]???\\u[dD][c-fC-F]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u[dD][^89abAB]??\\u[dD][c-fC-F]*')) AND (json_type(features) = 'object')),
        CONSTRAINT "ck_plans_is_active" CHECK (is_active IN (0, 1)),
        CONSTRAINT "ck_plans_sort_order" CHECK ((sort_order = CAST(sort_order AS INTEGER)) AND (sort_order BETWEEN -2147483648 AND 2147483647)),
        CONSTRAINT "ck_plans_livemode" CHECK (livemode IN (0, 1)),
        CONSTRAINT "ck_plans_metadata" CHECK ((metadata = printf('%s', metadata) AND json_valid(metadata) AND (metadata NOT GLOB '*\\u[0dD]*' OR '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u0000*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??[^\\]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\[^u]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[^dD]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[dD][^c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*[^\\]?????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\[^u]????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[^dD]???\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][^89abAB]??\\u[dD][c-fC-F]*')) AND (json_type(metadata) = 'object')),
        CONSTRAINT "ck_plans_created_at" CHECK ((created_at GLOB '?????????? ??:??:??.??[0-9]' AND created_at IS date(created_at, '+0 days') || substr(created_at, 11, 13)) AND (created_at > '0001-')),
        CONSTRAINT "ck_plans_updated_at" CHECK ((updated_at GLOB '?????????? ??:??:??.??[0-9]' AND updated_at IS date(updated_at, '+0 days') || substr(updated_at, 11, 13)) AND (updated_at > '0001-'))
      )
    `);
    await queryRunner.query(`
      CREATE TABLE "subscriptions" (
        "id" text NOT NULL,
        "tenant_id" text NOT NULL,
        "plan_id" text NOT NULL,
        "stripe_subscription_id" varchar(255),
        "status" varchar(32) NOT NULL DEFAULT 'incomplete',
        "slot" varchar(64) NOT NULL DEFAULT 'default',
        "billing_interval" varchar(16) NOT NULL DEFAULT 'month',
        "interval_count" smallint NOT NULL DEFAULT 1,
        "quantity" integer NOT NULL DEFAULT 1,
        "unit_amount" bigint,
        "currency" char(3),
        "current_period_start" datetime,
        "current_period_end" datetime,
        "trial_start" datetime,
        "trial_end" datetime,
        "cancel_at_period_end" boolean NOT NULL DEFAULT 0,
        "cancel_at" datetime,
        "canceled_at" datetime,
        "pause_behavior" varchar(32),
        "resumes_at" datetime,
        "pending_plan_id" text,
        "pending_from" datetime,
        "ended_at" datetime,
        "last_event_at" datetime,
        "version" integer NOT NULL DEFAULT 1,
        "livemode" boolean NOT NULL DEFAULT 1,
        "metadata" text NOT NULL DEFAULT '{}',
        "created_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
        "updated_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
        CONSTRAINT "pk_subscriptions" PRIMARY KEY ("id"),
        CONSTRAINT "uq_subscriptions_stripe_subscription_id" UNIQUE ("stripe_subscription_id"),
        CONSTRAINT "ck_subscriptions_id" CHECK (id = printf('%s', id) AND id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(replace(id, '-', '')) = 32),
        CONSTRAINT "ck_subscriptions_stripe_subscription_id" CHECK ((stripe_subscription_id = printf('%s', stripe_subscription_id)) AND (length(stripe_subscription_id) BETWEEN 1 AND 255)),
        CONSTRAINT "ck_subscriptions_status" CHECK ((status = 'incomplete' OR status = 'incomplete_expired' OR status = 'trialing' OR status = 'active' OR status = 'past_due' OR status = 'unpaid' OR status = 'paused' OR status = 'canceled')),
        CONSTRAINT "ck_subscriptions_slot" CHECK ((slot = printf('%s', slot)) AND (length(slot) BETWEEN 1 AND 64)),
        CONSTRAINT "ck_subscriptions_billing_interval" CHECK ((billing_interval = 'day' OR billing_interval = 'week' OR billing_interval = 'month' OR billing_interval = 'year')),
        CONSTRAINT "ck_subscriptions_interval_count" CHECK ((interval_count = CAST(interval_count AS INTEGER)) AND ((interval_count <= CASE billing_interval WHEN 'day' THEN 1095 WHEN 'week' THEN 156 WHEN 'month' THEN 36 WHEN 'year' THEN 3 END) AND (interval_count BETWEEN 1 AND 1095))),
        CONSTRAINT "ck_subscriptions_quantity" CHECK ((quantity = CAST(quantity AS INTEGER)) AND (quantity BETWEEN 0 AND 2147483647)),
        CONSTRAINT "ck_subscriptions_unit_amount" CHECK ((unit_amount = CAST(unit_amount AS INTEGER)) AND (unit_amount BETWEEN 0 AND 9007199254740991)),
        CONSTRAINT "ck_subscriptions_currency" CHECK ((currency = printf('%s', currency)) AND (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = '')),
        CONSTRAINT "ck_subscriptions_current_period_start" CHECK ((current_period_start GLOB '?????????? ??:??:??.??[0-9]' AND current_period_start IS date(current_period_start, '+0 days') || substr(current_period_start, 11, 13)) AND (current_period_start > '0001-')),
        CONSTRAINT "ck_subscriptions_current_period_end" CHECK ((current_period_end GLOB '?????????? ??:??:??.??[0-9]' AND current_period_end IS date(current_period_end, '+0 days') || substr(current_period_end, 11, 13)) AND (current_period_end > '0001-')),
        CONSTRAINT "ck_subscriptions_trial_start" CHECK ((trial_start GLOB '?????????? ??:??:??.??[0-9]' AND trial_start IS date(trial_start, '+0 days') || substr(trial_start, 11, 13)) AND (trial_start > '0001-')),
        CONSTRAINT "ck_subscriptions_trial_end" CHECK ((trial_end GLOB '?????????? ??:??:??.??[0-9]' AND trial_end IS date(trial_end, '+0 days') || substr(trial_end, 11, 13)) AND (trial_end > '0001-')),
        CONSTRAINT "ck_subscriptions_cancel_at_period_end" CHECK (cancel_at_period_end IN (0, 1)),
        CONSTRAINT "ck_subscriptions_cancel_at" CHECK ((cancel_at GLOB '?????????? ??:??:??.??[0-9]' AND cancel_at IS date(cancel_at, '+0 days') || substr(cancel_at, 11, 13)) AND (cancel_at > '0001-')),
        CONSTRAINT "ck_subscriptions_canceled_at" CHECK ((canceled_at GLOB '?????????? ??:??:??.??[0-9]' AND canceled_at IS date(canceled_at, '+0 days') || substr(canceled_at, 11, 13)) AND (canceled_at > '0001-')),
        CONSTRAINT "ck_subscriptions_pause_behavior" CHECK ((pause_behavior = 'keep_as_draft' OR pause_behavior = 'mark_uncollectible' OR pause_behavior = 'void')),
        CONSTRAINT "ck_subscriptions_resumes_at" CHECK ((resumes_at GLOB '?????????? ??:??:??.??[0-9]' AND resumes_at IS date(resumes_at, '+0 days') || substr(resumes_at, 11, 13)) AND ((resumes_at IS NULL OR pause_behavior IS NOT NULL OR status = 'paused') AND (resumes_at > '0001-'))),
        CONSTRAINT "ck_subscriptions_pending_from" CHECK ((pending_from GLOB '?????????? ??:??:??.??[0-9]' AND pending_from IS date(pending_from, '+0 days') || substr(pending_from, 11, 13)) AND ((pending_from IS NULL OR pending_plan_id IS NOT NULL) AND (pending_from > '0001-'))),
        CONSTRAINT "ck_subscriptions_ended_at" CHECK ((ended_at GLOB '?????????? ??:??:??.??[0-9]' AND ended_at IS date(ended_at, '+0 days') || substr(ended_at, 11, 13)) AND (((ended_at IS NOT NULL) = (status IN ('incomplete_expired', 'canceled'))) AND (ended_at > '0001-'))),
        CONSTRAINT "ck_subscriptions_last_event_at" CHECK ((last_event_at GLOB '?????????? ??:??:??.??[0-9]' AND last_event_at IS date(last_event_at, '+0 days') || substr(last_event_at, 11, 13)) AND (last_event_at > '0001-')),
        CONSTRAINT "ck_subscriptions_version" CHECK ((version = CAST(version AS INTEGER)) AND (version BETWEEN 1 AND 2147483647)),
        CONSTRAINT "ck_subscriptions_livemode" CHECK (livemode IN (0, 1)),
        CONSTRAINT "ck_subscriptions_metadata" CHECK ((metadata = printf('%s', metadata) AND json_valid(metadata) AND (metadata NOT GLOB '*\\u[0dD]*' OR '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u0000*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??[^\\]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\[^u]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[^dD]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[dD][^c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*[^\\]?????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\[^u]????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[^dD]???\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][^89abAB]??\\u[dD][c-fC-F]*')) AND (json_type(metadata) = 'object')),
        CONSTRAINT "ck_subscriptions_created_at" CHECK ((created_at GLOB '?????????? ??:??:??.??[0-9]' AND created_at IS date(created_at, '+0 days') || substr(created_at, 11, 13)) AND (created_at > '0001-')),
        CONSTRAINT "ck_subscriptions_updated_at" CHECK ((updated_at GLOB '?????????? ??:??:??.??[0-9]' AND updated_at IS date(updated_at, '+0 days') || substr(updated_at, 11, 13)) AND (updated_at > '0001-')),
        CONSTRAINT "ck_subscriptions_unit_amount_currency" CHECK ((unit_amount IS NULL) = (currency IS NULL)),
        CONSTRAINT "ck_subscriptions_current_period" CHECK ((current_period_start IS NULL) = (current_period_end IS NULL) AND (current_period_end IS NULL OR current_period_end > current_period_start)),
        CONSTRAINT "ck_subscriptions_trial" CHECK ((trial_start IS NULL) = (trial_end IS NULL) AND (trial_end IS NULL OR trial_end > trial_start)),
        CONSTRAINT "fk_subscriptions_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE CASCADE,
        CONSTRAINT "fk_subscriptions_pending_plan_id" FOREIGN KEY ("pending_plan_id") REFERENCES "plans" ("id") ON DELETE SET NULL,
        CONSTRAINT "fk_subscriptions_plan_id" FOREIGN KEY ("plan_id") REFERENCES "plans" ("id") ON DELETE RESTRICT
      )
    `);
    await queryRunner.query(
      `CREATE INDEX "ix_subscriptions_tenant_id" ON "subscriptions" ("tenant_id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_subscriptions_plan_id" ON "subscriptions" ("plan_id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_subscriptions_pending_plan_id" ON "subscriptions" ("pending_plan_id")`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "uq_subscriptions_live_tenant" ON "subscriptions" ("tenant_id", "slot", "livemode") WHERE status IN ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused')`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_subscriptions_period_end" ON "subscriptions" ("current_period_end") WHERE status IN ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused')`,
    );
    await queryRunner.query(`
      CREATE TABLE "tenant_config" (
        "id" text NOT NULL,
        "tenant_id" text NOT NULL,
        "stripe_customer_id" varchar(255),
        "billing_email" varchar(320),
        "currency" char(3),
        "tax_id" varchar(64),
        "livemode" boolean NOT NULL DEFAULT 1,
        "metadata" text NOT NULL DEFAULT '{}',
        "created_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
        "updated_at" datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
        CONSTRAINT "pk_tenant_config" PRIMARY KEY ("id"),
        CONSTRAINT "uq_tenant_config_tenant_id" UNIQUE ("tenant_id"),
        CONSTRAINT "uq_tenant_config_stripe_customer_id" UNIQUE ("stripe_customer_id"),
        CONSTRAINT "ck_tenant_config_id" CHECK (id = printf('%s', id) AND id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(replace(id, '-', '')) = 32),
        CONSTRAINT "ck_tenant_config_stripe_customer_id" CHECK ((stripe_customer_id = printf('%s', stripe_customer_id)) AND (length(stripe_customer_id) BETWEEN 1 AND 255)),
        CONSTRAINT "ck_tenant_config_billing_email" CHECK ((billing_email = printf('%s', billing_email)) AND (length(billing_email) BETWEEN 1 AND 320)),
        CONSTRAINT "ck_tenant_config_currency" CHECK ((currency = printf('%s', currency)) AND (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = '')),
        CONSTRAINT "ck_tenant_config_tax_id" CHECK ((tax_id = printf('%s', tax_id)) AND (length(tax_id) BETWEEN 1 AND 64)),
        CONSTRAINT "ck_tenant_config_livemode" CHECK (livemode IN (0, 1)),
        CONSTRAINT "ck_tenant_config_metadata" CHECK ((metadata = printf('%s', metadata) AND json_valid(metadata) AND (metadata NOT GLOB '*\\u[0dD]*' OR '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u0000*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??[^\\]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\[^u]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[^dD]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[dD][^c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*[^\\]?????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\[^u]????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[^dD]???\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][^89abAB]??\\u[dD][c-fC-F]*')) AND (json_type(metadata) = 'object')),
        CONSTRAINT "ck_tenant_config_created_at" CHECK ((created_at GLOB '?????????? ??:??:??.??[0-9]' AND created_at IS date(created_at, '+0 days') || substr(created_at, 11, 13)) AND (created_at > '0001-')),
        CONSTRAINT "ck_tenant_config_updated_at" CHECK ((updated_at GLOB '?????????? ??:??:??.??[0-9]' AND updated_at IS date(updated_at, '+0 days') || substr(updated_at, 11, 13)) AND (updated_at > '0001-')),
        CONSTRAINT "fk_tenant_config_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "tenants" ("id") ON DELETE CASCADE
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "tenant_config"`);
    await queryRunner.query(`DROP TABLE "subscriptions"`);
    await queryRunner.query(`DROP TABLE "plans"`);
  }
}
