import { show } from '../../src/entities/columns/values';
import { Tenant } from '../../src/host/stand-ins';
import { Plan } from '../../src/entities/tenant-billing/plan';
import { Subscription } from '../../src/entities/tenant-billing/subscription';
import { PaymentAttempt } from '../../src/entities/user-billing/payment-attempt';
import {
  NOON,
  ONE,
  PLAN_ID,
  TENANT_ID,
  TOKEN_ID,
  VALID,
  beforeInsert,
  beforeUpdate,
  make,
  refusal,
  refused,
} from './entity-samples';

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('U6 what an insert fills in', () => {
  it('U6 gives a plan its key, defaults, nulls and timestamps', () => {
    const plan = beforeInsert(VALID.plan());
    expect(plan).toEqual({
      id: expect.stringMatching(UUID_7) as string,
      name: 'Team',
      description: null,
      stripeProductId: null,
      stripePriceIdMonthly: null,
      stripePriceIdYearly: null,
      priceMonthly: null,
      priceYearly: null,
      currency: 'USD',
      trialDays: 0,
      features: {},
      isActive: true,
      sortOrder: 0,
      livemode: true,
      metadata: {},
      createdAt: expect.any(Date) as Date,
      updatedAt: plan.createdAt,
    });
    expect(plan.updatedAt).not.toBe(plan.createdAt);
    expect(beforeInsert(VALID.plan()).features).not.toBe(plan.features);
    expect(beforeInsert(VALID.plan()).metadata).not.toBe(plan.metadata);
  });

  it('U6 makes keys in the order of time', () => {
    const ids = Array.from({ length: 50 }, () => beforeInsert(VALID.plan()).id);
    expect([...ids].sort()).toEqual(ids);
  });

  it.each([
    ['subscription', { status: 'incomplete', billingInterval: 'month', quantity: 1, version: 1 }],
    ['subscription', { slot: 'default', intervalCount: 1, pauseBehavior: null, livemode: true }],
    ['tenantConfig', { stripeCustomerId: null, billingEmail: null, currency: null, taxId: null }],
    ['subscriptionPlan', { intervalCount: 1, trialDays: 0, features: {}, isActive: true }],
    ['userSubscription', { status: 'incomplete', intervalCount: 1, failedAttempts: 0, version: 1 }],
    ['userSubscription', { slot: 'default', quantity: 1, billingAnchor: null, cancelAt: null }],
    ['paymentAttempt', { status: 'scheduled', amountRefunded: 0, attemptNumber: 1 }],
    ['directDebitToken', { status: 'pending_submission', isDefault: false, replacedById: null }],
  ] as const)('U6 gives a %s its defaults', (name, defaults) => {
    expect(beforeInsert<object>(VALID[name]())).toMatchObject(defaults);
  });

  it('U6 keeps what was given', () => {
    const plan = beforeInsert(
      Object.assign(VALID.plan(), {
        id: PLAN_ID,
        createdAt: NOON,
        updatedAt: ONE,
        isActive: false,
      }),
    );
    expect(plan).toMatchObject({ id: PLAN_ID, createdAt: NOON, updatedAt: ONE, isActive: false });
  });

  it('U6 takes the keys of the rows that are given, and makes one for a row not yet saved', () => {
    const plan = VALID.plan();
    const subscription = beforeInsert(
      make(Subscription, { tenant: make(Tenant, { id: TENANT_ID }), plan }),
    );
    expect(subscription.tenantId).toBe(TENANT_ID);
    expect(subscription.planId).toMatch(UUID_7);
    expect(plan.id).toBe(subscription.planId);
  });

  it('U6 refuses a key that contradicts the row given beside it', () => {
    const plan = Object.assign(VALID.plan(), { id: PLAN_ID });
    expect(refused(VALID.subscription(), { planId: TOKEN_ID, plan })).toEqual(['planId']);
    expect(
      refused(VALID.userSubscription(), { directDebitTokenId: TOKEN_ID, directDebitToken: null }),
    ).toEqual(['directDebitTokenId']);
  });

  it('U6 leaves the key of a host row that is saved along to TypeORM', () => {
    const subscription = make(Subscription, { planId: PLAN_ID, tenant: new Tenant() });
    expect(beforeInsert(subscription).tenantId).toBeUndefined();
  });

  it('U6 writes -0 as 0', () => {
    expect(
      Object.is(beforeInsert(Object.assign(VALID.plan(), { priceMonthly: -0 })).priceMonthly, 0),
    ).toBe(true);
  });
});

