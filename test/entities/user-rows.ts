import fc from 'fast-check';
import {
  BILLING_INTERVALS,
  CURRENCIES,
  DIRECT_DEBIT_SCHEMES,
  DirectDebitToken,
  MANDATE_STATUSES,
  PAYMENT_ATTEMPT_KINDS,
  PAYMENT_ATTEMPT_STATUSES,
  PaymentAttempt,
  SUBSCRIPTION_STATUSES,
  SubscriptionPlan,
  UserSubscription,
} from '../../src';
import {
  OTHER_USER,
  OTHER_USER_SUBSCRIPTION,
  TOKEN,
  USER,
  USER_PLAN,
  USER_SUBSCRIPTION,
} from '../schema/billing-database';
import { FINAL_STATUSES } from '../schema/words';
import {
  bothOrNeither,
  type EntityRows,
  entityRows,
  given,
  optional,
  period,
  required,
  type Row,
  statusWith,
} from './entity-rows';
import {
  characters,
  currency,
  flag,
  formatted,
  instant,
  json,
  reference,
  text,
  uuidReference,
  varchar,
  whole,
  word,
} from './values';

const money = whole(0, Number.MAX_SAFE_INTEGER);
const code = currency(CURRENCIES);
const user = reference(USER, OTHER_USER);
const positive = whole(1, 2 ** 31 - 1);
const isFinal = (status: string): boolean => FINAL_STATUSES.some((final) => final === status);

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export const USER_ROWS: readonly EntityRows[] = [
  entityRows(SubscriptionPlan, 'subscription_plans', {
    code: required(
      formatted(
        64,
        ['a', '0', 'gold-2_b', '9'.repeat(64), `a${'-'.repeat(63)}`],
        ['Gold', '-a', '_a', 'a b', 'ä', 'a\n', 'É', 'a.b', 'x'.repeat(65), 'ΑΣ'],
      ),
    ),
    name: required(varchar(100)),
    description: optional(text),
    amount: required(money),
    currency: required(code),
    billingInterval: required(word(BILLING_INTERVALS)),
    intervalCount: given(whole(1, 36), 1),
    trialDays: given(whole(0, 730), 0),
    features: given(json, {}),
    isActive: given(flag, true),
    sortOrder: given(whole(-(2 ** 31), 2 ** 31 - 1), 0),
  }),
  entityRows(
    DirectDebitToken,
    'direct_debit_tokens',
    {
      userId: required(user),
      provider: required(varchar(32)),
      scheme: required(word(DIRECT_DEBIT_SCHEMES)),
      status: given(word(MANDATE_STATUSES), 'pending_submission'),
      mandateReference: optional(varchar(255)),
      tokenCiphertext: optional(text),
      tokenKeyId: optional(varchar(64)),
      tokenFingerprint: optional(characters(64, `${DIGITS}abcdef`, 'ABCDEFg ١é')),
      bankName: optional(varchar(100)),
      accountEnding: optional(characters(4, DIGITS + UPPER, 'az .-١４Ä')),
      maxAmount: optional(money),
      currency: optional(code),
      activatedAt: optional(instant),
      expiresAt: optional(instant),
      lastUsedAt: optional(instant),
      revokedAt: optional(instant),
      isDefault: given(flag, false),
      replacedById: optional(uuidReference(TOKEN)),
    },
    [
      bothOrNeither('tokenCiphertext', 'tokenKeyId', [text, varchar(64)]),
      bothOrNeither('maxAmount', 'currency', [money, code]),
      statusWith(MANDATE_STATUSES, (status) => {
        if (status === 'active') return { set: ['activatedAt'] };
        return status === 'cancelled' ? { set: ['revokedAt'] } : {};
      }),
    ],
  ),
  entityRows(
    UserSubscription,
    'user_subscriptions',
    {
      userId: required(user),
      planId: required(uuidReference(USER_PLAN)),
      directDebitTokenId: optional(uuidReference(TOKEN)),
      status: given(word(SUBSCRIPTION_STATUSES), 'incomplete'),
      amount: required(money),
      currency: required(code),
      billingInterval: required(word(BILLING_INTERVALS)),
      intervalCount: given(whole(1, 36), 1),
      currentPeriodStart: optional(instant),
      currentPeriodEnd: optional(instant),
      trialStart: optional(instant),
      trialEnd: optional(instant),
      nextBillingAt: optional(instant),
      failedAttempts: given(whole(0, 2 ** 31 - 1), 0),
      graceUntil: optional(instant),
      cancelAtPeriodEnd: given(flag, false),
      canceledAt: optional(instant),
      endedAt: optional(instant),
      provider: optional(varchar(32)),
      providerSubscriptionId: optional(varchar(255)),
      lastEventAt: optional(instant),
      version: given(positive, 1),
    },
    [
      period('currentPeriodStart', 'currentPeriodEnd'),
      period('trialStart', 'trialEnd'),
      statusWith(SUBSCRIPTION_STATUSES, (status) =>
        isFinal(status) ? { set: ['endedAt'] } : { unset: ['endedAt'] },
      ),
      fc.oneof(
        fc.constantFrom<Row>(
          { providerSubscriptionId: null },
          { providerSubscriptionId: undefined },
        ),
        fc.record({ provider: varchar(32).right, providerSubscriptionId: varchar(255).right }),
      ),
    ],
  ),
  entityRows(
    PaymentAttempt,
    'payment_attempts',
    {
      userId: required(user),
      userSubscriptionId: optional(uuidReference(USER_SUBSCRIPTION, OTHER_USER_SUBSCRIPTION)),
      directDebitTokenId: optional(uuidReference(TOKEN)),
      kind: required(word(PAYMENT_ATTEMPT_KINDS)),
      status: given(word(PAYMENT_ATTEMPT_STATUSES), 'scheduled'),
      amount: required(whole(1, Number.MAX_SAFE_INTEGER)),
      currency: required(code),
      amountRefunded: given(money, 0),
      periodStart: optional(instant),
      periodEnd: optional(instant),
      attemptNumber: given(positive, 1),
      idempotencyKey: required(varchar(255)),
      provider: required(varchar(32)),
      providerPaymentId: optional(varchar(255)),
      failureCode: optional(varchar(64)),
      failureMessage: optional(text),
      nextRetryAt: optional(instant),
      scheduledAt: optional(instant),
      submittedAt: optional(instant),
      succeededAt: optional(instant),
      settledAt: optional(instant),
      failedAt: optional(instant),
    },
    [
      period('periodStart', 'periodEnd'),
      // Nothing of it, a part, all, or a little more.
      fc
        .tuple(fc.constantFrom(1, 2, 1900, Number.MAX_SAFE_INTEGER), fc.nat({ max: 9 }))
        .map(([amount, part]): Row => ({
          amount,
          amountRefunded: part === 9 ? amount + 1 : Math.floor((amount * part) / 8),
        })),
      statusWith(PAYMENT_ATTEMPT_STATUSES, (status) => {
        if (status === 'succeeded') return { set: ['succeededAt'] };
        return status === 'failed' ? { set: ['failedAt'] } : {};
      }),
    ],
  ),
];
