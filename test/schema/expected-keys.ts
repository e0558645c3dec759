import type { BillingTableName } from '../support/billing-tables';
import {
  BILLABLE_STATUSES,
  CURRENT_ATTEMPT_STATUSES,
  KEPT_ATTEMPT_STATUSES,
  LIVE_STATUSES,
  OPEN_ATTEMPT_STATUSES,
  PERIOD_ATTEMPT_KINDS,
} from './words';

/** The foreign keys and indexes, as they were agreed on; by name. */

export interface ExpectedForeignKey {
  readonly table: BillingTableName;
  readonly column: string;
  readonly target: string;
  readonly onDelete: 'CASCADE' | 'RESTRICT' | 'SET NULL';
}

const foreignKey = (
  table: BillingTableName,
  column: string,
  target: string,
  onDelete: ExpectedForeignKey['onDelete'],
): [string, ExpectedForeignKey] => [`fk_${table}_${column}`, { table, column, target, onDelete }];

export const FOREIGN_KEYS: Readonly<Record<string, ExpectedForeignKey>> = Object.fromEntries([
  foreignKey('subscriptions', 'tenant_id', 'tenants', 'CASCADE'),
  foreignKey('subscriptions', 'plan_id', 'plans', 'RESTRICT'),
  foreignKey('subscriptions', 'pending_plan_id', 'plans', 'SET NULL'),
  foreignKey('tenant_config', 'tenant_id', 'tenants', 'CASCADE'),
  foreignKey('user_subscriptions', 'user_id', 'user', 'CASCADE'),
  foreignKey('user_subscriptions', 'plan_id', 'subscription_plans', 'RESTRICT'),
  foreignKey('user_subscriptions', 'direct_debit_token_id', 'direct_debit_tokens', 'SET NULL'),
  foreignKey('user_subscriptions', 'pending_plan_id', 'subscription_plans', 'SET NULL'),
  foreignKey('payment_attempts', 'user_id', 'user', 'CASCADE'),
  foreignKey('payment_attempts', 'user_subscription_id', 'user_subscriptions', 'SET NULL'),
  foreignKey('payment_attempts', 'direct_debit_token_id', 'direct_debit_tokens', 'SET NULL'),
  foreignKey('direct_debit_tokens', 'user_id', 'user', 'CASCADE'),
  foreignKey('direct_debit_tokens', 'replaced_by_id', 'direct_debit_tokens', 'SET NULL'),
]);

export interface ExpectedIndex {
  readonly table: BillingTableName;
  readonly columns: readonly string[];
  readonly unique: boolean;
  /** The words of a partial index's predicate, in order; empty if it holds every row. */
  readonly where: string;
}

const among = (column: string, words: readonly string[]): string => [column, ...words].join(' ');

const index = (
  table: BillingTableName,
  name: string,
  columns: readonly string[],
  where = '',
): [string, ExpectedIndex] => [`ix_${table}_${name}`, { table, columns, unique: false, where }];

const unique = (
  table: BillingTableName,
  name: string,
  columns: readonly string[],
  where = '',
): [string, ExpectedIndex] => [`uq_${table}_${name}`, { table, columns, unique: true, where }];

/** Those that find rows; none of them refuses any. */
export const PLAIN_INDEXES: Readonly<Record<string, ExpectedIndex>> = Object.fromEntries([
  index('subscriptions', 'tenant_id', ['tenant_id']),
  index('subscriptions', 'plan_id', ['plan_id']),
  index('subscriptions', 'pending_plan_id', ['pending_plan_id']),
  index('subscriptions', 'period_end', ['current_period_end'], among('status', LIVE_STATUSES)),
  index('user_subscriptions', 'user_id', ['user_id']),
  index('user_subscriptions', 'plan_id', ['plan_id']),
  index('user_subscriptions', 'direct_debit_token_id', ['direct_debit_token_id']),
  index('user_subscriptions', 'pending_plan_id', ['pending_plan_id']),
  index('user_subscriptions', 'due', ['next_billing_at'], among('status', BILLABLE_STATUSES)),
  index('payment_attempts', 'user_id', ['user_id', 'created_at', 'id']),
  index('payment_attempts', 'user_subscription_id', ['user_subscription_id']),
  index('payment_attempts', 'direct_debit_token_id', ['direct_debit_token_id']),
  index('payment_attempts', 'retry', ['next_retry_at'], 'next_retry_at is not null'),
  index('direct_debit_tokens', 'user_id', ['user_id']),
  index('direct_debit_tokens', 'replaced_by_id', ['replaced_by_id']),
]);

export const UNIQUE_KEYS: Readonly<Record<string, ExpectedIndex>> = Object.fromEntries([
  unique('plans', 'name', ['name']),
  unique('plans', 'stripe_price_id_monthly', ['stripe_price_id_monthly']),
  unique('plans', 'stripe_price_id_yearly', ['stripe_price_id_yearly']),
  unique('subscriptions', 'stripe_subscription_id', ['stripe_subscription_id']),
  unique(
    'subscriptions',
    'live_tenant',
    ['tenant_id', 'slot', 'livemode'],
    among('status', LIVE_STATUSES),
  ),
  unique('tenant_config', 'tenant_id', ['tenant_id']),
  unique('tenant_config', 'stripe_customer_id', ['stripe_customer_id']),
  unique('subscription_plans', 'code', ['code']),
  unique(
    'user_subscriptions',
    'live_user',
    ['user_id', 'slot', 'livemode'],
    among('status', LIVE_STATUSES),
  ),
  unique(
    'user_subscriptions',
    'provider_subscription_id',
    ['provider', 'provider_subscription_id'],
    'provider_subscription_id is not null',
  ),
  unique('payment_attempts', 'idempotency_key', ['idempotency_key']),
  unique(
    'payment_attempts',
    'provider_payment_id',
    ['provider', 'provider_payment_id', 'attempt_number'],
    'provider_payment_id is not null',
  ),
  unique(
    'payment_attempts',
    'current_payment',
    ['provider', 'provider_payment_id'],
    `provider_payment_id is not null and ${among('status', CURRENT_ATTEMPT_STATUSES)}`,
  ),
  unique(
    'payment_attempts',
    'open_period',
    ['user_subscription_id', 'period_start'],
    among('status', OPEN_ATTEMPT_STATUSES),
  ),
  unique(
    'payment_attempts',
    'paid_period',
    ['user_subscription_id', 'period_start'],
    `${among('status', KEPT_ATTEMPT_STATUSES)} and ${among('kind', PERIOD_ATTEMPT_KINDS)}`,
  ),
  unique(
    'direct_debit_tokens',
    'mandate_reference',
    ['provider', 'mandate_reference'],
    'mandate_reference is not null',
  ),
  unique(
    'direct_debit_tokens',
    'token_fingerprint',
    ['provider', 'token_fingerprint'],
    'token_fingerprint is not null',
  ),
  unique(
    'direct_debit_tokens',
    'default_user',
    ['user_id', 'livemode'],
    'is_default and status active',
  ),
]);