describe('U6 what an update checks', () => {
  it('U6 stamps the row and passes over what was not loaded', () => {
    const subscription = make(Subscription, { id: PLAN_ID, status: 'canceled', updatedAt: NOON });
    const before = Date.now();
    beforeUpdate(subscription);
    expect(subscription.updatedAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(subscription).toEqual({
      id: PLAN_ID,
      status: 'canceled',
      updatedAt: subscription.updatedAt,
    });
  });

  it('U6 refuses what is loaded and wrong, and rules that can be judged', () => {
    const error = refusal(() =>
      beforeUpdate(make(Subscription, { quantity: -1, status: 'canceled', endedAt: null })),
    );
    expect(error.details?.failures).toEqual([
      { property: 'quantity', value: -1, expected: 'a whole number from 0 to 2147483647' },
      {
        property: 'endedAt',
        value: null,
        expected: 'a value when status is incomplete_expired or canceled, and null otherwise',
      },
    ]);
  });

  it('U6 refuses null where there is a default, or no NULL', () => {
    const error = refusal(() => beforeUpdate(make(Plan, { name: null, isActive: null })));
    expect(error.details?.failures.map(({ property }) => property)).toEqual(['name', 'isActive']);
  });
});

describe('U6 the error', () => {
  it('U6 lists every failure with its value and what was expected', () => {
    const error = refusal(() =>
      beforeInsert(make(Plan, { name: '', trialDays: 1.5, features: [], stripeProductId: 7n })),
    );
    expect(error.code).toBe('VALIDATION_FAILED');
    expect(error.details).toEqual({
      entity: 'Plan',
      table: 'plans',
      failures: [
        { property: 'name', value: '', expected: 'text of 1 to 100 characters' },
        {
          property: 'stripeProductId',
          value: 7n,
          expected: 'text of 1 to 255 characters, or null',
        },
        { property: 'trialDays', value: 1.5, expected: 'a whole number from 0 to 730' },
        {
          property: 'features',
          value: [],
          expected:
            'a plain object that JSON can hold unchanged (no Date, undefined, NaN, NUL character ' +
            'or inherited key such as toString)',
        },
      ],
    });
    expect(error.message).toBe(
      'A row for plans breaks its rules: name is "", expected text of 1 to 100 characters; ' +
        'stripeProductId is 7n, expected text of 1 to 255 characters, or null; ' +
        'trialDays is 1.5, expected a whole number from 0 to 730; ' +
        'features is [], expected a plain object that JSON can hold unchanged (no Date, ' +
        'undefined, NaN, NUL character or inherited key such as toString). ' +
        'Correct the values and save again; nothing was written.',
    );
    expect(error.cause).toBeUndefined();
  });

  it('U6 says which required values are missing', () => {
    expect(refused(new PaymentAttempt(), {})).toEqual([
      'userId',
      'kind',
      'amount',
      'currency',
      'idempotencyKey',
      'provider',
    ]);
  });

  it.each([
    { tokenCiphertext: 'hush-hush\0', tokenKeyId: 'k' },
    {
      tokenCiphertext: { toString: (): string => 'hush-hush', hush: 'hush-hush' },
      tokenKeyId: 'k',
    },
    { tokenCiphertext: 'hush-hush', tokenKeyId: null },
    { tokenFingerprint: 'hush-hush' },
  ])('U6 never shows a token: %#', (values) => {
    const error = refusal(() => beforeInsert(Object.assign(VALID.directDebitToken(), values)));
    const all = [error.message, error.stack, JSON.stringify(error), JSON.stringify(error.details)];
    expect(all.join()).not.toContain('hush');
    expect(error.cause).toBeUndefined();
    expect(error.details?.failures).toHaveLength(1);
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [-0, '-0'],
    [Number.NaN, 'NaN'],
    [NOON, '2026-03-01T12:00:00.000Z'],
    [new Date(Number.NaN), 'an invalid Date'],
    [() => 1, 'a function'],
    [{ a: [1] }, '{"a":[1]}'],
    ['x'.repeat(500), `"${'x'.repeat(78)}…`],
    ['😀'.repeat(90), `"${'😀'.repeat(78)}…`],
  ])('U6 shows %p as %s', (value, text) => {
    expect(show(value)).toBe(text);
  });

  it('U6 shows what JSON cannot', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(show(circular)).toBe('[object Object]');
  });
});
