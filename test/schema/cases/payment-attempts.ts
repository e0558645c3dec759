import { day, OTHER_USER_SUBSCRIPTION, type Row, USER_SUBSCRIPTION } from '../billing-database';
import { type RuleCase, rulesOf } from '../rule-case';
import {
  CLOSED_ATTEMPT_STATUSES,
  CURRENT_ATTEMPT_STATUSES,
  FAILED_ATTEMPT_STATUSES,
  KEPT_ATTEMPT_STATUSES,
  OPEN_ATTEMPT_STATUSES,
  OTHER_ATTEMPT_KINDS,
  PERIOD_ATTEMPT_KINDS,
  TAKEN_ATTEMPT_STATUSES,
} from '../words';

/** The largest amount: 2^53 - 1 minor units. */
const MAX_MONEY = 9_007_199_254_740_991;
const STATUSES = [...OPEN_ATTEMPT_STATUSES, ...CLOSED_ATTEMPT_STATUSES];

const attempts = rulesOf('payment_attempts');

/** Due on 5 March, for one period of a subscription. */
const PERIOD: Row = {
  user_subscription_id: USER_SUBSCRIPTION,
  period_start: day(1),
  period_end: day(5),
};
const OTHER_PERIODS: readonly Row[] = [
  { ...PERIOD, user_subscription_id: OTHER_USER_SUBSCRIPTION },
  { ...PERIOD, user_subscription_id: null },
  { ...PERIOD, period_start: day(2) },
  { ...PERIOD, period_start: null, period_end: null },
];

const isAmong = (status: string, statuses: readonly string[]): boolean => statuses.includes(status);
/** What is given back in a status, of the amount of 1900. */
const GIVEN_BACK: Readonly<Record<string, number>> = { refunded: 1900, partially_refunded: 900 };

/** A status with all that it asks for. */
const inStatus = (status: string): Row => ({
  status,
  succeeded_at: isAmong(status, TAKEN_ATTEMPT_STATUSES) ? day(5) : null,
  failed_at: status === 'failed' ? day(5) : null,
  amount_refunded: GIVEN_BACK[status] ?? 0,
});
const others = (...statuses: string[]): string[] =>
  STATUSES.filter((status) => !isAmong(status, statuses));

/** An attempt at one payment of a provider. */
const atProvider = (status: string, attempt_number: number, more: Row = {}): Row => ({
  ...inStatus(status),
  ...{ provider: 'gocardless', provider_payment_id: 'PM1', attempt_number, ...more },
});

