import type { ValidationDetails } from '../../src/entities/columns/validation-error';
import { Plan } from '../../src/entities/tenant-billing/plan';
import { Subscription } from '../../src/entities/tenant-billing/subscription';
import { TenantConfig } from '../../src/entities/tenant-billing/tenant-config';
import { DirectDebitToken } from '../../src/entities/user-billing/direct-debit-token';
import { PaymentAttempt } from '../../src/entities/user-billing/payment-attempt';
import { SubscriptionPlan } from '../../src/entities/user-billing/subscription-plan';
import { UserSubscription } from '../../src/entities/user-billing/user-subscription';
import { BillingError } from '../../src/errors';

export const TENANT_ID = '6f1c2a58-3a53-4d60-9ad6-0b2f0a6c3d11';
export const PLAN_ID = '0198c0de-0000-7000-8000-000000000001';
export const TOKEN_ID = '0198c0de-0000-7000-8000-000000000002';
export const NOON = new Date('2026-03-01T12:00:00.000Z');
export const ONE = new Date('2026-03-01T13:00:00.000Z');

type Class<T> = new () => T;

/** The least that each entity must be given. */
export const VALID = {
  plan: () => make(Plan, { name: 'Team' }),
  subscription: () => make(Subscription, { tenantId: TENANT_ID, planId: PLAN_ID }),
  tenantConfig: () => make(TenantConfig, { tenantId: TENANT_ID }),
  subscriptionPlan: () =>
    make(SubscriptionPlan, {
      code: 'pro',
      name: 'Pro',
      amount: 900,
      currency: 'EUR',
      billingInterval: 'month',
    }),
  userSubscription: () =>
    make(UserSubscription, {
      userId: 'u1',
      planId: PLAN_ID,
      amount: 900,
      currency: 'EUR',
      billingInterval: 'month',
    }),
  paymentAttempt: () =>
    make(PaymentAttempt, {
      userId: 'u1',
      kind: 'initial',
      amount: 900,
      currency: 'EUR',
      idempotencyKey: 'k1',
      provider: 'gocardless',
    }),
  directDebitToken: () =>
    make(DirectDebitToken, { userId: 'u1', provider: 'gocardless', scheme: 'bacs' }),
};

export function make<T extends object>(type: Class<T>, values: object): T {
  return Object.assign(new type(), values);
}

/** Does what TypeORM does before an insert: calls the entity's listeners. */
export function beforeInsert<T extends object>(entity: T): T {
  (entity as unknown as { prepareInsert(): void }).prepareInsert();
  return entity;
}

export function beforeUpdate<T extends object>(entity: T): T {
  (entity as unknown as { prepareUpdate(): void }).prepareUpdate();
  return entity;
}

export function refusal(act: () => unknown): BillingError<ValidationDetails> {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(BillingError);
    return error as BillingError<ValidationDetails>;
  }
  throw new Error('Nothing was refused.');
}

/** The properties that an insert is refused for. */
export function refused(entity: object, values: object): string[] {
  return (
    refusal(() => beforeInsert(Object.assign(entity, values))).details?.failures.map(
      ({ property }) => property,
    ) ?? []
  );
}

export function accepted(entity: object, values: object): void {
  expect(() => beforeInsert(Object.assign(entity, values))).not.toThrow();
}
