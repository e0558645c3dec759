import { validate } from 'class-validator';
import { Plan } from '../../src/entities/tenant-billing/plan';
import { Subscription } from '../../src/entities/tenant-billing/subscription';
import { validateBilling } from '../../src/entities/validate-billing';
import { BillingError } from '../../src/errors';
import { NOON, ONE, TENANT_ID, VALID, accepted, make, refused } from './entity-samples';

describe('U6 values', () => {
  it.each(['', 'x'.repeat(101), 'a\0b', '\ud800', 5, '😀'.repeat(101)])(
    'U6 refuses %p as a name',
    (name) => {
      expect(refused(VALID.plan(), { name })).toEqual(['name']);
    },
  );

  it('U6 counts text in code points', () => {
    accepted(VALID.plan(), { name: '😀'.repeat(100), description: '' });
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN, Infinity, '5', 5n])('U6 refuses %p as money', (amount) => {
    expect(refused(VALID.subscriptionPlan(), { amount })).toEqual(['amount']);
  });

  it('U6 takes money up to the largest safe integer, and no payment of nothing', () => {
    accepted(VALID.subscriptionPlan(), { amount: 9007199254740991 });
    accepted(VALID.subscriptionPlan(), { amount: 0 });
    expect(refused(VALID.paymentAttempt(), { amount: 0 })).toEqual(['amount']);
  });

  it.each([
    ['plan', { trialDays: 731 }],
    ['plan', { trialDays: -1 }],
    ['plan', { sortOrder: 2 ** 31 }],
    ['plan', { currency: 'usd' }],
    ['plan', { currency: 'XXX' }],
    ['plan', { currency: 'BGN' }],
    ['plan', { isActive: 1 }],
    ['subscription', { tenantId: TENANT_ID.toUpperCase() }],
    ['subscription', { tenantId: 'a tenant' }],
    ['subscription', { status: 'cancelled' }],
    ['subscription', { billingInterval: 'week' }],
    ['subscription', { version: 0 }],
    ['tenantConfig', { billingEmail: 'nobody' }],
    ['tenantConfig', { taxId: '' }],
    ['subscriptionPlan', { code: '-pro' }],
    ['subscriptionPlan', { code: 'Pro' }],
    ['subscriptionPlan', { code: 'pro\n' }],
    ['subscriptionPlan', { intervalCount: 0 }],
    ['subscriptionPlan', { intervalCount: 37 }],
    ['userSubscription', { userId: '' }],
    ['userSubscription', { failedAttempts: -1 }],
    ['userSubscription', { nextBillingAt: '2026-03-01' }],
    ['userSubscription', { nextBillingAt: new Date(Number.NaN) }],
    ['userSubscription', { nextBillingAt: new Date(-1) }],
    ['userSubscription', { nextBillingAt: new Date(Date.UTC(10_000, 0)) }],
    ['paymentAttempt', { attemptNumber: 0 }],
    ['paymentAttempt', { kind: 'refund' }],
    ['directDebitToken', { accountEnding: '123' }],
    ['directDebitToken', { accountEnding: '12 4' }],
    ['directDebitToken', { tokenFingerprint: 'A'.repeat(64) }],
    ['directDebitToken', { scheme: 'sepa' }],
  ] as const)('U6 refuses a %s with %p', (name, values) => {
    expect(refused(VALID[name](), values)).toEqual(Object.keys(values));
  });

  it('U6 takes each end of a range', () => {
    accepted(VALID.plan(), { trialDays: 730, sortOrder: -(2 ** 31) });
    accepted(VALID.subscriptionPlan(), { intervalCount: 36, code: '0_a-z' });
    accepted(VALID.userSubscription(), {
      nextBillingAt: new Date(0),
      graceUntil: new Date(Date.UTC(9999, 11, 31, 23, 59, 59, 999)),
    });
    accepted(VALID.directDebitToken(), {
      accountEnding: '12AB',
      tokenFingerprint: '0f'.repeat(32),
    });
  });

  it.each([
    [{ at: new Date() }],
    [{ a: undefined }],
    [{ a: Number.NaN }],
    [{ a: -0 }],
    [{ a: 1n }],
    [{ 'a\0': 1 }],
    [{ a: ['\udc00'] }],
    [{ a: new Map() }],
    // A hole, which JSON would turn into null.
    [{ a: Array(2) }],
    [{ toString: {} }],
    [JSON.parse('{"__proto__":{"a":1}}') as object],
    [new Plan()],
    [[]],
    ['{}'],
  ])('U6 refuses features %p', (features) => {
    expect(refused(VALID.plan(), { features })).toEqual(['features']);
  });

  it('U6 takes features that JSON holds, to a hundred levels', () => {
    let deep: object = {};
    for (let level = 1; level < 100; level++) deep = { deep };
    accepted(VALID.plan(), { features: { a: [1, 'x', null, true, { b: 0.5 }], '': 1e300 } });
    accepted(VALID.plan(), { features: deep });
    expect(refused(VALID.plan(), { features: { deep } })).toEqual(['features']);
  });
});

