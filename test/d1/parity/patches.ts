import fc, { type Arbitrary } from 'fast-check';
import type { BillingTable, Values } from './actions';
import { mandateStatus, paymentStatus, subscriptionStatus } from './rows';
import {
  code,
  currency,
  flag,
  fresh,
  instant,
  integer,
  json,
  money,
  natural,
  nullable,
  price,
  ref,
  shared,
  smallMoney,
  some,
  span,
  text,
} from './values';

const only = (property: string, value: Arbitrary<unknown>): Arbitrary<Values> =>
  fc.record({ [property]: value });

/** What the validator can't see in a part of a row, and what only the database can answer for. */
const expression = (property: string, ...texts: string[]): Arbitrary<Values> =>
  only(property, fc.constantFrom(...texts.map((sql) => ({ sql }))));

const anyOf = (...arbitraries: Arbitrary<Values>[]): Arbitrary<Values> => fc.oneof(...arbitraries);

/** Changes to a row; many break a rule that stands over several columns. One unique key at most. */
export const PATCHES: Readonly<Record<BillingTable, Arbitrary<Values>>> = {
  plans: anyOf(
    only('name', fc.oneof(shared, fresh, text)),
    only('stripePriceIdMonthly', nullable(shared)),
    only('stripePriceIdYearly', nullable(shared)),
    some({ description: nullable(text), features: json, isActive: flag, sortOrder: integer }),
    some({ priceMonthly: nullable(money), priceYearly: nullable(money), currency }),
    only('trialDays', fc.constantFrom(0, 730, 731, -1, 0.5, null, '5')),
    expression('trialDays', 'trial_days + 400', 'trial_days - 1', 'NULL'),
    expression('name', `'from ' || currency`, 'NULL', `''`),
    expression('priceMonthly', 'price_yearly', 'price_monthly + 1', '-1'),
  ),
  subscriptions: anyOf(
    subscriptionStatus(false),
    subscriptionStatus(true),
    only('status', fc.constantFrom('canceled', 'active', 'no such status')),
    only('endedAt', nullable(instant)),
    only('tenantId', ref('tenants')),
    only('planId', ref('plans')),
    only('stripeSubscriptionId', nullable(shared)),
    only('currentPeriodEnd', nullable(instant)),
    only('unitAmount', nullable(money)),
    price('unitAmount'),
    span('trialStart', 'trialEnd'),
    some({ quantity: natural, cancelAtPeriodEnd: flag, cancelAt: nullable(instant) }),
    expression('version', 'version + 1', 'version - 1'),
  ),
  tenant_config: anyOf(
    only('tenantId', ref('tenants')),
    only('stripeCustomerId', nullable(shared)),
    some({ currency: nullable(currency), taxId: nullable(text) }),
  ),
  direct_debit_tokens: anyOf(
    mandateStatus,
    only('status', fc.constantFrom('active', 'cancelled')),
    only('isDefault', flag),
    only('mandateReference', nullable(shared)),
    only('tokenFingerprint', fc.constantFrom(null, '0f'.repeat(32))),
    only('tokenCiphertext', fc.constantFrom(null, 'c2VhbGVk')),
    only('replacedById', nullable(ref('direct_debit_tokens'))),
    only('maxAmount', nullable(money)),
    some({ bankName: nullable(text), accountEnding: fc.constantFrom(null, '0042'), lastUsedAt: instant }),
  ),
  subscription_plans: anyOf(
    only('code', fc.oneof(code, fresh)),
    some({ name: text, amount: money, features: json, isActive: flag, sortOrder: integer }),
    only('intervalCount', fc.constantFrom(1, 36, 37)),
    expression('intervalCount', 'interval_count + 30', '37', 'NULL'),
  ),
  user_subscriptions: anyOf(
    subscriptionStatus(false),
    subscriptionStatus(true),
    only('endedAt', nullable(instant)),
    only('userId', ref('user')),
    only('planId', ref('subscription_plans')),
    only('directDebitTokenId', nullable(ref('direct_debit_tokens'))),
    only('provider', fc.constantFrom(null, 'stripe')),
    only('providerSubscriptionId', nullable(shared)),
    only('currentPeriodStart', nullable(instant)),
    some({ nextBillingAt: nullable(instant), failedAttempts: natural, amount: money }),
    expression('failedAttempts', 'failed_attempts - 1'),
  ),
  payment_attempts: anyOf(
    paymentStatus,
    paymentStatus,
    only('status', fc.constantFrom('succeeded', 'failed', 'scheduled')),
    only('userSubscriptionId', nullable(ref('user_subscriptions'))),
    only('directDebitTokenId', nullable(ref('direct_debit_tokens'))),
    only('idempotencyKey', shared),
    only('providerPaymentId', nullable(shared)),
    only('amountRefunded', fc.constantFrom(0, 1, 900, 2 ** 41)),
    only('amount', smallMoney),
    only('periodEnd', nullable(instant)),
    some({ failureCode: nullable(text), failureMessage: nullable(text), nextRetryAt: instant }),
  ),
};
