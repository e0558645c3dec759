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
        CONSTRAINT "ck_direct_debit_tokens_id" CHECK (id = printf('%s', id) AND id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(replace(id, '-', '')) = 32),
        CONSTRAINT "ck_direct_debit_tokens_provider" CHECK ((provider = printf('%s', provider)) AND (length(provider) BETWEEN 1 AND 32)),
        CONSTRAINT "ck_direct_debit_tokens_scheme" CHECK ((scheme = 'bacs' OR scheme = 'sepa_core' OR scheme = 'ach' OR scheme = 'autogiro' OR scheme = 'becs' OR scheme = 'becs_nz' OR scheme = 'betalingsservice' OR scheme = 'pad' OR scheme = 'pay_to' OR scheme = 'faster_payments' OR scheme = 'payman' OR scheme = 'card' OR scheme = 'other')),
        CONSTRAINT "ck_direct_debit_tokens_status" CHECK ((status = 'pending_customer_approval' OR status = 'pending_submission' OR status = 'submitted' OR status = 'active' OR status = 'suspended_by_payer' OR status = 'failed' OR status = 'cancelled' OR status = 'expired' OR status = 'consumed' OR status = 'blocked')),
        CONSTRAINT "ck_direct_debit_tokens_mandate_reference" CHECK ((mandate_reference = printf('%s', mandate_reference)) AND (length(mandate_reference) BETWEEN 1 AND 255)),
        CONSTRAINT "ck_direct_debit_tokens_token_ciphertext" CHECK (token_ciphertext = printf('%s', token_ciphertext)),
        CONSTRAINT "ck_direct_debit_tokens_token_key_id" CHECK ((token_key_id = printf('%s', token_key_id)) AND (length(token_key_id) BETWEEN 1 AND 64)),
        CONSTRAINT "ck_direct_debit_tokens_token_fingerprint" CHECK ((token_fingerprint = printf('%s', token_fingerprint)) AND (length(token_fingerprint) = 64 AND ltrim(token_fingerprint, '0123456789abcdef') = '')),
        CONSTRAINT "ck_direct_debit_tokens_bank_name" CHECK ((bank_name = printf('%s', bank_name)) AND (length(bank_name) BETWEEN 1 AND 100)),
        CONSTRAINT "ck_direct_debit_tokens_account_ending" CHECK ((account_ending = printf('%s', account_ending)) AND (ltrim(account_ending, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ') = '' AND length(account_ending) BETWEEN 2 AND 4)),
        CONSTRAINT "ck_direct_debit_tokens_max_amount" CHECK ((max_amount = CAST(max_amount AS INTEGER)) AND (max_amount BETWEEN 0 AND 9007199254740991)),
        CONSTRAINT "ck_direct_debit_tokens_currency" CHECK ((currency = printf('%s', currency)) AND (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = '')),
        CONSTRAINT "ck_direct_debit_tokens_activated_at" CHECK ((activated_at GLOB '?????????? ??:??:??.??[0-9]' AND activated_at IS date(activated_at, '+0 days') || substr(activated_at, 11, 13)) AND ((status <> 'active' OR activated_at IS NOT NULL) AND (activated_at > '0001-'))),
        CONSTRAINT "ck_direct_debit_tokens_expires_at" CHECK ((expires_at GLOB '?????????? ??:??:??.??[0-9]' AND expires_at IS date(expires_at, '+0 days') || substr(expires_at, 11, 13)) AND (expires_at > '0001-')),
        CONSTRAINT "ck_direct_debit_tokens_last_used_at" CHECK ((last_used_at GLOB '?????????? ??:??:??.??[0-9]' AND last_used_at IS date(last_used_at, '+0 days') || substr(last_used_at, 11, 13)) AND (last_used_at > '0001-')),
        CONSTRAINT "ck_direct_debit_tokens_revoked_at" CHECK ((revoked_at GLOB '?????????? ??:??:??.??[0-9]' AND revoked_at IS date(revoked_at, '+0 days') || substr(revoked_at, 11, 13)) AND ((status <> 'cancelled' OR revoked_at IS NOT NULL) AND (revoked_at > '0001-'))),
        CONSTRAINT "ck_direct_debit_tokens_is_default" CHECK (is_default IN (0, 1)),
        CONSTRAINT "ck_direct_debit_tokens_livemode" CHECK (livemode IN (0, 1)),
        CONSTRAINT "ck_direct_debit_tokens_metadata" CHECK ((metadata = printf('%s', metadata) AND json_valid(metadata) AND (metadata NOT GLOB '*\\u[0dD]*' OR '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u0000*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??[^\\]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\[^u]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[^dD]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[dD][^c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*[^\\]?????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\[^u]????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[^dD]???\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][^89abAB]??\\u[dD][c-fC-F]*')) AND (json_type(metadata) = 'object')),
        CONSTRAINT "ck_direct_debit_tokens_created_at" CHECK ((created_at GLOB '?????????? ??:??:??.??[0-9]' AND created_at IS date(created_at, '+0 days') || substr(created_at, 11, 13)) AND (created_at > '0001-')),
        CONSTRAINT "ck_direct_debit_tokens_updated_at" CHECK ((updated_at GLOB '?????????? ??:??:??.??[0-9]' AND updated_at IS date(updated_at, '+0 days') || substr(updated_at, 11, 13)) AND (updated_at > '0001-')),
        CONSTRAINT "ck_direct_debit_tokens_token_ciphertext_key" CHECK ((token_ciphertext IS NULL) = (token_key_id IS NULL)),
        CONSTRAINT "ck_direct_debit_tokens_max_amount_currency" CHECK ((max_amount IS NULL) = (currency IS NULL)),
        CONSTRAINT "fk_direct_debit_tokens_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
        CONSTRAINT "fk_direct_debit_tokens_replaced_by_id" FOREIGN KEY ("replaced_by_id") REFERENCES "direct_debit_tokens" ("id") ON DELETE SET NULL
      )
    `);
    await queryRunner.query(
      `CREATE INDEX "ix_direct_debit_tokens_user_id" ON "direct_debit_tokens" ("user_id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_direct_debit_tokens_replaced_by_id" ON "direct_debit_tokens" ("replaced_by_id")`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "uq_direct_debit_tokens_mandate_reference" ON "direct_debit_tokens" ("provider", "mandate_reference") WHERE mandate_reference IS NOT NULL`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "uq_direct_debit_tokens_token_fingerprint" ON "direct_debit_tokens" ("provider", "token_fingerprint") WHERE token_fingerprint IS NOT NULL`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "uq_direct_debit_tokens_default_user" ON "direct_debit_tokens" ("user_id", "livemode") WHERE is_default AND status = 'active'`,
    );
    await queryRunner.query(`
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
        CONSTRAINT "ck_subscription_plans_id" CHECK (id = printf('%s', id) AND id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(replace(id, '-', '')) = 32),
        CONSTRAINT "ck_subscription_plans_code" CHECK ((code = printf('%s', code)) AND (code = lower(code) AND length(code) BETWEEN 1 AND 64)),
        CONSTRAINT "ck_subscription_plans_name" CHECK ((name = printf('%s', name)) AND (length(name) BETWEEN 1 AND 100)),
        CONSTRAINT "ck_subscription_plans_description" CHECK (description = printf('%s', description)),
        CONSTRAINT "ck_subscription_plans_amount" CHECK ((amount = CAST(amount AS INTEGER)) AND (amount BETWEEN 0 AND 9007199254740991)),
        CONSTRAINT "ck_subscription_plans_currency" CHECK ((currency = printf('%s', currency)) AND (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = '')),
        CONSTRAINT "ck_subscription_plans_billing_interval" CHECK ((billing_interval = 'day' OR billing_interval = 'week' OR billing_interval = 'month' OR billing_interval = 'year')),
        CONSTRAINT "ck_subscription_plans_interval_count" CHECK ((interval_count = CAST(interval_count AS INTEGER)) AND ((interval_count <= CASE billing_interval WHEN 'day' THEN 1095 WHEN 'week' THEN 156 WHEN 'month' THEN 36 WHEN 'year' THEN 3 END) AND (interval_count BETWEEN 1 AND 1095))),
        CONSTRAINT "ck_subscription_plans_trial_days" CHECK ((trial_days = CAST(trial_days AS INTEGER)) AND (trial_days BETWEEN 0 AND 730)),
        CONSTRAINT "ck_subscription_plans_features" CHECK ((features = printf('%s', features) AND json_valid(features) AND (features NOT GLOB '*\\u[0dD]*' OR '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u0000*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??[^\\]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\[^u]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[^dD]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[dD][^c-fC-F]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*[^\\]?????\\u[dD][c-fC-F]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\[^u]????\\u[dD][c-fC-F]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u[^dD]???\\u[dD][c-fC-F]*' AND '    ' || replace(features, '\\\\', '/') NOT GLOB '*\\u[dD][^89abAB]??\\u[dD][c-fC-F]*')) AND (json_type(features) = 'object')),
        CONSTRAINT "ck_subscription_plans_is_active" CHECK (is_active IN (0, 1)),
        CONSTRAINT "ck_subscription_plans_sort_order" CHECK ((sort_order = CAST(sort_order AS INTEGER)) AND (sort_order BETWEEN -2147483648 AND 2147483647)),
        CONSTRAINT "ck_subscription_plans_livemode" CHECK (livemode IN (0, 1)),
        CONSTRAINT "ck_subscription_plans_metadata" CHECK ((metadata = printf('%s', metadata) AND json_valid(metadata) AND (metadata NOT GLOB '*\\u[0dD]*' OR '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u0000*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??[^\\]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\[^u]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[^dD]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[dD][^c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*[^\\]?????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\[^u]????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[^dD]???\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][^89abAB]??\\u[dD][c-fC-F]*')) AND (json_type(metadata) = 'object')),
        CONSTRAINT "ck_subscription_plans_created_at" CHECK ((created_at GLOB '?????????? ??:??:??.??[0-9]' AND created_at IS date(created_at, '+0 days') || substr(created_at, 11, 13)) AND (created_at > '0001-')),
        CONSTRAINT "ck_subscription_plans_updated_at" CHECK ((updated_at GLOB '?????????? ??:??:??.??[0-9]' AND updated_at IS date(updated_at, '+0 days') || substr(updated_at, 11, 13)) AND (updated_at > '0001-'))
      )
    `);
    await queryRunner.query(`
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
        CONSTRAINT "ck_user_subscriptions_id" CHECK (id = printf('%s', id) AND id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(replace(id, '-', '')) = 32),
        CONSTRAINT "ck_user_subscriptions_status" CHECK ((status = 'incomplete' OR status = 'incomplete_expired' OR status = 'trialing' OR status = 'active' OR status = 'past_due' OR status = 'unpaid' OR status = 'paused' OR status = 'canceled')),
        CONSTRAINT "ck_user_subscriptions_slot" CHECK ((slot = printf('%s', slot)) AND (length(slot) BETWEEN 1 AND 64)),
        CONSTRAINT "ck_user_subscriptions_quantity" CHECK ((quantity = CAST(quantity AS INTEGER)) AND (quantity BETWEEN 0 AND 2147483647)),
        CONSTRAINT "ck_user_subscriptions_amount" CHECK ((amount = CAST(amount AS INTEGER)) AND (amount BETWEEN 0 AND 9007199254740991)),
        CONSTRAINT "ck_user_subscriptions_currency" CHECK ((currency = printf('%s', currency)) AND (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = '')),
        CONSTRAINT "ck_user_subscriptions_billing_interval" CHECK ((billing_interval = 'day' OR billing_interval = 'week' OR billing_interval = 'month' OR billing_interval = 'year')),
        CONSTRAINT "ck_user_subscriptions_interval_count" CHECK ((interval_count = CAST(interval_count AS INTEGER)) AND ((interval_count <= CASE billing_interval WHEN 'day' THEN 1095 WHEN 'week' THEN 156 WHEN 'month' THEN 36 WHEN 'year' THEN 3 END) AND (interval_count BETWEEN 1 AND 1095))),
        CONSTRAINT "ck_user_subscriptions_billing_anchor" CHECK ((billing_anchor GLOB '?????????? ??:??:??.??[0-9]' AND billing_anchor IS date(billing_anchor, '+0 days') || substr(billing_anchor, 11, 13)) AND (billing_anchor > '0001-')),
        CONSTRAINT "ck_user_subscriptions_current_period_start" CHECK ((current_period_start GLOB '?????????? ??:??:??.??[0-9]' AND current_period_start IS date(current_period_start, '+0 days') || substr(current_period_start, 11, 13)) AND (current_period_start > '0001-')),
        CONSTRAINT "ck_user_subscriptions_current_period_end" CHECK ((current_period_end GLOB '?????????? ??:??:??.??[0-9]' AND current_period_end IS date(current_period_end, '+0 days') || substr(current_period_end, 11, 13)) AND (current_period_end > '0001-')),
        CONSTRAINT "ck_user_subscriptions_trial_start" CHECK ((trial_start GLOB '?????????? ??:??:??.??[0-9]' AND trial_start IS date(trial_start, '+0 days') || substr(trial_start, 11, 13)) AND (trial_start > '0001-')),
        CONSTRAINT "ck_user_subscriptions_trial_end" CHECK ((trial_end GLOB '?????????? ??:??:??.??[0-9]' AND trial_end IS date(trial_end, '+0 days') || substr(trial_end, 11, 13)) AND (trial_end > '0001-')),
        CONSTRAINT "ck_user_subscriptions_next_billing_at" CHECK ((next_billing_at GLOB '?????????? ??:??:??.??[0-9]' AND next_billing_at IS date(next_billing_at, '+0 days') || substr(next_billing_at, 11, 13)) AND (next_billing_at > '0001-')),
        CONSTRAINT "ck_user_subscriptions_failed_attempts" CHECK ((failed_attempts = CAST(failed_attempts AS INTEGER)) AND (failed_attempts BETWEEN 0 AND 2147483647)),
        CONSTRAINT "ck_user_subscriptions_grace_until" CHECK ((grace_until GLOB '?????????? ??:??:??.??[0-9]' AND grace_until IS date(grace_until, '+0 days') || substr(grace_until, 11, 13)) AND (grace_until > '0001-')),
        CONSTRAINT "ck_user_subscriptions_cancel_at_period_end" CHECK (cancel_at_period_end IN (0, 1)),
        CONSTRAINT "ck_user_subscriptions_cancel_at" CHECK ((cancel_at GLOB '?????????? ??:??:??.??[0-9]' AND cancel_at IS date(cancel_at, '+0 days') || substr(cancel_at, 11, 13)) AND (cancel_at > '0001-')),
        CONSTRAINT "ck_user_subscriptions_canceled_at" CHECK ((canceled_at GLOB '?????????? ??:??:??.??[0-9]' AND canceled_at IS date(canceled_at, '+0 days') || substr(canceled_at, 11, 13)) AND (canceled_at > '0001-')),
        CONSTRAINT "ck_user_subscriptions_ended_at" CHECK ((ended_at GLOB '?????????? ??:??:??.??[0-9]' AND ended_at IS date(ended_at, '+0 days') || substr(ended_at, 11, 13)) AND (((ended_at IS NOT NULL) = (status IN ('incomplete_expired', 'canceled'))) AND (ended_at > '0001-'))),
        CONSTRAINT "ck_user_subscriptions_pause_behavior" CHECK ((pause_behavior = 'keep_as_draft' OR pause_behavior = 'mark_uncollectible' OR pause_behavior = 'void')),
        CONSTRAINT "ck_user_subscriptions_resumes_at" CHECK ((resumes_at GLOB '?????????? ??:??:??.??[0-9]' AND resumes_at IS date(resumes_at, '+0 days') || substr(resumes_at, 11, 13)) AND ((resumes_at IS NULL OR pause_behavior IS NOT NULL OR status = 'paused') AND (resumes_at > '0001-'))),
        CONSTRAINT "ck_user_subscriptions_pending_from" CHECK ((pending_from GLOB '?????????? ??:??:??.??[0-9]' AND pending_from IS date(pending_from, '+0 days') || substr(pending_from, 11, 13)) AND ((pending_from IS NULL OR pending_plan_id IS NOT NULL) AND (pending_from > '0001-'))),
        CONSTRAINT "ck_user_subscriptions_provider" CHECK ((provider = printf('%s', provider)) AND ((provider_subscription_id IS NULL OR provider IS NOT NULL) AND (length(provider) BETWEEN 1 AND 32))),
        CONSTRAINT "ck_user_subscriptions_provider_subscription_id" CHECK ((provider_subscription_id = printf('%s', provider_subscription_id)) AND (length(provider_subscription_id) BETWEEN 1 AND 255)),
        CONSTRAINT "ck_user_subscriptions_last_event_at" CHECK ((last_event_at GLOB '?????????? ??:??:??.??[0-9]' AND last_event_at IS date(last_event_at, '+0 days') || substr(last_event_at, 11, 13)) AND (last_event_at > '0001-')),
        CONSTRAINT "ck_user_subscriptions_version" CHECK ((version = CAST(version AS INTEGER)) AND (version BETWEEN 1 AND 2147483647)),
        CONSTRAINT "ck_user_subscriptions_livemode" CHECK (livemode IN (0, 1)),
        CONSTRAINT "ck_user_subscriptions_metadata" CHECK ((metadata = printf('%s', metadata) AND json_valid(metadata) AND (metadata NOT GLOB '*\\u[0dD]*' OR '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u0000*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??[^\\]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\[^u]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[^dD]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[dD][^c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*[^\\]?????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\[^u]????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[^dD]???\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][^89abAB]??\\u[dD][c-fC-F]*')) AND (json_type(metadata) = 'object')),
        CONSTRAINT "ck_user_subscriptions_created_at" CHECK ((created_at GLOB '?????????? ??:??:??.??[0-9]' AND created_at IS date(created_at, '+0 days') || substr(created_at, 11, 13)) AND (created_at > '0001-')),
        CONSTRAINT "ck_user_subscriptions_updated_at" CHECK ((updated_at GLOB '?????????? ??:??:??.??[0-9]' AND updated_at IS date(updated_at, '+0 days') || substr(updated_at, 11, 13)) AND (updated_at > '0001-')),
        CONSTRAINT "ck_user_subscriptions_current_period" CHECK ((current_period_start IS NULL) = (current_period_end IS NULL) AND (current_period_end IS NULL OR current_period_end > current_period_start)),
        CONSTRAINT "ck_user_subscriptions_trial" CHECK ((trial_start IS NULL) = (trial_end IS NULL) AND (trial_end IS NULL OR trial_end > trial_start)),
        CONSTRAINT "fk_user_subscriptions_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
        CONSTRAINT "fk_user_subscriptions_pending_plan_id" FOREIGN KEY ("pending_plan_id") REFERENCES "subscription_plans" ("id") ON DELETE SET NULL,
        CONSTRAINT "fk_user_subscriptions_direct_debit_token_id" FOREIGN KEY ("direct_debit_token_id") REFERENCES "direct_debit_tokens" ("id") ON DELETE SET NULL,
        CONSTRAINT "fk_user_subscriptions_plan_id" FOREIGN KEY ("plan_id") REFERENCES "subscription_plans" ("id") ON DELETE RESTRICT
      )
    `);
    await queryRunner.query(
      `CREATE INDEX "ix_user_subscriptions_user_id" ON "user_subscriptions" ("user_id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_user_subscriptions_plan_id" ON "user_subscriptions" ("plan_id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_user_subscriptions_direct_debit_token_id" ON "user_subscriptions" ("direct_debit_token_id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_user_subscriptions_pending_plan_id" ON "user_subscriptions" ("pending_plan_id")`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "uq_user_subscriptions_live_user" ON "user_subscriptions" ("user_id", "slot", "livemode") WHERE status IN ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused')`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "uq_user_subscriptions_provider_subscription_id" ON "user_subscriptions" ("provider", "provider_subscription_id") WHERE provider_subscription_id IS NOT NULL`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_user_subscriptions_due" ON "user_subscriptions" ("next_billing_at") WHERE status IN ('trialing', 'active', 'past_due')`,
    );
    await queryRunner.query(`
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
        CONSTRAINT "ck_payment_attempts_id" CHECK (id = printf('%s', id) AND id GLOB '????????-????-????-????-????????????' AND id NOT GLOB '*[^0-9a-f-]*' AND length(replace(id, '-', '')) = 32),
        CONSTRAINT "ck_payment_attempts_kind" CHECK ((kind = 'initial' OR kind = 'renewal' OR kind = 'retry' OR kind = 'upgrade' OR kind = 'one_off')),
        CONSTRAINT "ck_payment_attempts_status" CHECK ((status = 'scheduled' OR status = 'processing' OR status = 'requires_action' OR status = 'authorized' OR status = 'unknown' OR status = 'succeeded' OR status = 'failed' OR status = 'canceled' OR status = 'refunded' OR status = 'partially_refunded' OR status = 'charged_back')),
        CONSTRAINT "ck_payment_attempts_amount" CHECK ((amount = CAST(amount AS INTEGER)) AND ((amount > 0 OR status = 'succeeded') AND (amount BETWEEN 0 AND 9007199254740991))),
        CONSTRAINT "ck_payment_attempts_currency" CHECK ((currency = printf('%s', currency)) AND (length(currency) = 3 AND ltrim(currency, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') = '')),
        CONSTRAINT "ck_payment_attempts_amount_refunded" CHECK ((amount_refunded = CAST(amount_refunded AS INTEGER)) AND ((amount_refunded <= amount) AND (amount_refunded BETWEEN 0 AND 9007199254740991))),
        CONSTRAINT "ck_payment_attempts_period_start" CHECK ((period_start GLOB '?????????? ??:??:??.??[0-9]' AND period_start IS date(period_start, '+0 days') || substr(period_start, 11, 13)) AND (period_start > '0001-')),
        CONSTRAINT "ck_payment_attempts_period_end" CHECK ((period_end GLOB '?????????? ??:??:??.??[0-9]' AND period_end IS date(period_end, '+0 days') || substr(period_end, 11, 13)) AND (period_end > '0001-')),
        CONSTRAINT "ck_payment_attempts_attempt_number" CHECK ((attempt_number = CAST(attempt_number AS INTEGER)) AND (attempt_number BETWEEN 1 AND 2147483647)),
        CONSTRAINT "ck_payment_attempts_idempotency_key" CHECK ((idempotency_key = printf('%s', idempotency_key)) AND (length(idempotency_key) BETWEEN 1 AND 255)),
        CONSTRAINT "ck_payment_attempts_provider" CHECK ((provider = printf('%s', provider)) AND (length(provider) BETWEEN 1 AND 32)),
        CONSTRAINT "ck_payment_attempts_provider_payment_id" CHECK ((provider_payment_id = printf('%s', provider_payment_id)) AND (length(provider_payment_id) BETWEEN 1 AND 255)),
        CONSTRAINT "ck_payment_attempts_failure_code" CHECK ((failure_code = printf('%s', failure_code)) AND (length(failure_code) BETWEEN 1 AND 64)),
        CONSTRAINT "ck_payment_attempts_failure_message" CHECK (failure_message = printf('%s', failure_message)),
        CONSTRAINT "ck_payment_attempts_next_retry_at" CHECK ((next_retry_at GLOB '?????????? ??:??:??.??[0-9]' AND next_retry_at IS date(next_retry_at, '+0 days') || substr(next_retry_at, 11, 13)) AND (next_retry_at > '0001-')),
        CONSTRAINT "ck_payment_attempts_scheduled_at" CHECK ((scheduled_at GLOB '?????????? ??:??:??.??[0-9]' AND scheduled_at IS date(scheduled_at, '+0 days') || substr(scheduled_at, 11, 13)) AND (scheduled_at > '0001-')),
        CONSTRAINT "ck_payment_attempts_submitted_at" CHECK ((submitted_at GLOB '?????????? ??:??:??.??[0-9]' AND submitted_at IS date(submitted_at, '+0 days') || substr(submitted_at, 11, 13)) AND (submitted_at > '0001-')),
        CONSTRAINT "ck_payment_attempts_succeeded_at" CHECK ((succeeded_at GLOB '?????????? ??:??:??.??[0-9]' AND succeeded_at IS date(succeeded_at, '+0 days') || substr(succeeded_at, 11, 13)) AND (((status <> 'succeeded' AND status <> 'refunded' AND status <> 'partially_refunded' AND status <> 'charged_back') OR succeeded_at IS NOT NULL) AND (succeeded_at > '0001-'))),
        CONSTRAINT "ck_payment_attempts_settled_at" CHECK ((settled_at GLOB '?????????? ??:??:??.??[0-9]' AND settled_at IS date(settled_at, '+0 days') || substr(settled_at, 11, 13)) AND (settled_at > '0001-')),
        CONSTRAINT "ck_payment_attempts_failed_at" CHECK ((failed_at GLOB '?????????? ??:??:??.??[0-9]' AND failed_at IS date(failed_at, '+0 days') || substr(failed_at, 11, 13)) AND ((status <> 'failed' OR failed_at IS NOT NULL) AND (failed_at > '0001-'))),
        CONSTRAINT "ck_payment_attempts_livemode" CHECK (livemode IN (0, 1)),
        CONSTRAINT "ck_payment_attempts_metadata" CHECK ((metadata = printf('%s', metadata) AND json_valid(metadata) AND (metadata NOT GLOB '*\\u[0dD]*' OR '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u0000*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??[^\\]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\[^u]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[^dD]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][89abAB]??\\u[dD][^c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*[^\\]?????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\[^u]????\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[^dD]???\\u[dD][c-fC-F]*' AND '    ' || replace(metadata, '\\\\', '/') NOT GLOB '*\\u[dD][^89abAB]??\\u[dD][c-fC-F]*')) AND (json_type(metadata) = 'object')),
        CONSTRAINT "ck_payment_attempts_created_at" CHECK ((created_at GLOB '?????????? ??:??:??.??[0-9]' AND created_at IS date(created_at, '+0 days') || substr(created_at, 11, 13)) AND (created_at > '0001-')),
        CONSTRAINT "ck_payment_attempts_updated_at" CHECK ((updated_at GLOB '?????????? ??:??:??.??[0-9]' AND updated_at IS date(updated_at, '+0 days') || substr(updated_at, 11, 13)) AND (updated_at > '0001-')),
        CONSTRAINT "ck_payment_attempts_refund" CHECK ((status = 'partially_refunded') = (amount_refunded > 0 AND amount_refunded < amount) AND (status <> 'refunded' OR amount_refunded = amount)),
        CONSTRAINT "ck_payment_attempts_period" CHECK ((period_start IS NULL) = (period_end IS NULL) AND (period_end IS NULL OR period_end >= period_start)),
        CONSTRAINT "fk_payment_attempts_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
        CONSTRAINT "fk_payment_attempts_user_subscription_id" FOREIGN KEY ("user_subscription_id") REFERENCES "user_subscriptions" ("id") ON DELETE SET NULL,
        CONSTRAINT "fk_payment_attempts_direct_debit_token_id" FOREIGN KEY ("direct_debit_token_id") REFERENCES "direct_debit_tokens" ("id") ON DELETE SET NULL
      )
    `);
    await queryRunner.query(
      `CREATE INDEX "ix_payment_attempts_user_subscription_id" ON "payment_attempts" ("user_subscription_id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_payment_attempts_direct_debit_token_id" ON "payment_attempts" ("direct_debit_token_id")`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "uq_payment_attempts_provider_payment_id" ON "payment_attempts" ("provider", "provider_payment_id", "attempt_number") WHERE provider_payment_id IS NOT NULL`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "uq_payment_attempts_current_payment" ON "payment_attempts" ("provider", "provider_payment_id") WHERE provider_payment_id IS NOT NULL AND status IN ('scheduled', 'processing', 'requires_action', 'authorized', 'unknown', 'succeeded', 'refunded', 'partially_refunded', 'charged_back')`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "uq_payment_attempts_open_period" ON "payment_attempts" ("user_subscription_id", "period_start") WHERE status IN ('scheduled', 'processing', 'requires_action', 'authorized', 'unknown')`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "uq_payment_attempts_paid_period" ON "payment_attempts" ("user_subscription_id", "period_start") WHERE status IN ('succeeded', 'partially_refunded') AND kind IN ('initial', 'renewal', 'retry')`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_payment_attempts_user_id" ON "payment_attempts" ("user_id", "created_at", "id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "ix_payment_attempts_retry" ON "payment_attempts" ("next_retry_at") WHERE next_retry_at IS NOT NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "payment_attempts"`);
    await queryRunner.query(`DROP TABLE "user_subscriptions"`);
    await queryRunner.query(`DROP TABLE "subscription_plans"`);
    await queryRunner.query(`DROP TABLE "direct_debit_tokens"`);
  }
}