export const ATTEMPT_RULES: readonly RuleCase[] = [
  attempts.primaryKey(),
  attempts.unique('idempotency_key', ['idempotency_key'], {
    given: [{ idempotency_key: 'key-1' }],
    refused: [{ idempotency_key: 'key-1' }, { idempotency_key: 'key-1', provider: 'stripe' }],
    accepted: [{ idempotency_key: 'key-2' }],
  }),
  attempts.words('kind', [...PERIOD_ATTEMPT_KINDS, ...OTHER_ATTEMPT_KINDS], 16),
  attempts.words('status', STATUSES, 32, inStatus),
  attempts.check('amount', {
    refused: [
      { amount: -1 },
      { amount: MAX_MONEY + 1 },
      ...others('succeeded', 'partially_refunded').map((status) => ({
        ...inStatus(status),
        ...{ amount: 0, amount_refunded: 0 },
      })),
    ],
    accepted: [
      { amount: 1 },
      { amount: MAX_MONEY },
      // Nothing was to be taken: a trial, or a coupon over all of it.
      { ...inStatus('succeeded'), amount: 0 },
    ],
  }),
  attempts.currency(),
  attempts.check('amount_refunded', {
    refused: [
      { amount_refunded: -1 },
      { amount: 100, amount_refunded: 101 },
      { amount: 1, amount_refunded: MAX_MONEY },
    ],
    accepted: [
      { amount: 100, amount_refunded: 0 },
      { amount: 100, amount_refunded: 100 },
      { amount: MAX_MONEY, amount_refunded: MAX_MONEY },
    ],
  }),
  attempts.check('refund', {
    refused: [
      ...others('partially_refunded').map((status) => ({
        ...inStatus(status),
        ...{ amount: 100, amount_refunded: 50 },
      })),
      ...[0, 100].map((amount_refunded) => ({
        ...inStatus('partially_refunded'),
        ...{ amount: 100, amount_refunded },
      })),
      { ...inStatus('refunded'), amount: 100, amount_refunded: 0 },
    ],
    accepted: [
      ...STATUSES.map(inStatus),
      ...[1, 99].map((amount_refunded) => ({
        ...inStatus('partially_refunded'),
        ...{ amount: 100, amount_refunded },
      })),
      { ...inStatus('charged_back'), amount: 100, amount_refunded: 100 },
    ],
  }),
  attempts.period('period', { empty: true }),
  attempts.atLeast('attempt_number', 1),
  attempts.length('idempotency_key', 255),
  attempts.length('provider', 32),
  attempts.length('provider_payment_id', 255),
  attempts.length('failure_code', 64),
  attempts.setWhen(
    'succeeded_at',
    TAKEN_ATTEMPT_STATUSES,
    others(...TAKEN_ATTEMPT_STATUSES),
    inStatus,
  ),
  attempts.setWhen('failed_at', ['failed'], others('failed'), inStatus),
  attempts.jsonObject('metadata'),
  attempts.unique('provider_payment_id', ['provider', 'provider_payment_id', 'attempt_number'], {
    given: [atProvider('failed', 1), atProvider('failed', 1, { provider_payment_id: null })],
    refused: STATUSES.map((status) => atProvider(status, 1)),
    accepted: [
      ...STATUSES.map((status) => atProvider(status, 2)),
      atProvider('failed', 1, { provider: 'stripe' }),
      atProvider('failed', 1, { provider_payment_id: 'pm1' }),
      atProvider('failed', 1, { provider_payment_id: null }),
    ],
  }),
  ...CURRENT_ATTEMPT_STATUSES.map((status) =>
    attempts.unique('current_payment', ['provider', 'provider_payment_id'], {
      given: [atProvider('failed', 1), atProvider(status, 2)],
      refused: ['processing', 'succeeded', status].map((other) => atProvider(other, 3)),
      accepted: [
        ...FAILED_ATTEMPT_STATUSES.map((other) => atProvider(other, 3)),
        atProvider(status, 3, { provider: 'stripe' }),
        atProvider(status, 3, { provider_payment_id: 'pm1' }),
        atProvider(status, 3, { provider_payment_id: null }),
      ],
    }),
  ),
  ...OPEN_ATTEMPT_STATUSES.map((status) =>
    attempts.unique('open_period', ['user_subscription_id', 'period_start'], {
      given: [{ ...PERIOD, status }, ...OTHER_PERIODS.slice(1, 2)],
      refused: OPEN_ATTEMPT_STATUSES.map((other) => ({ ...PERIOD, status: other, kind: 'retry' })),
      accepted: [
        ...CLOSED_ATTEMPT_STATUSES.map((other) => ({ ...PERIOD, ...inStatus(other) })),
        ...OTHER_PERIODS.map((period) => ({ ...period, status })),
      ],
    }),
  ),
  ...PERIOD_ATTEMPT_KINDS.map((kind, index) => {
    const status = KEPT_ATTEMPT_STATUSES[index % KEPT_ATTEMPT_STATUSES.length] ?? '';
    return attempts.unique('paid_period', ['user_subscription_id', 'period_start'], {
      given: [{ ...PERIOD, kind, ...inStatus(status) }, ...OTHER_PERIODS.slice(1, 2)],
      refused: PERIOD_ATTEMPT_KINDS.flatMap((other) =>
        KEPT_ATTEMPT_STATUSES.map((kept) => ({ ...PERIOD, kind: other, ...inStatus(kept) })),
      ),
      accepted: [
        ...OTHER_ATTEMPT_KINDS.map((other) => ({ ...PERIOD, kind: other, ...inStatus(status) })),
        ...OTHER_PERIODS.map((period) => ({ ...period, kind, ...inStatus(status) })),
        ...others(...KEPT_ATTEMPT_STATUSES).map((other) => ({
          ...PERIOD,
          kind,
          ...inStatus(other),
        })),
      ],
    });
  }),
  attempts.unique('paid_period', ['user_subscription_id', 'period_start'], {
    given: [
      { ...PERIOD, kind: 'one_off', ...inStatus('succeeded') },
      { ...PERIOD, kind: 'renewal', ...inStatus('refunded') },
    ],
    refused: [],
    accepted: [{ ...PERIOD, kind: 'renewal', ...inStatus('succeeded') }],
  }),
];
