import {
  day,
  OTHER_USER,
  OTHER_USER_SUBSCRIPTION,
  type Row,
  USER,
  USER_SUBSCRIPTION,
} from '../billing-database';
import { type RuleCase, rulesOf } from '../rule-case';
import {
  CLOSED_ATTEMPT_STATUSES,
  FINAL_STATUSES,
  LIVE_STATUSES,
  MANDATE_STATUSES,
  OPEN_ATTEMPT_STATUSES,
  OTHER_ATTEMPT_KINDS,
  PERIOD_ATTEMPT_KINDS,
  SCHEMES,
  SUBSCRIPTION_STATUSES,
} from '../words';

/** The largest amount: 2^53 - 1 minor units. */
const MAX_MONEY = 9_007_199_254_740_991;
const INTERVALS = ['day', 'week', 'month', 'year'];

const plans = rulesOf('subscription_plans');
const subscriptions = rulesOf('user_subscriptions');
const attempts = rulesOf('payment_attempts');
const tokens = rulesOf('direct_debit_tokens');

const codeLength = plans.length('code', 64);

const PLAN_RULES: readonly RuleCase[] = [
  plans.primaryKey(),
  plans.unique('code', ['code'], {
    given: [{ code: 'gold' }],
    refused: [{ code: 'gold' }],
    accepted: [{ code: 'gold-2' }],
  }),
  {
    ...codeLength,
    refused: [...codeLength.refused, { code: 'Gold' }, { code: 'golD' }],
    accepted: [...codeLength.accepted, { code: 'gold_2-b' }],
  },
  plans.length('name', 100),
  plans.range('amount', 0, MAX_MONEY),
  plans.currency(),
  plans.words('billing_interval', INTERVALS, 16),
  plans.range('interval_count', 1, 36),
  plans.range('trial_days', 0, 730),
  plans.atLeast('sort_order', -(2 ** 31)),
  plans.jsonObject('features'),
];

const isFinal = (status: string): boolean => FINAL_STATUSES.some((final) => final === status);
const inStatus = (status: string) => ({ status, ended_at: isFinal(status) ? day(9) : null });
const providerLength = subscriptions.length('provider', 32);

const SUBSCRIPTION_RULES: readonly RuleCase[] = [
  subscriptions.primaryKey({ user_id: OTHER_USER }),
  subscriptions.words('status', SUBSCRIPTION_STATUSES, 32, inStatus),
  subscriptions.range('amount', 0, MAX_MONEY),
  subscriptions.currency(),
  subscriptions.words('billing_interval', INTERVALS, 16),
  subscriptions.range('interval_count', 1, 36),
  subscriptions.period('current_period'),
  subscriptions.period('trial'),
  subscriptions.atLeast('failed_attempts', 0),
  subscriptions.check('ended_at', {
    refused: [
      ...FINAL_STATUSES.map((status) => ({ status })),
      ...LIVE_STATUSES.map((status) => ({ status, ended_at: day(9) })),
    ],
    accepted: SUBSCRIPTION_STATUSES.map(inStatus),
  }),
  {
    ...providerLength,
    refused: [...providerLength.refused, { provider_subscription_id: 'sub_1' }],
    accepted: [
      ...providerLength.accepted,
      { provider: 'stripe', provider_subscription_id: 'sub_1' },
      { provider: null, provider_subscription_id: null },
    ],
  },
  subscriptions.length('provider_subscription_id', 255, { provider: 'stripe' }),
  subscriptions.atLeast('version', 1),
  ...LIVE_STATUSES.map((status) =>
    subscriptions.unique('live_user', ['user_id'], {
      given: [{ status }, ...FINAL_STATUSES.map(inStatus)],
      refused: LIVE_STATUSES.map(inStatus),
      accepted: [...FINAL_STATUSES.map(inStatus), { status, user_id: OTHER_USER }],
    }),
  ),
  subscriptions.unique('live_user', ['user_id'], {
    given: [...FINAL_STATUSES, ...FINAL_STATUSES].map(inStatus),
    refused: [],
    accepted: SUBSCRIPTION_STATUSES.map(inStatus),
  }),
  uniqueAtProvider(subscriptions, 'provider_subscription_id', inStatus('canceled')),
];

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
const SUCCEEDED = { status: 'succeeded', succeeded_at: day(5) };
const times = (status: string): Row => ({
  succeeded_at: status === 'succeeded' ? day(5) : null,
  failed_at: status === 'failed' ? day(5) : null,
});

