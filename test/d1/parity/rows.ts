import fc, { type Arbitrary } from 'fast-check';
import {
  BILLING_INTERVALS,
  DIRECT_DEBIT_SCHEMES,
  MANDATE_STATUSES,
  OPEN_PAYMENT_ATTEMPT_STATUSES,
  PAYMENT_ATTEMPT_KINDS,
  PAYMENT_ATTEMPT_STATUSES,
  SUBSCRIPTION_STATUSES,
} from '../../../src';
import type { BillingTable, Values } from './actions';
import {
  code,
  currency,
  flag,
  fresh,
  givenId,
  instant,
  integer,
  json,
  merge,
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

/**
 * Rows that the rules allow, for the most part. At most one unique key of a row may be taken already:
 * of two, Postgres tells the one and SQLite the other.
 */
export const ROWS: Readonly<Record<BillingTable, Arbitrary<Values>>> = {
  plans: oneKeyTaken(['name', 'stripePriceIdMonthly', 'stripePriceIdYearly', 'id'], ({ taken }) =>
    merge(
      fc.record({ name: taken === 'name' ? shared : fresh }),
      some({
        description: nullable(text),
        stripeProductId: nullable(text),
        stripePriceIdMonthly: taken === 'stripePriceIdMonthly' ? shared : nullable(fresh),
        stripePriceIdYearly: taken === 'stripePriceIdYearly' ? shared : nullable(fresh),
        priceMonthly: nullable(money),
        priceYearly: nullable(money),
        currency,
        trialDays: fc.constantFrom(0, 14, 730),
        features: json,
        isActive: flag,
        sortOrder: integer,
      }),
    ),
  ),
  subscriptions: oneKeyTaken(['live', 'stripe', 'id'], ({ taken }) =>
    merge(
      fc.record({ tenantId: ref('tenants'), planId: ref('plans') }),
      subscriptionStatus(taken !== 'live'),
      some({
        stripeSubscriptionId: taken === 'stripe' ? shared : nullable(fresh),
        billingInterval: fc.constantFrom('month', 'year'),
        quantity: natural,
        cancelAtPeriodEnd: flag,
        cancelAt: nullable(instant),
        canceledAt: nullable(instant),
        lastEventAt: nullable(instant),
        version: fc.constantFrom(1, 2),
      }),
      price('unitAmount'),
      span('currentPeriodStart', 'currentPeriodEnd'),
      span('trialStart', 'trialEnd'),
    ),
  ),
  tenant_config: merge(
    fc.record({ tenantId: ref('tenants') }),
    some({
      stripeCustomerId: nullable(fresh),
      billingEmail: fc.constantFrom(null, 'a@example.com', 'A@EXAMPLE.COM'),
      currency: nullable(currency),
      taxId: nullable(text),
    }),
  ),
  direct_debit_tokens: oneKeyTaken(['default', 'mandate', 'fingerprint', 'id'], ({ taken }) =>
    merge(
      fc.record({
        userId: ref('user'),
        provider: fc.constantFrom('gocardless', 'stripe'),
        scheme: fc.constantFrom(...DIRECT_DEBIT_SCHEMES),
      }),
      taken === 'default'
        ? fc.record({
            status: fc.constant('active'),
            activatedAt: instant,
            isDefault: fc.constant(true),
          })
        : merge(mandateStatus, some({ isDefault: fc.constant(false) })),
      some({
        mandateReference: taken === 'mandate' ? shared : nullable(fresh),
        tokenFingerprint:
          taken === 'fingerprint' ? fc.constant('0f'.repeat(32)) : fc.constant(null),
        bankName: nullable(text),
        accountEnding: fc.constantFrom(null, '0042', 'A1B2'),
        expiresAt: nullable(instant),
        lastUsedAt: nullable(instant),
        replacedById: nullable(ref('direct_debit_tokens')),
      }),
      fc.constantFrom({}, { tokenCiphertext: 'c2VhbGVk', tokenKeyId: 'key-1' }),
      price('maxAmount'),
    ),
  ),
  subscription_plans: oneKeyTaken(['code', 'id'], ({ taken }) =>
    merge(
      fc.record({
        code: taken === 'code' ? code : fresh,
        name: text,
        amount: money,
        currency,
        billingInterval: fc.constantFrom(...BILLING_INTERVALS),
      }),
      some({
        description: nullable(text),
        intervalCount: fc.constantFrom(1, 36),
        trialDays: fc.constantFrom(0, 730),
        features: json,
        isActive: flag,
        sortOrder: integer,
      }),
    ),
  ),
  user_subscriptions: oneKeyTaken(['live', 'provider', 'id'], ({ taken }) =>
    merge(
      fc.record({
        userId: ref('user'),
        planId: ref('subscription_plans'),
        amount: money,
        currency,
        billingInterval: fc.constantFrom(...BILLING_INTERVALS),
      }),
      subscriptionStatus(taken !== 'live'),
      taken === 'provider'
        ? fc.record({ provider: fc.constant('stripe'), providerSubscriptionId: shared })
        : some({ provider: fc.constantFrom('gocardless', 'stripe') }),
      some({
        directDebitTokenId: nullable(ref('direct_debit_tokens')),
        intervalCount: fc.constantFrom(1, 12),
        nextBillingAt: nullable(instant),
        failedAttempts: natural,
        graceUntil: nullable(instant),
        cancelAtPeriodEnd: flag,
        canceledAt: nullable(instant),
        lastEventAt: nullable(instant),
        version: fc.constantFrom(1, 2),
      }),
      span('currentPeriodStart', 'currentPeriodEnd'),
      span('trialStart', 'trialEnd'),
    ),
  ),
  payment_attempts: oneKeyTaken(['period', 'idempotency', 'payment', 'id'], ({ taken }) =>
    merge(
      fc.record({
        userId: ref('user'),
        kind: fc.constantFrom(...PAYMENT_ATTEMPT_KINDS),
        amount: smallMoney,
        currency,
        idempotencyKey: taken === 'idempotency' ? shared : fresh,
        provider: fc.constantFrom('gocardless', 'stripe'),
      }),
      taken === 'period'
        ? merge(
            paymentStatus,
            fc.record({
              userSubscriptionId: ref('user_subscriptions'),
              periodStart: fc.constant(new Date('2026-03-01T00:00:00.000Z')),
              periodEnd: fc.constant(new Date('2026-04-01T00:00:00.000Z')),
            }),
          )
        : fc.constantFrom({ status: 'canceled' }, { status: 'refunded', userSubscriptionId: null }),
      some({
        directDebitTokenId: nullable(ref('direct_debit_tokens')),
        providerPaymentId: taken === 'payment' ? shared : nullable(fresh),
        attemptNumber: fc.constantFrom(1, 2, 2 ** 31 - 1),
        failureCode: nullable(text),
        failureMessage: nullable(text),
        nextRetryAt: nullable(instant),
        scheduledAt: nullable(instant),
        submittedAt: nullable(instant),
        settledAt: nullable(instant),
      }),
      fc.constantFrom({}, { amountRefunded: 1 }),
    ),
  ),
};

function oneKeyTaken<const Key extends string>(
  keys: readonly Key[],
  rows: (choice: { taken: Key | undefined }) => Arbitrary<Values>,
): Arbitrary<Values> {
  return fc
    .constantFrom<(Key | undefined)[]>(undefined, ...keys)
    .chain((taken) =>
      merge(rows({ taken }), taken === 'id' ? fc.record({ id: givenId }) : NOTHING),
    );
}

const NOTHING = fc.constant<Values>({});

/** A status and the time that goes with it. */
export function subscriptionStatus(final: boolean): Arbitrary<Values> {
  const ended = fc.record({
    status: fc.constantFrom('canceled', 'incomplete_expired'),
    endedAt: instant,
  });
  const live = fc.record({
    status: fc.constantFrom(
      ...SUBSCRIPTION_STATUSES.filter((one) => !['canceled', 'incomplete_expired'].includes(one)),
    ),
  });
  return final ? ended : fc.oneof(live, NOTHING);
}

export const mandateStatus: Arbitrary<Values> = fc
  .tuple(fc.constantFrom(...MANDATE_STATUSES), instant)
  .map(([status, at]) => ({
    status,
    ...(status === 'active' && { activatedAt: at }),
    ...(status === 'cancelled' && { revokedAt: at }),
  }));

export const paymentStatus: Arbitrary<Values> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...OPEN_PAYMENT_ATTEMPT_STATUSES, 'succeeded' as const),
      fc.constantFrom(...PAYMENT_ATTEMPT_STATUSES),
    ),
    instant,
  )
  .map(([status, at]) => ({
    status,
    ...(status === 'succeeded' && { succeededAt: at }),
    ...(status === 'failed' && { failedAt: at }),
  }));