describe('U6 rules of a row', () => {
  it.each([
    ['plan', { stripePriceIdMonthly: 'p', stripePriceIdYearly: 'p' }, 'stripePriceIdYearly'],
    ['subscription', { unitAmount: 5 }, 'currency'],
    ['subscription', { currency: 'EUR' }, 'currency'],
    ['subscription', { currentPeriodStart: NOON }, 'currentPeriodEnd'],
    ['subscription', { currentPeriodStart: NOON, currentPeriodEnd: NOON }, 'currentPeriodEnd'],
    ['subscription', { trialStart: ONE, trialEnd: NOON }, 'trialEnd'],
    ['subscription', { status: 'canceled' }, 'endedAt'],
    ['subscription', { status: 'active', endedAt: NOON }, 'endedAt'],
    ['userSubscription', { status: 'incomplete_expired' }, 'endedAt'],
    ['userSubscription', { providerSubscriptionId: 's' }, 'provider'],
    ['paymentAttempt', { amountRefunded: 901 }, 'amountRefunded'],
    ['paymentAttempt', { periodEnd: NOON }, 'periodEnd'],
    ['paymentAttempt', { status: 'succeeded' }, 'succeededAt'],
    ['paymentAttempt', { status: 'failed' }, 'failedAt'],
    ['directDebitToken', { tokenCiphertext: 'c' }, 'tokenKeyId'],
    ['directDebitToken', { maxAmount: 5 }, 'currency'],
    ['directDebitToken', { status: 'active' }, 'activatedAt'],
    ['directDebitToken', { status: 'cancelled' }, 'revokedAt'],
  ] as const)('U6 refuses a %s with %p', (name, values, property) => {
    expect(refused(VALID[name](), values)).toEqual([property]);
  });

  it.each([
    ['plan', { stripePriceIdMonthly: 'p', stripePriceIdYearly: 'q' }],
    ['subscription', { unitAmount: 0, currency: 'EUR' }],
    ['subscription', { currentPeriodStart: NOON, currentPeriodEnd: ONE }],
    ['subscription', { status: 'canceled', endedAt: NOON, cancelAtPeriodEnd: true }],
    ['userSubscription', { provider: 'p', providerSubscriptionId: 's' }],
    ['userSubscription', { provider: 'p' }],
    ['paymentAttempt', { amountRefunded: 900, status: 'refunded' }],
    ['paymentAttempt', { status: 'succeeded', succeededAt: NOON }],
    ['directDebitToken', { tokenCiphertext: 'c', tokenKeyId: 'k' }],
    ['directDebitToken', { status: 'active', activatedAt: NOON }],
  ] as const)('U6 takes a %s with %p', (name, values) => {
    accepted(VALID[name](), values);
  });

  it('U6 reports a value that is wrong in itself, and no rule that rests on it', () => {
    expect(
      refused(VALID.subscription(), { currentPeriodStart: NOON, currentPeriodEnd: 'later' }),
    ).toEqual(['currentPeriodEnd']);
  });
});

describe('U6 class-validator on its own', () => {
  it('U6 sees the same rules in a plain validate(), by messages that read as sentences', async () => {
    const subscription = Object.assign(VALID.subscription(), {
      quantity: 1.5,
      status: 'canceled',
      endedAt: null,
    });
    const errors = await validate(subscription);
    expect(errors.map(({ constraints }) => constraints)).toEqual([
      { ck_subscriptions_quantity: 'quantity must be a whole number from 0 to 2147483647' },
      {
        ck_subscriptions_ended_at_row:
          'endedAt must have a value when status is incomplete_expired or canceled, and null ' +
          'otherwise',
      },
    ]);
  });

  it('U6 lets a missing value with a default, a NULL or a key to be made pass', async () => {
    for (const entity of Object.values(VALID)) expect(await validate(entity())).toEqual([]);
  });

  it('U6 refuses a missing value without one', async () => {
    const errors = await validate(new Subscription());
    expect(errors.map(({ property }) => property)).toEqual(['tenantId', 'planId']);
  });

  it('U6 holds for a class that the host derives from ours', () => {
    class OurPlan extends Plan {}
    expect(() => validateBilling(make(OurPlan, { name: '' }), 'update')).toThrow(BillingError);
  });
});