const ATTEMPT_RULES: readonly RuleCase[] = [
  attempts.primaryKey(),
  attempts.unique('idempotency_key', ['idempotency_key'], {
    given: [{ idempotency_key: 'key-1' }],
    refused: [{ idempotency_key: 'key-1' }, { idempotency_key: 'key-1', provider: 'stripe' }],
    accepted: [{ idempotency_key: 'key-2' }],
  }),
  attempts.words('kind', [...PERIOD_ATTEMPT_KINDS, ...OTHER_ATTEMPT_KINDS], 16),
  attempts.words('status', [...OPEN_ATTEMPT_STATUSES, ...CLOSED_ATTEMPT_STATUSES], 32, times),
  attempts.range('amount', 1, MAX_MONEY),
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
  attempts.period('period'),
  attempts.atLeast('attempt_number', 1),
  attempts.length('idempotency_key', 255),
  attempts.length('provider', 32),
  attempts.length('provider_payment_id', 255),
  attempts.length('failure_code', 64),
  attempts.setWhen('succeeded_at', 'succeeded', 'refunded'),
  attempts.setWhen('failed_at', 'failed', 'scheduled'),
  uniqueAtProvider(attempts, 'provider_payment_id'),
  ...OPEN_ATTEMPT_STATUSES.map((status) =>
    attempts.unique('open_period', ['user_subscription_id', 'period_start'], {
      given: [{ ...PERIOD, status }, ...OTHER_PERIODS.slice(1, 2)],
      refused: OPEN_ATTEMPT_STATUSES.map((other) => ({ ...PERIOD, status: other, kind: 'retry' })),
      accepted: [
        ...CLOSED_ATTEMPT_STATUSES.map((other) => ({ ...PERIOD, status: other, ...times(other) })),
        ...OTHER_PERIODS.map((period) => ({ ...period, status })),
      ],
    }),
  ),
  ...PERIOD_ATTEMPT_KINDS.map((kind) =>
    attempts.unique('paid_period', ['user_subscription_id', 'period_start'], {
      given: [{ ...PERIOD, kind, ...SUCCEEDED }, ...OTHER_PERIODS.slice(1, 2)],
      refused: PERIOD_ATTEMPT_KINDS.map((other) => ({ ...PERIOD, kind: other, ...SUCCEEDED })),
      accepted: [
        ...OTHER_ATTEMPT_KINDS.map((other) => ({ ...PERIOD, kind: other, ...SUCCEEDED })),
        ...OTHER_PERIODS.map((period) => ({ ...period, kind, ...SUCCEEDED })),
        { ...PERIOD, kind, status: 'failed', failed_at: day(5) },
        { ...PERIOD, kind, status: 'refunded', succeeded_at: day(5) },
      ],
    }),
  ),
  attempts.unique('paid_period', ['user_subscription_id', 'period_start'], {
    given: [
      { ...PERIOD, kind: 'one_off', ...SUCCEEDED },
      { ...PERIOD, kind: 'renewal', status: 'refunded' },
    ],
    refused: [],
    accepted: [{ ...PERIOD, kind: 'renewal', ...SUCCEEDED }],
  }),
];

const ACTIVE = { status: 'active', activated_at: day(1) };
const HEX = '0123456789abcdef'.repeat(4);

