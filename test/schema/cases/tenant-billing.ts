import { day, OTHER_TENANT, PLAN, TENANT } from '../billing-database';
import { type RuleCase, rulesOf } from '../rule-case';
import {
  FINAL_STATUSES,
  INTERVALS,
  LIVE_STATUSES,
  PAUSE_BEHAVIORS,
  SUBSCRIPTION_STATUSES,
} from '../words';

/** The largest amount: 2^53 - 1 minor units. */
const MAX_MONEY = 9_007_199_254_740_991;

const plans = rulesOf('plans');
const subscriptions = rulesOf('subscriptions');
const config = rulesOf('tenant_config');

const isFinal = (status: string): boolean => FINAL_STATUSES.some((final) => final === status);
const inStatus = (status: string) => ({ status, ended_at: isFinal(status) ? day(9) : null });

const yearlyLength = plans.length('stripe_price_id_yearly', 255);

const PLAN_RULES: readonly RuleCase[] = [
  plans.primaryKey(),
  plans.unique('name', ['name'], {
    given: [{ name: 'Gold' }],
    refused: [{ name: 'Gold' }],
    accepted: [{ name: 'gold' }, { name: 'Gold ' }],
  }),
  ...['stripe_price_id_monthly', 'stripe_price_id_yearly'].map((column) =>
    plans.unique(column, [column], {
      given: [{ [column]: 'price_1' }, { [column]: null }],
      refused: [{ [column]: 'price_1' }],
      accepted: [{ [column]: 'price_2' }, { [column]: null }],
    }),
  ),
  plans.length('name', 100),
  plans.length('stripe_product_id', 255),
  plans.length('stripe_price_id_monthly', 255),
  {
    ...yearlyLength,
    refused: [
      ...yearlyLength.refused,
      { stripe_price_id_monthly: 'price_1', stripe_price_id_yearly: 'price_1' },
    ],
    accepted: [
      ...yearlyLength.accepted,
      { stripe_price_id_monthly: 'price_1', stripe_price_id_yearly: 'price_2' },
      { stripe_price_id_monthly: 'price_1', stripe_price_id_yearly: null },
    ],
  },
  plans.range('price_monthly', 0, MAX_MONEY),
  plans.range('price_yearly', 0, MAX_MONEY),
  plans.currency(),
  plans.range('trial_days', 0, 730),
  plans.atLeast('sort_order', -(2 ** 31)),
  plans.jsonObject('features'),
  plans.jsonObject('metadata'),
];

const SUBSCRIPTION_RULES: readonly RuleCase[] = [
  subscriptions.primaryKey({ tenant_id: OTHER_TENANT }),
  subscriptions.unique('stripe_subscription_id', ['stripe_subscription_id'], {
    given: [
      { tenant_id: OTHER_TENANT, stripe_subscription_id: 'sub_1' },
      { stripe_subscription_id: null, ...inStatus('canceled') },
    ],
    refused: [{ stripe_subscription_id: 'sub_1' }],
    accepted: [{ stripe_subscription_id: 'sub_2' }, { stripe_subscription_id: null }],
  }),
  subscriptions.length('stripe_subscription_id', 255),
  subscriptions.words('status', SUBSCRIPTION_STATUSES, 32, inStatus),
  subscriptions.length('slot', 64),
  subscriptions.words('billing_interval', INTERVALS, 16),
  subscriptions.intervalCount(),
  subscriptions.atLeast('quantity', 0),
  subscriptions.range('unit_amount', 0, MAX_MONEY, { currency: 'EUR' }),
  subscriptions.currency({ unit_amount: 1900 }),
  subscriptions.bothOrNeither('unit_amount_currency', { unit_amount: 0 }, { currency: 'EUR' }),
  subscriptions.period('current_period'),
  subscriptions.period('trial'),
  subscriptions.words('pause_behavior', PAUSE_BEHAVIORS, 32),
  subscriptions.resumesAt(SUBSCRIPTION_STATUSES, inStatus),
  subscriptions.pendingFrom(PLAN),
  subscriptions.check('ended_at', {
    refused: [
      ...FINAL_STATUSES.map((status) => ({ status })),
      ...LIVE_STATUSES.map((status) => ({ status, ended_at: day(9) })),
    ],
    accepted: SUBSCRIPTION_STATUSES.map(inStatus),
  }),
  subscriptions.atLeast('version', 1),
  subscriptions.jsonObject('metadata'),
  // Each live status stands in the way of each live status; a final one neither has nor is a way.
  ...LIVE_STATUSES.map((status) =>
    subscriptions.unique('live_tenant', ['tenant_id', 'slot', 'livemode'], {
      given: [{ status }, ...FINAL_STATUSES.map(inStatus)],
      refused: LIVE_STATUSES.map(inStatus),
      accepted: [
        ...FINAL_STATUSES.map(inStatus),
        { status, tenant_id: OTHER_TENANT },
        { status, slot: 'add-on' },
        { status, livemode: false },
        { ...inStatus('canceled'), cancel_at_period_end: true },
      ],
    }),
  ),
  subscriptions.unique('live_tenant', ['tenant_id', 'slot', 'livemode'], {
    given: [...FINAL_STATUSES, ...FINAL_STATUSES].map(inStatus),
    refused: [],
    accepted: SUBSCRIPTION_STATUSES.map(inStatus),
  }),
];

const CONFIG_RULES: readonly RuleCase[] = [
  config.primaryKey({ tenant_id: OTHER_TENANT }),
  config.unique('tenant_id', ['tenant_id'], {
    given: [{ tenant_id: TENANT }],
    refused: [{ tenant_id: TENANT }],
    accepted: [{ tenant_id: OTHER_TENANT }],
  }),
  config.unique('stripe_customer_id', ['stripe_customer_id'], {
    given: [{ tenant_id: OTHER_TENANT, stripe_customer_id: 'cus_1' }],
    refused: [{ stripe_customer_id: 'cus_1' }],
    accepted: [{ stripe_customer_id: 'cus_2' }, { stripe_customer_id: null }],
  }),
  config.unique('stripe_customer_id', ['stripe_customer_id'], {
    given: [{ tenant_id: OTHER_TENANT, stripe_customer_id: null }],
    refused: [],
    accepted: [{ stripe_customer_id: null }],
  }),
  config.length('stripe_customer_id', 255),
  config.length('billing_email', 320),
  config.currency(),
  config.length('tax_id', 64),
  config.jsonObject('metadata'),
];

export const TENANT_RULES = [...PLAN_RULES, ...SUBSCRIPTION_RULES, ...CONFIG_RULES];
