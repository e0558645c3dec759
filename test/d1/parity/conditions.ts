import fc, { type Arbitrary } from 'fast-check';
import { PAYMENT_ATTEMPT_STATUSES, SUBSCRIPTION_STATUSES } from '../../../src';
import type { BillingTable, Condition } from './actions';
import {
  code,
  currency,
  flag,
  instant,
  integer,
  money,
  natural,
  ref,
  shared,
  text,
} from './values';

const condition = (
  property: string,
  value: Arbitrary<unknown>,
  ...operators: Condition['operator'][]
): Arbitrary<Condition> =>
  fc.record({
    property: fc.constant(property),
    operator: fc.constantFrom(...operators),
    values: fc.array(value, { minLength: 2, maxLength: 3 }),
  });

const equal = (property: string, value: Arbitrary<unknown>): Arbitrary<Condition> =>
  condition(property, value, 'equal', 'not', 'in');

const optional = (property: string, value: Arbitrary<unknown>): Arbitrary<Condition> =>
  condition(property, value, 'equal', 'not', 'in', 'isNull', 'isNotNull');

const ordered = (property: string, value: Arbitrary<unknown>): Arbitrary<Condition> =>
  condition(property, value, 'equal', 'less', 'moreOrEqual', 'between', 'isNull', 'isNotNull');

/**
 * `Like` and `ILike`, which takes `a` for `A`: patterns without a letter beyond ASCII, of which SQLite
 * does not know upper and lower case, and without a backslash, which only `Like` knows there.
 */
const like = (property: string): Arbitrary<Condition> =>
  condition(
    property,
    fc.constantFrom('team%', 'Team', '%A_B%', '%5%', '%', 's_ared', '%" %', '%?%', '{*', '[%'),
    'like',
    'ilike',
  );

export const CONDITIONS: Readonly<Record<BillingTable, Arbitrary<Condition>>> = {
  plans: fc.oneof(
    equal('name', shared),
    like('name'),
    optional('description', text),
    like('description'),
    ordered('priceMonthly', money),
    equal('currency', currency),
    equal('isActive', flag),
    ordered('sortOrder', integer),
    ordered('createdAt', instant),
  ),
  subscriptions: fc.oneof(
    equal('tenantId', ref('tenants')),
    equal('planId', ref('plans')),
    equal('status', fc.constantFrom(...SUBSCRIPTION_STATUSES)),
    ordered('currentPeriodEnd', instant),
    ordered('endedAt', instant),
    ordered('quantity', natural),
    equal('cancelAtPeriodEnd', flag),
  ),
  tenant_config: fc.oneof(
    equal('tenantId', ref('tenants')),
    optional('stripeCustomerId', shared),
    optional('taxId', text),
    like('billingEmail'),
  ),
  direct_debit_tokens: fc.oneof(
    equal('userId', ref('user')),
    optional('mandateReference', shared),
    optional('tokenFingerprint', fc.constant('0f'.repeat(32))),
    optional('replacedById', ref('direct_debit_tokens')),
    equal('isDefault', flag),
    ordered('maxAmount', money),
    optional('accountEnding', fc.constantFrom('0042', 'A1B2', 'a1b2', '0042 ')),
  ),
  subscription_plans: fc.oneof(
    equal('code', code),
    equal('name', text),
    like('name'),
    ordered('amount', money),
    ordered('intervalCount', fc.constantFrom(1, 36)),
    equal('isActive', flag),
  ),
  user_subscriptions: fc.oneof(
    equal('userId', ref('user')),
    equal('planId', ref('subscription_plans')),
    optional('directDebitTokenId', ref('direct_debit_tokens')),
    equal('status', fc.constantFrom(...SUBSCRIPTION_STATUSES)),
    ordered('nextBillingAt', instant),
    ordered('failedAttempts', natural),
    optional('providerSubscriptionId', shared),
  ),
  payment_attempts: fc.oneof(
    equal('userId', ref('user')),
    optional('userSubscriptionId', ref('user_subscriptions')),
    equal('status', fc.constantFrom(...PAYMENT_ATTEMPT_STATUSES)),
    ordered('amount', money),
    ordered('nextRetryAt', instant),
    ordered('periodStart', instant),
    optional('failureMessage', text),
    like('failureCode'),
  ),
};

/** What rows are sorted by, before their ids; of texts the order is the database's own. */
export const ORDERS: Readonly<Record<BillingTable, readonly string[]>> = {
  plans: ['priceMonthly', 'sortOrder', 'isActive', 'createdAt'],
  subscriptions: ['currentPeriodEnd', 'quantity', 'unitAmount', 'createdAt'],
  tenant_config: ['createdAt'],
  direct_debit_tokens: ['maxAmount', 'isDefault', 'expiresAt'],
  subscription_plans: ['amount', 'sortOrder', 'createdAt'],
  user_subscriptions: ['nextBillingAt', 'amount', 'failedAttempts'],
  payment_attempts: ['amount', 'nextRetryAt', 'createdAt'],
};

export const SUMS: readonly (readonly [BillingTable, string])[] = [
  ['plans', 'priceMonthly'],
  ['plans', 'trialDays'],
  ['subscriptions', 'version'],
  ['subscription_plans', 'amount'],
  ['user_subscriptions', 'failedAttempts'],
  ['payment_attempts', 'amount'],
  ['payment_attempts', 'amountRefunded'],
];
