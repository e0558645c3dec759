import { day, OTHER_USER, USER, USER_PLAN } from '../billing-database';
import { type RuleCase, rulesOf, uniqueAtProvider } from '../rule-case';
import {
  FINAL_STATUSES,
  INTERVALS,
  LIVE_STATUSES,
  MANDATE_STATUSES,
  PAUSE_BEHAVIORS,
  SCHEMES,
  SUBSCRIPTION_STATUSES,
} from '../words';
import { ATTEMPT_RULES } from './payment-attempts';

/** The largest amount: 2^53 - 1 minor units. */
const MAX_MONEY = 9_007_199_254_740_991;

const plans = rulesOf('subscription_plans');
const subscriptions = rulesOf('user_subscriptions');
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
  plans.intervalCount(),
  plans.range('trial_days', 0, 730),
  plans.atLeast('sort_order', -(2 ** 31)),
  plans.jsonObject('features'),
  plans.jsonObject('metadata'),
];

const isFinal = (status: string): boolean => FINAL_STATUSES.some((final) => final === status);
const inStatus = (status: string) => ({ status, ended_at: isFinal(status) ? day(9) : null });
const providerLength = subscriptions.length('provider', 32);

const SUBSCRIPTION_RULES: readonly RuleCase[] = [
  subscriptions.primaryKey({ user_id: OTHER_USER }),
  subscriptions.words('status', SUBSCRIPTION_STATUSES, 32, inStatus),
  subscriptions.length('slot', 64),
  subscriptions.atLeast('quantity', 0),
  subscriptions.range('amount', 0, MAX_MONEY),
  subscriptions.currency(),
  subscriptions.words('billing_interval', INTERVALS, 16),
  subscriptions.intervalCount(),
  subscriptions.period('current_period'),
  subscriptions.period('trial'),
  subscriptions.words('pause_behavior', PAUSE_BEHAVIORS, 32),
  subscriptions.resumesAt(SUBSCRIPTION_STATUSES, inStatus),
  subscriptions.pendingFrom(USER_PLAN),
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
  subscriptions.jsonObject('metadata'),
  ...LIVE_STATUSES.map((status) =>
    subscriptions.unique('live_user', ['user_id', 'slot', 'livemode'], {
      given: [{ status }, ...FINAL_STATUSES.map(inStatus)],
      refused: LIVE_STATUSES.map(inStatus),
      accepted: [
        ...FINAL_STATUSES.map(inStatus),
        { status, user_id: OTHER_USER },
        { status, slot: 'add-on' },
        { status, livemode: false },
      ],
    }),
  ),
  subscriptions.unique('live_user', ['user_id', 'slot', 'livemode'], {
    given: [...FINAL_STATUSES, ...FINAL_STATUSES].map(inStatus),
    refused: [],
    accepted: SUBSCRIPTION_STATUSES.map(inStatus),
  }),
  uniqueAtProvider(subscriptions, 'provider_subscription_id', inStatus('canceled')),
];

const ACTIVE = { status: 'active', activated_at: day(1) };
const times = (status: string) => ({
  activated_at: status === 'active' ? day(1) : null,
  revoked_at: status === 'cancelled' ? day(1) : null,
});
const without = (status: string) => MANDATE_STATUSES.filter((one) => one !== status);
const HEX = '0123456789abcdef'.repeat(4);

const TOKEN_RULES: readonly RuleCase[] = [
  tokens.primaryKey(),
  tokens.length('provider', 32),
  tokens.words('scheme', SCHEMES, 32),
  tokens.words('status', MANDATE_STATUSES, 32, times),
  tokens.length('mandate_reference', 255),
  tokens.length('token_key_id', 64, { token_ciphertext: 'v1:AAAA' }),
  tokens.characters('token_fingerprint', {
    length: 64,
    right: [HEX],
    wrong: [HEX.toUpperCase(), HEX.slice(1), `${HEX.slice(1)}g`, `${HEX.slice(1)} `],
  }),
  tokens.length('bank_name', 100),
  tokens.characters('account_ending', {
    length: 4,
    right: ['34', '123', '1234', 'A1', '12AB', 'ZZZZ'],
    wrong: ['1', 'a4', '1 ', '123 ', '12a4', '12 4', '١٢', '١٢٣٤', '12-4'],
  }),
  tokens.range('max_amount', 0, MAX_MONEY, { currency: 'EUR' }),
  tokens.currency({ max_amount: 1900 }),
  tokens.bothOrNeither(
    'token_ciphertext_key',
    { token_ciphertext: 'v1:AAAA' },
    { token_key_id: 'key-1' },
  ),
  tokens.bothOrNeither('max_amount_currency', { max_amount: 0 }, { currency: 'EUR' }),
  tokens.setWhen('activated_at', ['active'], without('active'), times),
  tokens.setWhen('revoked_at', ['cancelled'], without('cancelled'), times),
  tokens.jsonObject('metadata'),
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
  tokens.unique('default_user', ['user_id', 'livemode'], {
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
      { ...ACTIVE, is_default: true, livemode: false },
    ],
  }),
  tokens.unique('default_user', ['user_id', 'livemode'], {
    given: [
      { ...ACTIVE, is_default: false, user_id: USER },
      { is_default: true, status: 'expired' },
      { is_default: true, status: 'submitted' },
    ],
    refused: [],
    accepted: [{ ...ACTIVE, is_default: true }],
  }),
];

export const USER_RULES = [...PLAN_RULES, ...SUBSCRIPTION_RULES, ...ATTEMPT_RULES, ...TOKEN_RULES];
