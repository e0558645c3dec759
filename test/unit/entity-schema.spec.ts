import { DataSource, getMetadataArgsStorage, In } from 'typeorm';
import { moneyTransformer } from '../../src/entities/columns/money';
import { show } from '../../src/entities/columns/values';
import { Tenant, User } from '../../src/host/stand-ins';
import { Plan } from '../../src/entities/tenant-billing/plan';
import { Subscription } from '../../src/entities/tenant-billing/subscription';
import { TenantConfig } from '../../src/entities/tenant-billing/tenant-config';
import { DirectDebitToken } from '../../src/entities/user-billing/direct-debit-token';
import { PaymentAttempt } from '../../src/entities/user-billing/payment-attempt';
import { SubscriptionPlan } from '../../src/entities/user-billing/subscription-plan';
import { UserSubscription } from '../../src/entities/user-billing/user-subscription';
import {
  BILLABLE_SUBSCRIPTION_STATUSES,
  CURRENCIES,
  FINAL_SUBSCRIPTION_STATUSES,
  LIVE_SUBSCRIPTION_STATUSES,
  SUBSCRIPTION_STATUSES,
  minorUnitDigits,
} from '../../src/entities/vocabulary';
import { refusal } from './entity-samples';

describe('U6 money between the database and JavaScript', () => {
  const site = { entity: 'Plan', table: 'plans', property: 'priceYearly', column: 'price_yearly' };
  const money = moneyTransformer(site, 'an amount');

  it('U6 reads what either engine gives as a number', () => {
    expect(money.from('9007199254740991')).toBe(9007199254740991);
    expect(money.from(12)).toBe(12);
    expect(money.from(null)).toBeNull();
    expect(money.from(undefined)).toBeUndefined();
  });

  it.each(['9007199254740992', '1.5', '', 'x', 1.5, {}])('U6 refuses to read %p', (value) => {
    const error = refusal(() => money.from(value) as unknown);
    expect(error.code).toBe('VALUE_OUT_OF_RANGE');
    expect(error.message).toBe(
      `plans.price_yearly holds ${show(value)}, which JavaScript can't hold exactly as a whole ` +
        'number: correct the stored value, which must be an amount.',
    );
  });

  it('U6 writes whole numbers, and leaves null, undefined and find operators alone', () => {
    const operator = In([1, 2]);
    expect(money.to(5)).toBe(5);
    expect(Object.is(money.to(-0), 0)).toBe(true);
    expect(money.to(null)).toBeNull();
    expect(money.to(undefined)).toBeUndefined();
    expect(money.to(operator)).toBe(operator);
  });

  it('U6 refuses to write a fraction, by whatever way it came', () => {
    const error = refusal(() => money.to(1.5) as unknown);
    expect(error.code).toBe('VALIDATION_FAILED');
    expect(error.details).toEqual({
      entity: 'Plan',
      table: 'plans',
      failures: [{ property: 'priceYearly', value: 1.5, expected: 'an amount' }],
    });
  });
});

