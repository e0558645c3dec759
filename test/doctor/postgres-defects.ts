import type { Defect } from './rounds';

/** What is wrong with tables, columns and constraints. */
export const TABLE_DEFECTS: readonly Defect[] = [
  {
    title: 'a table that is gone, with what referred to it',
    spoil: ['DROP TABLE direct_debit_tokens CASCADE'],
    finds: [
      'table missing direct_debit_tokens direct_debit_tokens',
      'foreign key missing direct_debit_tokens fk_direct_debit_tokens_user_id',
      'foreign key missing direct_debit_tokens fk_direct_debit_tokens_replaced_by_id',
      'foreign key missing payment_attempts fk_payment_attempts_direct_debit_token_id',
      'foreign key missing user_subscriptions fk_user_subscriptions_direct_debit_token_id',
    ],
    touches: ['direct_debit_tokens', 'payment_attempts', 'user_subscriptions'],
  },
  {
    title: 'a view in place of a table',
    spoil: [
      'ALTER TABLE tenant_config RENAME TO host_config',
      'CREATE VIEW tenant_config AS SELECT * FROM host_config',
    ],
    finds: ['table changed tenant_config tenant_config'],
    remedy: ['DROP VIEW tenant_config', 'ALTER TABLE host_config RENAME TO tenant_config'],
    touches: ['tenant_config'],
  },
  {
    title: 'a column that is gone, with its CHECK',
    spoil: ['ALTER TABLE plans DROP COLUMN trial_days'],
    finds: ['column missing plans trial_days', 'constraint missing plans ck_plans_trial_days'],
  },
  {
    title: 'a column under another name',
    spoil: ['ALTER TABLE plans RENAME COLUMN sort_order TO position'],
    finds: ['column renamed plans sort_order'],
  },
  {
    title: 'a type',
    spoil: ['ALTER TABLE plans ALTER COLUMN sort_order TYPE bigint'],
    finds: ['type changed plans sort_order'],
  },
  {
    title: 'a length',
    spoil: ['ALTER TABLE plans ALTER COLUMN stripe_product_id TYPE varchar(300)'],
    finds: ['type changed plans stripe_product_id'],
  },
  {
    title: 'a precision',
    spoil: ['ALTER TABLE plans ALTER COLUMN created_at TYPE timestamptz'],
    finds: ['type changed plans created_at'],
  },
  {
    title: 'a time without its zone',
    spoil: [
      'ALTER TABLE payment_attempts DROP CONSTRAINT ck_payment_attempts_settled_at, ALTER COLUMN settled_at TYPE timestamp(3)',
    ],
    finds: [
      'type changed payment_attempts settled_at',
      'constraint missing payment_attempts ck_payment_attempts_settled_at',
    ],
  },
  {
    title: 'json in place of jsonb',
    spoil: [
      'ALTER TABLE plans DROP CONSTRAINT ck_plans_features, ALTER COLUMN features TYPE json',
      `ALTER TABLE plans ALTER COLUMN features SET DEFAULT '{}'`,
    ],
    finds: ['type changed plans features', 'constraint missing plans ck_plans_features'],
    hides: ['the rows of plans that ck_plans_features would reject'],
  },
  {
    title: 'a collation',
    spoil: ['ALTER TABLE plans ALTER COLUMN name TYPE varchar(100) COLLATE "C"'],
    finds: ['collation changed plans name'],
  },
  {
    title: 'a default',
    spoil: ['ALTER TABLE plans ALTER COLUMN trial_days SET DEFAULT 7'],
    finds: ['default changed plans trial_days'],
  },
  {
    title: 'a default that is gone',
    spoil: ['ALTER TABLE subscriptions ALTER COLUMN status DROP DEFAULT'],
    finds: ['default missing subscriptions status'],
  },
  {
    title: 'a default of the key that is gone',
    spoil: ['ALTER TABLE plans ALTER COLUMN id DROP DEFAULT'],
    finds: ['default missing plans id'],
  },
  {
    title: 'an identity, which takes no value',
    spoil: [
      'ALTER TABLE plans ALTER COLUMN sort_order DROP DEFAULT',
      'ALTER TABLE plans ALTER COLUMN sort_order ADD GENERATED ALWAYS AS IDENTITY',
    ],
    finds: ['default changed plans sort_order'],
  },
  {
    title: 'NULL allowed',
    spoil: ['ALTER TABLE payment_attempts ALTER COLUMN idempotency_key DROP NOT NULL'],
    finds: ['nullability changed payment_attempts idempotency_key'],
  },
  {
    title: 'NULL refused',
    spoil: ['ALTER TABLE plans ALTER COLUMN price_monthly SET NOT NULL'],
    finds: ['nullability changed plans price_monthly'],
  },
  {
    title: 'the text of a CHECK',
    spoil: [
      'ALTER TABLE plans DROP CONSTRAINT ck_plans_trial_days, ADD CONSTRAINT ck_plans_trial_days CHECK (trial_days BETWEEN 0 AND 731)',
    ],
    finds: ['constraint changed plans ck_plans_trial_days'],
  },
  {
    title: 'a CHECK that is gone',
    spoil: ['ALTER TABLE plans DROP CONSTRAINT ck_plans_price_monthly'],
    finds: ['constraint missing plans ck_plans_price_monthly'],
  },
  {
    title: 'a CHECK that heirs do not have',
    spoil: [
      'ALTER TABLE plans DROP CONSTRAINT ck_plans_trial_days, ADD CONSTRAINT ck_plans_trial_days CHECK (trial_days BETWEEN 0 AND 730) NO INHERIT',
    ],
    finds: ['constraint changed plans ck_plans_trial_days'],
  },
  {
    title: 'a CHECK under another name',
    spoil: ['ALTER TABLE plans RENAME CONSTRAINT ck_plans_trial_days TO days'],
    finds: ['constraint renamed plans ck_plans_trial_days'],
  },
  {
    title: 'a CHECK that is NOT VALID',
    spoil: [
      'ALTER TABLE plans DROP CONSTRAINT ck_plans_trial_days, ADD CONSTRAINT ck_plans_trial_days CHECK (trial_days BETWEEN 0 AND 730) NOT VALID',
    ],
    finds: ['constraint not valid plans ck_plans_trial_days'],
  },
  {
    title: 'a UNIQUE that is gone',
    spoil: ['ALTER TABLE tenant_config DROP CONSTRAINT uq_tenant_config_tenant_id'],
    finds: ['constraint missing tenant_config uq_tenant_config_tenant_id'],
  },
  {
    title: 'a UNIQUE that waits for the commit',
    spoil: [
      'ALTER TABLE plans DROP CONSTRAINT uq_plans_name, ADD CONSTRAINT uq_plans_name UNIQUE (name) DEFERRABLE INITIALLY DEFERRED',
    ],
    finds: ['constraint changed plans uq_plans_name'],
  },
  {
    title: 'a UNIQUE with another column',
    spoil: [
      'ALTER TABLE plans DROP CONSTRAINT uq_plans_name, ADD CONSTRAINT uq_plans_name UNIQUE (name, currency)',
    ],
    finds: ['constraint changed plans uq_plans_name'],
  },
  {
    title: 'a primary key that is gone, with what referred to it',
    spoil: ['ALTER TABLE subscription_plans DROP CONSTRAINT pk_subscription_plans CASCADE'],
    finds: [
      'constraint missing subscription_plans pk_subscription_plans',
      'foreign key missing user_subscriptions fk_user_subscriptions_pending_plan_id',
      'foreign key missing user_subscriptions fk_user_subscriptions_plan_id',
    ],
    touches: ['subscription_plans', 'user_subscriptions'],
  },
];
