import {
  BACKWARDS,
  DECIMALS,
  ENDED_THOUGH_LIVE,
  NO_CURRENCY,
  NO_TRIAL,
  NOTHING_PAID,
  type ProviderObject,
  REFUNDED_IN_ADVANCE,
  SECOND_ITEM,
  TIERS,
} from './outcome';

/** An object in a provider's shape, and the reason why it is not stored, if it is not. */
export interface Sample {
  readonly title: string;
  readonly object: ProviderObject;
  readonly reason?: string;
}

const START = 1_767_225_600;
const MONTH = 2_678_400;
const price = (more: ProviderObject = {}): ProviderObject => ({
  ...{ unit_amount: 2_500, currency: 'eur', billing_scheme: 'per_unit' },
  recurring: { interval: 'month', interval_count: 1 },
  ...more,
});
const every = (interval: string, interval_count: number): ProviderObject => ({
  items: [{ quantity: 1, price: price({ recurring: { interval, interval_count } }) }],
});
const period = { current_period_start: START, current_period_end: START + MONTH };
const STRIPE_SUBSCRIPTION = {
  ...{ status: 'active', livemode: true, quantity: 1, billing_cycle_anchor: START, ...period },
  ...{ trial_start: null, trial_end: null, cancel_at: null, cancel_at_period_end: false },
  ...{ canceled_at: null, ended_at: null, pause_collection: null, metadata: {} },
  items: [{ quantity: 1, price: price() }],
};

const subscription = (title: string, more: ProviderObject, reason?: string): Sample => ({
  title,
  object: { ...STRIPE_SUBSCRIPTION, id: `sub_${title.replaceAll(' ', '_')}`, ...more },
  ...(reason !== undefined && { reason }),
});

export const STRIPE_SUBSCRIPTIONS: readonly Sample[] = [
  subscription('plain', {}),
  subscription('test mode with metadata', { livemode: false, metadata: { order: '6735' } }),
  subscription('seats', { quantity: null, items: [{ quantity: 250, price: price() }] }),
  subscription('no seat', { quantity: 0 }),
  subscription('free', { items: [{ quantity: 1, price: price({ unit_amount: 0 }) }] }),
  subscription('period at the item', {
    ...{ current_period_start: undefined, current_period_end: undefined },
    items: [{ quantity: 1, price: price(), ...period }],
  }),
  subscription('older price', {
    items: [
      {
        quantity: 2,
        price: { amount: 300, currency: 'usd', interval: 'month', interval_count: 1 },
      },
    ],
  }),
  subscription('90 days', every('day', 90)),
  subscription('52 weeks', every('week', 52)),
  subscription('a quarter', every('month', 3)),
  subscription('three years', every('year', 3)),
  subscription('trial', { status: 'trialing', trial_start: START, trial_end: START + MONTH }),
  subscription('anchor after the trial', { billing_cycle_anchor: START + MONTH }),
  subscription('cancel at period end', { cancel_at_period_end: true, canceled_at: START + 60 }),
  subscription('cancel at a date', { cancel_at: START + 40 * MONTH, canceled_at: START + 60 }),
  subscription('paused collection', { pause_collection: { behavior: 'void', resumes_at: null } }),
  subscription('paused collection until', {
    pause_collection: { behavior: 'mark_uncollectible', resumes_at: START + MONTH },
  }),
  subscription('drafts kept', {
    pause_collection: { behavior: 'keep_as_draft', resumes_at: START + MONTH },
  }),
  subscription('paused', { status: 'paused' }),
  subscription('past due', { status: 'past_due' }),
  subscription('unpaid', { status: 'unpaid' }),
  subscription('incomplete', { status: 'incomplete' }),
  subscription('expired', { status: 'incomplete_expired', ended_at: START + 82_800 }),
  subscription('canceled at period end', {
    ...{ status: 'canceled', cancel_at_period_end: true },
    ...{ canceled_at: START + 60, ended_at: START + MONTH },
  }),
  // Ended long after it was canceled, and after its last period.
  subscription('ended late', {
    ...{ status: 'canceled', canceled_at: START + 60, ended_at: START + 24 * MONTH },
  }),
  subscription('two items', { items: [{ price: price() }, { price: price() }] }, SECOND_ITEM),
  subscription('tiers', { items: [{ price: price({ unit_amount: null }) }] }, TIERS),
  subscription('ended though active', { ended_at: START }, ENDED_THOUGH_LIVE),
  subscription('period backwards', { current_period_end: START - MONTH }, BACKWARDS),
  subscription('trial of no length', { trial_start: START, trial_end: START }, NO_TRIAL),
];

const CHARGE = {
  ...{ status: 'succeeded', amount: 2_500, amount_captured: 2_500, amount_refunded: 0 },
  ...{ captured: true, currency: 'eur', created: START, disputed: false, failure_code: null },
  ...{ paid: true, refunded: false, livemode: true, metadata: {} },
};
const charge = (title: string, more: ProviderObject, reason?: string): Sample => ({
  title,
  object: { ...CHARGE, id: `ch_${title.replaceAll(' ', '_')}`, ...more },
  ...(reason !== undefined && { reason }),
});

export const STRIPE_CHARGES: readonly Sample[] = [
  charge('succeeded', {}),
  charge('test mode', { livemode: false }),
  charge('pending', { status: 'pending', captured: false }),
  charge('authorized', { captured: false, amount_captured: 0 }),
  charge('failed', { status: 'failed', failure_code: 'card_declined', paid: false }),
  charge('refunded in part', { amount_refunded: 1 }),
  charge('refunded', { amount_refunded: 2_500, refunded: true }),
  charge('disputed', { disputed: true }),
  charge('decimals', { amount: '25.00', amount_refunded: '0.00' }, DECIMALS),
];