describe('U6 vocabularies', () => {
  it('U6 splits the subscription statuses into live and final', () => {
    expect([...LIVE_SUBSCRIPTION_STATUSES, ...FINAL_SUBSCRIPTION_STATUSES].sort()).toEqual(
      [...SUBSCRIPTION_STATUSES].sort(),
    );
    expect(LIVE_SUBSCRIPTION_STATUSES).toEqual(
      expect.arrayContaining([...BILLABLE_SUBSCRIPTION_STATUSES]),
    );
  });

  it('U6 lists the active currencies, each once, and the exponents that are not 2', () => {
    expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
    expect(CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
    for (const gone of ['BGN', 'HRK', 'ANG', 'SLL', 'ZWL', 'CUC', 'XAU', 'XDR', 'XXX', 'XTS']) {
      expect(CURRENCIES).not.toContain(gone);
    }
    const withDigits = (digits: number) =>
      CURRENCIES.filter((code) => minorUnitDigits(code) === digits);
    expect(withDigits(0)).toHaveLength(17);
    expect(withDigits(3)).toEqual(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']);
    expect(withDigits(4)).toEqual(['CLF', 'UYW']);
  });
});

describe('T3 U1 U2 names', () => {
  const entities = [
    Plan,
    Subscription,
    TenantConfig,
    SubscriptionPlan,
    UserSubscription,
    PaymentAttempt,
    DirectDebitToken,
  ];

  class Unconnected extends DataSource {
    async build(): Promise<this> {
      await this.buildMetadatas();
      return this;
    }
  }

  it('T3 U1 names every key, constraint and index by one rule', async () => {
    const dataSource = await new Unconnected({
      type: 'postgres',
      entities: [Tenant, User, ...entities],
    }).build();
    const names = entities.flatMap((entity) => {
      const metadata = dataSource.getMetadata(entity);
      return [
        ...metadata.primaryColumns.map((column) => column.primaryKeyConstraintName),
        ...metadata.uniques.map(({ name }) => name),
        ...metadata.indices.map(({ name }) => name),
        ...metadata.foreignKeys.map(({ name, onDelete }) => `${name} ${onDelete}`),
      ];
    });
    expect([...names].sort()).toEqual(
      [
        'pk_plans',
        'uq_plans_name',
        'uq_plans_stripe_price_id_monthly',
        'uq_plans_stripe_price_id_yearly',
        'pk_subscriptions',
        'uq_subscriptions_stripe_subscription_id',
        'uq_subscriptions_live_tenant',
        'ix_subscriptions_tenant_id',
        'ix_subscriptions_plan_id',
        'ix_subscriptions_pending_plan_id',
        'ix_subscriptions_period_end',
        'fk_subscriptions_tenant_id CASCADE',
        'fk_subscriptions_plan_id RESTRICT',
        'fk_subscriptions_pending_plan_id SET NULL',
        'pk_tenant_config',
        'uq_tenant_config_tenant_id',
        'uq_tenant_config_stripe_customer_id',
        'fk_tenant_config_tenant_id CASCADE',
        'pk_subscription_plans',
        'uq_subscription_plans_code',
        'pk_user_subscriptions',
        'uq_user_subscriptions_live_user',
        'uq_user_subscriptions_provider_subscription_id',
        'ix_user_subscriptions_user_id',
        'ix_user_subscriptions_plan_id',
        'ix_user_subscriptions_direct_debit_token_id',
        'ix_user_subscriptions_pending_plan_id',
        'ix_user_subscriptions_due',
        'fk_user_subscriptions_user_id CASCADE',
        'fk_user_subscriptions_plan_id RESTRICT',
        'fk_user_subscriptions_pending_plan_id SET NULL',
        'fk_user_subscriptions_direct_debit_token_id SET NULL',
        'pk_payment_attempts',
        'uq_payment_attempts_idempotency_key',
        'uq_payment_attempts_provider_payment_id',
        'uq_payment_attempts_current_payment',
        'uq_payment_attempts_open_period',
        'uq_payment_attempts_paid_period',
        'ix_payment_attempts_user_id',
        'ix_payment_attempts_user_subscription_id',
        'ix_payment_attempts_direct_debit_token_id',
        'ix_payment_attempts_retry',
        'fk_payment_attempts_user_id CASCADE',
        'fk_payment_attempts_user_subscription_id SET NULL',
        'fk_payment_attempts_direct_debit_token_id SET NULL',
        'pk_direct_debit_tokens',
        'uq_direct_debit_tokens_mandate_reference',
        'uq_direct_debit_tokens_token_fingerprint',
        'uq_direct_debit_tokens_default_user',
        'ix_direct_debit_tokens_user_id',
        'ix_direct_debit_tokens_replaced_by_id',
        'fk_direct_debit_tokens_user_id CASCADE',
        'fk_direct_debit_tokens_replaced_by_id SET NULL',
      ].sort(),
    );
  });

  it('U6 gives every CHECK a name, and a text that TypeORM reads back from SQLite', () => {
    const checks = getMetadataArgsStorage().checks.filter(({ target }) =>
      entities.some((entity) => entity === target),
    );
    expect(checks).toHaveLength(130);
    for (const { name, expression } of checks) {
      expect(name).toMatch(/^ck_[a-z0-9_]{1,60}$/);
      expect(expression).not.toContain('),');
    }
    const text = new Map(checks.map(({ name, expression }) => [name, expression]));
    expect(text.get('ck_subscriptions_ended_at')).toBe(
      "((ended_at IS NOT NULL) = (status IN ('incomplete_expired', 'canceled'))) AND " +
        "(ended_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00')",
    );
    expect(text.get('ck_user_subscriptions_provider')).toBe(
      '(provider_subscription_id IS NULL OR provider IS NOT NULL) AND ' +
        '(length(provider) BETWEEN 1 AND 32)',
    );
  });
});