const TOKEN_RULES: readonly RuleCase[] = [
  tokens.primaryKey(),
  tokens.length('provider', 32),
  tokens.words('scheme', SCHEMES, 32),
  tokens.words('status', MANDATE_STATUSES, 32, (status) => ({
    activated_at: status === 'active' ? day(1) : null,
    revoked_at: status === 'cancelled' ? day(1) : null,
  })),
  tokens.length('mandate_reference', 255),
  tokens.length('token_key_id', 64, { token_ciphertext: 'v1:AAAA' }),
  tokens.characters('token_fingerprint', {
    length: 64,
    right: [HEX],
    wrong: [HEX.toUpperCase(), HEX.slice(1), `${HEX.slice(1)}g`, `${HEX.slice(1)} `],
  }),
  tokens.length('bank_name', 100),
  tokens.characters('last4', {
    length: 4,
    right: ['1234', '12AB', 'ZZZZ'],
    wrong: ['123', '12a4', '12 4', '123 ', '١٢٣٤', '12-4'],
  }),
  tokens.range('max_amount', 0, MAX_MONEY, { currency: 'EUR' }),
  tokens.currency({ max_amount: 1900 }),
  tokens.bothOrNeither(
    'token_ciphertext_key',
    { token_ciphertext: 'v1:AAAA' },
    { token_key_id: 'key-1' },
  ),
  tokens.bothOrNeither('max_amount_currency', { max_amount: 0 }, { currency: 'EUR' }),
  tokens.setWhen('activated_at', 'active', 'expired'),
  tokens.setWhen('revoked_at', 'cancelled', 'submitted'),
  uniqueAtProvider(tokens, 'mandate_reference'),
  {
    ...uniqueAtProvider(tokens, 'token_fingerprint'),
    given: [{ token_fingerprint: HEX }, { token_fingerprint: null }],
    refused: [{ provider: 'gocardless', token_fingerprint: HEX }],
    accepted: [
      { token_fingerprint: HEX, provider: 'stripe' },
      { token_fingerprint: 'f'.repeat(64) },
      { token_fingerprint: null },
    ],
  },
  tokens.unique('default_user', ['user_id'], {
    given: [{ ...ACTIVE, is_default: true }],
    refused: [
      { ...ACTIVE, is_default: true },
      { ...ACTIVE, is_default: true, provider: 'stripe' },
    ],
    accepted: [
      { ...ACTIVE, is_default: false },
      { is_default: true, status: 'pending_submission' },
      { is_default: true, status: 'cancelled', activated_at: day(1), revoked_at: day(2) },
      { ...ACTIVE, is_default: true, user_id: OTHER_USER },
    ],
  }),
  tokens.unique('default_user', ['user_id'], {
    given: [
      { ...ACTIVE, is_default: false, user_id: USER },
      { is_default: true, status: 'expired' },
      { is_default: true, status: 'submitted' },
    ],
    refused: [],
    accepted: [{ ...ACTIVE, is_default: true }],
  }),
];

/**
 * A provider's own id: unique there, free elsewhere, and any number of rows may have none. `there`
 * keeps the rows that are there from the table's other keys.
 */
function uniqueAtProvider(
  rules: Pick<ReturnType<typeof rulesOf>, 'unique'>,
  column: string,
  there: Row = {},
): RuleCase {
  const taken = { provider: 'gocardless', [column]: 'ID1' };
  return rules.unique(column, ['provider', column], {
    given: [
      { ...taken, ...there },
      { provider: 'gocardless', [column]: null, ...there },
    ],
    refused: [taken],
    accepted: [
      { ...taken, provider: 'stripe' },
      { ...taken, [column]: 'id1' },
      { provider: 'gocardless', [column]: null },
    ],
  });
}

export const USER_RULES = [...PLAN_RULES, ...SUBSCRIPTION_RULES, ...ATTEMPT_RULES, ...TOKEN_RULES];
