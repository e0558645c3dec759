import type { Defect } from './rounds';

/** A table is made again with another text: what a tool that knows nothing of billing does. */
export interface TextDefect extends Omit<Defect, 'spoil'> {
  readonly table: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/** What is wrong in the text of a table. */
export const TEXT_DEFECTS: readonly TextDefect[] = [
  {
    title: 'a type',
    table: 'plans',
    from: '"sort_order" integer',
    to: '"sort_order" text',
    finds: ['type changed plans sort_order'],
  },
  {
    title: 'a length',
    table: 'plans',
    from: '"stripe_product_id" varchar(255)',
    to: '"stripe_product_id" varchar(300)',
    finds: ['type changed plans stripe_product_id'],
  },
  {
    title: 'a collation',
    table: 'plans',
    from: '"name" varchar(100) NOT NULL',
    to: '"name" varchar(100) COLLATE NOCASE NOT NULL',
    finds: ['collation changed plans name'],
  },
  {
    title: 'NULL allowed',
    table: 'payment_attempts',
    from: '"idempotency_key" varchar(255) NOT NULL',
    to: '"idempotency_key" varchar(255)',
    finds: ['nullability changed payment_attempts idempotency_key'],
  },
  {
    title: 'NULL refused',
    table: 'plans',
    from: '"price_monthly" bigint',
    to: '"price_monthly" bigint NOT NULL',
    finds: ['nullability changed plans price_monthly'],
  },
  {
    title: 'a default',
    table: 'plans',
    from: '"trial_days" integer NOT NULL DEFAULT 0',
    to: '"trial_days" integer NOT NULL DEFAULT 7',
    finds: ['default changed plans trial_days'],
  },
  {
    title: 'a default that is gone',
    table: 'subscriptions',
    from: `"status" varchar(32) NOT NULL DEFAULT 'incomplete'`,
    to: '"status" varchar(32) NOT NULL',
    finds: ['default missing subscriptions status'],
  },
  {
    title: 'the text of a CHECK',
    table: 'subscriptions',
    from: '(quantity BETWEEN 0 AND',
    to: '(quantity BETWEEN 1 AND',
    finds: ['constraint changed subscriptions ck_subscriptions_quantity'],
  },
  {
    title: 'a CHECK that is gone',
    table: 'subscriptions',
    from: /\s*CONSTRAINT "ck_subscriptions_slot" CHECK \(.*\),\n/,
    to: '\n',
    finds: ['constraint missing subscriptions ck_subscriptions_slot'],
  },
  {
    title: 'a CHECK under another name',
    table: 'subscriptions',
    from: '"ck_subscriptions_trial"',
    to: '"host_trial"',
    finds: ['constraint renamed subscriptions ck_subscriptions_trial'],
  },
  {
    title: 'a UNIQUE that is gone',
    table: 'tenant_config',
    from: /\s*CONSTRAINT "uq_tenant_config_tenant_id" UNIQUE \(.*\),\n/,
    to: '\n',
    finds: ['constraint missing tenant_config uq_tenant_config_tenant_id'],
  },
  {
    title: 'a foreign key that is gone',
    table: 'tenant_config',
    from: /,\s*CONSTRAINT "fk_tenant_config_tenant_id" FOREIGN KEY .*\n/,
    to: '\n',
    finds: ['foreign key missing tenant_config fk_tenant_config_tenant_id'],
  },
  {
    title: 'the action of a foreign key',
    table: 'subscriptions',
    from: 'REFERENCES "plans" ("id") ON DELETE RESTRICT',
    to: 'REFERENCES "plans" ("id") ON DELETE CASCADE',
    finds: ['foreign key changed subscriptions fk_subscriptions_plan_id'],
  },
  {
    title: 'a foreign key that waits for the commit',
    table: 'user_subscriptions',
    from: 'REFERENCES "subscription_plans" ("id") ON DELETE RESTRICT',
    to: 'REFERENCES "subscription_plans" ("id") ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED',
    finds: ['foreign key changed user_subscriptions fk_user_subscriptions_plan_id'],
  },
  {
    title: 'a column that is gone, with its CHECK',
    table: 'subscription_plans',
    from: /\s*"description" text,([^]*)\s*CONSTRAINT "ck_subscription_plans_description" CHECK \(.*\),\n/,
    to: '$1',
    finds: [
      'column missing subscription_plans description',
      'constraint missing subscription_plans ck_subscription_plans_description',
    ],
  },
  {
    title: 'WITHOUT ROWID',
    table: 'direct_debit_tokens',
    from: /\)$/,
    to: ') WITHOUT ROWID',
    finds: ['table changed direct_debit_tokens direct_debit_tokens'],
  },
];

/** What is wrong beside the text of a table. */
export const DEFECTS: readonly Defect[] = [
  {
    title: 'an index that is gone',
    spoil: ['DROP INDEX ix_payment_attempts_user_subscription_id'],
    finds: ['index missing payment_attempts ix_payment_attempts_user_subscription_id'],
  },
  {
    title: 'the columns of an index in another order',
    spoil: [
      'DROP INDEX ix_payment_attempts_user_id',
      'CREATE INDEX ix_payment_attempts_user_id ON payment_attempts (user_id, id, created_at)',
    ],
    finds: ['index changed payment_attempts ix_payment_attempts_user_id'],
  },
  {
    title: 'the direction of an index',
    spoil: [
      'DROP INDEX ix_subscriptions_plan_id',
      'CREATE INDEX ix_subscriptions_plan_id ON subscriptions (plan_id DESC)',
    ],
    finds: ['index changed subscriptions ix_subscriptions_plan_id'],
  },
  {
    title: 'the collation of an index',
    spoil: [
      'DROP INDEX ix_subscriptions_tenant_id',
      'CREATE INDEX ix_subscriptions_tenant_id ON subscriptions (tenant_id COLLATE NOCASE)',
    ],
    finds: ['index changed subscriptions ix_subscriptions_tenant_id'],
  },
  {
    title: 'a predicate',
    spoil: [
      'DROP INDEX ix_user_subscriptions_due',
      `CREATE INDEX ix_user_subscriptions_due ON user_subscriptions (next_billing_at) WHERE status = 'active'`,
    ],
    finds: ['index changed user_subscriptions ix_user_subscriptions_due'],
  },
  {
    title: 'an index that is no longer unique',
    spoil: [
      'DROP INDEX uq_user_subscriptions_provider_subscription_id',
      'CREATE INDEX uq_user_subscriptions_provider_subscription_id ON user_subscriptions (provider, provider_subscription_id) WHERE provider_subscription_id IS NOT NULL',
    ],
    finds: ['index changed user_subscriptions uq_user_subscriptions_provider_subscription_id'],
  },
  {
    title: 'an index under another name',
    spoil: [
      'DROP INDEX ix_user_subscriptions_plan_id',
      'CREATE INDEX host_plans ON user_subscriptions (plan_id)',
    ],
    finds: ['index renamed user_subscriptions ix_user_subscriptions_plan_id'],
  },
  {
    title: 'a table that is gone',
    spoil: ['DROP TABLE tenant_config'],
    finds: ['table missing tenant_config tenant_config'],
    touches: ['tenant_config'],
  },
  {
    title: 'a migration that is not known here',
    spoil: [
      `INSERT INTO migrations (timestamp, name) VALUES (1999999999999, 'FromTheFuture1999999999999')`,
    ],
    finds: ['migration unknown  FromTheFuture1999999999999'],
    remedy: [`DELETE FROM migrations WHERE name LIKE 'FromTheFuture%'`],
  },
];