const intent = (status: string): Sample => ({
  title: status,
  object: {
    ...{ id: `pi_${status}`, status, amount: 1_099, currency: 'usd', created: START },
    ...{ canceled_at: status === 'canceled' ? START : null, livemode: false },
  },
});

export const STRIPE_PAYMENT_INTENTS: readonly Sample[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'canceled',
  'succeeded',
].map(intent);

const INVOICE = {
  ...{ status: 'paid', billing_reason: 'subscription_cycle', currency: 'eur', livemode: true },
  ...{ created: START, period_start: START - MONTH, period_end: START, amount_due: 2_500 },
  ...{ amount_paid: 2_500, attempt_count: 1, next_payment_attempt: null, metadata: {} },
};
const invoice = (title: string, more: ProviderObject, reason?: string): Sample => ({
  title,
  object: { ...INVOICE, id: `in_${title.replaceAll(' ', '_')}`, ...more },
  ...(reason !== undefined && { reason }),
});

export const STRIPE_INVOICES: readonly Sample[] = [
  invoice('first', { billing_reason: 'subscription_create', period_start: START }),
  invoice('renewal', {}),
  invoice('upgrade', { billing_reason: 'subscription_update' }),
  invoice('manual', { billing_reason: 'manual' }),
  invoice('paid with nothing to pay', { amount_due: 0, amount_paid: 0 }),
  invoice('open', { status: 'open', amount_paid: 0, attempt_count: 0 }),
  invoice('to be tried again', {
    ...{ status: 'open', amount_paid: 0, attempt_count: 3, next_payment_attempt: START + 86_400 },
  }),
  invoice('draft', { status: 'draft', amount_paid: 0 }, NOTHING_PAID),
  invoice('void', { status: 'void', amount_due: 0, amount_paid: 0 }, NOTHING_PAID),
  invoice('deleted', { status: 'deleted', amount_due: 0, amount_paid: 0 }, NOTHING_PAID),
  { title: 'empty', object: { lines: [] }, reason: NO_CURRENCY },
];

const MANDATE = { scheme: 'bacs', created_at: '2026-01-01T12:00:00.000Z', metadata: {} };
const mandate = (status: string, more: ProviderObject = {}): Sample => ({
  title: [status, ...Object.values(more).map((value) => JSON.stringify(value))].join(' '),
  object: { ...MANDATE, id: `MD_${status}_${JSON.stringify(more).length}`, status, ...more },
});
const ending = (account_number_ending: string): ProviderObject => ({
  customer_bank_account: { bank_name: 'A BANK', account_number_ending },
});

export const GOCARDLESS_MANDATES: readonly Sample[] = [
  ...[
    'pending_customer_approval',
    'pending_submission',
    'submitted',
    'active',
    'suspended_by_payer',
    'failed',
    'cancelled',
    'expired',
    'consumed',
    'blocked',
  ].map((status) => mandate(status)),
  ...['ach', 'autogiro', 'becs', 'becs_nz', 'betalingsservice', 'pad', 'sepa_core', 'pay_to'].map(
    (scheme) => ({ ...mandate('submitted', { scheme }) }),
  ),
  mandate('active', ending('34')),
  mandate('active', ending('4F7')),
  mandate('active', { ...ending('6200'), scheme: 'becs_nz' }),
].map((sample, index) => ({ ...sample, object: { ...sample.object, id: `MD000${index}` } }));

const payment = (status: string, more: ProviderObject = {}, reason?: string): Sample => ({
  title: `${status} ${JSON.stringify(more)}`,
  object: {
    ...{ id: `PM_${status}_${JSON.stringify(more).length}`, status, amount: 1_000 },
    ...{ amount_refunded: 0, currency: 'GBP', charge_date: '2026-01-05', ...more },
  },
  ...(reason !== undefined && { reason }),
});

export const GOCARDLESS_PAYMENTS: readonly Sample[] = [
  ...[
    'pending_customer_approval',
    'pending_submission',
    'submitted',
    'confirmed',
    'paid_out',
    'cancelled',
    'customer_approval_denied',
    'failed',
    'charged_back',
  ].map((status) => payment(status)),
  payment('paid_out', { amount_refunded: 150 }),
  payment('confirmed', { amount_refunded: 1_000 }),
  payment('submitted', { amount_refunded: 150 }, REFUNDED_IN_ADVANCE),
];

const goCardless = (title: string, more: ProviderObject): Sample => ({
  title,
  object: {
    ...{ id: `SB_${title.replaceAll(' ', '_')}`, status: 'active', amount: 1_000, currency: 'EUR' },
    ...{ interval: 1, interval_unit: 'monthly', start_date: '2026-01-28', end_date: null },
    ...{ created_at: '2026-01-01T12:00:00.000Z', ...more },
  },
});

export const GOCARDLESS_SUBSCRIPTIONS: readonly Sample[] = [
  goCardless('monthly', {}),
  goCardless('weekly', { interval: 52, interval_unit: 'weekly' }),
  goCardless('yearly', { interval_unit: 'yearly' }),
  goCardless('with an end', { end_date: '2027-01-28' }),
  goCardless('paused', { status: 'paused' }),
  goCardless('not approved yet', { status: 'pending_customer_approval' }),
  goCardless('not approved', { status: 'customer_approval_denied' }),
  goCardless('finished', { status: 'finished', end_date: '2027-01-28' }),
  goCardless('cancelled', { status: 'cancelled' }),
];
