import type { BillingTableName } from '../support/billing-tables';

/**
 * The columns of the seven tables, as they were agreed on: written out, and not derived from the
 * entities or the migrations, which are what is tested against it.
 */

export interface ExpectedColumn {
  /** Postgres' type. */
  readonly type: string;
  readonly nullable: boolean;
  /** What a row that does not name the column gets; undefined if it must. */
  readonly default?: string | number | boolean | object | null;
}

/** In the place of a default: the time of the insert. */
export const NOW = { now: true } as const;
/** In the place of a default: a uuid that Postgres makes, and SQLite can't. */
export const NEW_UUID = { uuid: true } as const;

const required = (type: string): ExpectedColumn => ({ type, nullable: false });
const nullable = (type: string): ExpectedColumn => ({ type, nullable: true, default: null });
const given = (type: string, value: ExpectedColumn['default']): ExpectedColumn => ({
  type,
  nullable: false,
  default: value ?? null,
});

const id = given('uuid', NEW_UUID);
/** To the millisecond, which is what a Date holds. */
const INSTANT = 'timestamptz(3)';
const last = {
  livemode: given('boolean', true),
  metadata: given('jsonb', {}),
  created_at: given(INSTANT, NOW),
  updated_at: given(INSTANT, NOW),
};
const pause = { pause_behavior: nullable('varchar(32)'), resumes_at: nullable(INSTANT) };
const pending = { pending_plan_id: nullable('uuid'), pending_from: nullable(INSTANT) };
const periods = {
  current_period_start: nullable(INSTANT),
  current_period_end: nullable(INSTANT),
  trial_start: nullable(INSTANT),
  trial_end: nullable(INSTANT),
};

export const COLUMNS: Readonly<Record<BillingTableName, Readonly<Record<string, ExpectedColumn>>>> =
  {
    plans: {
      id,
      name: required('varchar(100)'),
      description: nullable('text'),
      stripe_product_id: nullable('varchar(255)'),
      stripe_price_id_monthly: nullable('varchar(255)'),
      stripe_price_id_yearly: nullable('varchar(255)'),
      price_monthly: nullable('bigint'),
      price_yearly: nullable('bigint'),
      currency: given('char(3)', 'USD'),
      trial_days: given('integer', 0),
      features: given('jsonb', {}),
      is_active: given('boolean', true),
      sort_order: given('integer', 0),
      ...last,
    },
    subscriptions: {
      id,
      tenant_id: required('uuid'),
      plan_id: required('uuid'),
      stripe_subscription_id: nullable('varchar(255)'),
      status: given('varchar(32)', 'incomplete'),
      slot: given('varchar(64)', 'default'),
      billing_interval: given('varchar(16)', 'month'),
      interval_count: given('smallint', 1),
      quantity: given('integer', 1),
      unit_amount: nullable('bigint'),
      currency: nullable('char(3)'),
      ...periods,
      cancel_at_period_end: given('boolean', false),
      cancel_at: nullable(INSTANT),
      canceled_at: nullable(INSTANT),
      ...pause,
      ...pending,
      ended_at: nullable(INSTANT),
      last_event_at: nullable(INSTANT),
      version: given('integer', 1),
      ...last,
    },
    tenant_config: {
      id,
      tenant_id: required('uuid'),
      stripe_customer_id: nullable('varchar(255)'),
      billing_email: nullable('varchar(320)'),
      currency: nullable('char(3)'),
      tax_id: nullable('varchar(64)'),
      ...last,
    },
    subscription_plans: {
      id,
      code: required('varchar(64)'),
      name: required('varchar(100)'),
      description: nullable('text'),
      amount: required('bigint'),
      currency: required('char(3)'),
      billing_interval: required('varchar(16)'),
      interval_count: given('smallint', 1),
      trial_days: given('integer', 0),
      features: given('jsonb', {}),
      is_active: given('boolean', true),
      sort_order: given('integer', 0),
      ...last,
    },
    user_subscriptions: {
      id,
      user_id: required('text'),
      plan_id: required('uuid'),
      direct_debit_token_id: nullable('uuid'),
      status: given('varchar(32)', 'incomplete'),
      slot: given('varchar(64)', 'default'),
      quantity: given('integer', 1),
      amount: required('bigint'),
      currency: required('char(3)'),
      billing_interval: required('varchar(16)'),
      interval_count: given('smallint', 1),
      billing_anchor: nullable(INSTANT),
      ...periods,
      next_billing_at: nullable(INSTANT),
      failed_attempts: given('integer', 0),
      grace_until: nullable(INSTANT),
      cancel_at_period_end: given('boolean', false),
      cancel_at: nullable(INSTANT),
      canceled_at: nullable(INSTANT),
      ended_at: nullable(INSTANT),
      ...pause,
      ...pending,
      provider: nullable('varchar(32)'),
      provider_subscription_id: nullable('varchar(255)'),
      last_event_at: nullable(INSTANT),
      version: given('integer', 1),
      ...last,
    },
    payment_attempts: {
      id,
      user_id: required('text'),
      user_subscription_id: nullable('uuid'),
      direct_debit_token_id: nullable('uuid'),
      kind: required('varchar(16)'),
      status: given('varchar(32)', 'scheduled'),
      amount: required('bigint'),
      currency: required('char(3)'),
      amount_refunded: given('bigint', 0),
      period_start: nullable(INSTANT),
      period_end: nullable(INSTANT),
      attempt_number: given('integer', 1),
      idempotency_key: required('varchar(255)'),
      provider: required('varchar(32)'),
      provider_payment_id: nullable('varchar(255)'),
      failure_code: nullable('varchar(64)'),
      failure_message: nullable('text'),
      next_retry_at: nullable(INSTANT),
      scheduled_at: nullable(INSTANT),
      submitted_at: nullable(INSTANT),
      succeeded_at: nullable(INSTANT),
      settled_at: nullable(INSTANT),
      failed_at: nullable(INSTANT),
      ...last,
    },
    direct_debit_tokens: {
      id,
      user_id: required('text'),
      provider: required('varchar(32)'),
      scheme: required('varchar(32)'),
      status: given('varchar(32)', 'pending_submission'),
      mandate_reference: nullable('varchar(255)'),
      token_ciphertext: nullable('text'),
      token_key_id: nullable('varchar(64)'),
      token_fingerprint: nullable('char(64)'),
      bank_name: nullable('varchar(100)'),
      account_ending: nullable('varchar(4)'),
      max_amount: nullable('bigint'),
      currency: nullable('char(3)'),
      activated_at: nullable(INSTANT),
      expires_at: nullable(INSTANT),
      last_used_at: nullable(INSTANT),
      revoked_at: nullable(INSTANT),
      is_default: given('boolean', false),
      replaced_by_id: nullable('uuid'),
      ...last,
    },
  };
