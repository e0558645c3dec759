/**
 * The closed lists of the schema. Each list is one `as const` object: the TypeScript union, the
 * CHECK of the column, the predicates of its partial indexes and the validator all come from it.
 */

/** Where a subscription stands. The eight states and their spelling are Stripe's. */
export const SUBSCRIPTION_STATUSES = [
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

/** The states that a subscription never leaves; `ended_at` is set exactly in these. */
export const FINAL_SUBSCRIPTION_STATUSES = [
  'incomplete_expired',
  'canceled',
] as const satisfies readonly SubscriptionStatus[];
export type FinalSubscriptionStatus = (typeof FINAL_SUBSCRIPTION_STATUSES)[number];

/**
 * Every state that is not final. An owner has at most one live subscription a slot. `incomplete` is
 * live: were it not, a second payment could be taken before the conflict shows.
 */
export const LIVE_SUBSCRIPTION_STATUSES = [
  'incomplete',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
] as const satisfies readonly SubscriptionStatus[];
export type LiveSubscriptionStatus = (typeof LIVE_SUBSCRIPTION_STATUSES)[number];

/** The states in which `next_billing_at` may fall due. */
export const BILLABLE_SUBSCRIPTION_STATUSES = [
  'trialing',
  'active',
  'past_due',
] as const satisfies readonly SubscriptionStatus[];
export type BillableSubscriptionStatus = (typeof BILLABLE_SUBSCRIPTION_STATUSES)[number];

/** The state in which nothing is charged until the subscription is resumed; `resumes_at` may say when. */
export const PAUSED_SUBSCRIPTION_STATUSES = [
  'paused',
] as const satisfies readonly SubscriptionStatus[];
export type PausedSubscriptionStatus = (typeof PAUSED_SUBSCRIPTION_STATUSES)[number];

/**
 * What becomes of the invoices of a subscription whose collection is paused, while its status stays
 * what it was. The words are those of Stripe's `pause_collection.behavior`.
 */
export const PAUSE_BEHAVIORS = ['keep_as_draft', 'mark_uncollectible', 'void'] as const;
export type PauseBehavior = (typeof PAUSE_BEHAVIORS)[number];

/**
 * Where one attempt to take a payment stands. `unknown`: sent, but the answer was lost; look it up
 * at the provider before any retry.
 */
export const PAYMENT_ATTEMPT_STATUSES = [
  'scheduled',
  'processing',
  'requires_action',
  'authorized',
  'unknown',
  'succeeded',
  'failed',
  'canceled',
  'refunded',
  'partially_refunded',
  'charged_back',
] as const;
export type PaymentAttemptStatus = (typeof PAYMENT_ATTEMPT_STATUSES)[number];

/** An attempt that may still take money: at most one of these for a subscription's period. */
export const OPEN_PAYMENT_ATTEMPT_STATUSES = [
  'scheduled',
  'processing',
  'requires_action',
  'authorized',
  'unknown',
] as const satisfies readonly PaymentAttemptStatus[];
export type OpenPaymentAttemptStatus = (typeof OPEN_PAYMENT_ATTEMPT_STATUSES)[number];

/**
 * An attempt whose money was taken, whatever became of it later; `succeeded_at` is set in all of
 * these.
 */
export const TAKEN_PAYMENT_ATTEMPT_STATUSES = [
  'succeeded',
  'refunded',
  'partially_refunded',
  'charged_back',
] as const satisfies readonly PaymentAttemptStatus[];
export type TakenPaymentAttemptStatus = (typeof TAKEN_PAYMENT_ATTEMPT_STATUSES)[number];

/**
 * An attempt whose money was kept, all of it or a part: at most one of these pays for a
 * subscription's period.
 */
export const KEPT_PAYMENT_ATTEMPT_STATUSES = [
  'succeeded',
  'partially_refunded',
] as const satisfies readonly TakenPaymentAttemptStatus[];
export type KeptPaymentAttemptStatus = (typeof KEPT_PAYMENT_ATTEMPT_STATUSES)[number];

/** The attempt took nothing and never will. The provider may try the same payment again. */
export const FAILED_PAYMENT_ATTEMPT_STATUSES = [
  'failed',
  'canceled',
] as const satisfies readonly PaymentAttemptStatus[];
export type FailedPaymentAttemptStatus = (typeof FAILED_PAYMENT_ATTEMPT_STATUSES)[number];

/**
 * Every state but `failed` and `canceled`: the attempt stands for the provider's payment. A payment
 * has at most one of these, and any number of failed attempts before it.
 */
export const CURRENT_PAYMENT_ATTEMPT_STATUSES = [
  'scheduled',
  'processing',
  'requires_action',
  'authorized',
  'unknown',
  'succeeded',
  'refunded',
  'partially_refunded',
  'charged_back',
] as const satisfies readonly PaymentAttemptStatus[];
export type CurrentPaymentAttemptStatus = (typeof CURRENT_PAYMENT_ATTEMPT_STATUSES)[number];

/** What a payment is for. */
export const PAYMENT_ATTEMPT_KINDS = ['initial', 'renewal', 'retry', 'upgrade', 'one_off'] as const;
export type PaymentAttemptKind = (typeof PAYMENT_ATTEMPT_KINDS)[number];

/** The kinds that pay for a whole period: only one of these is kept for a period. */
export const PERIOD_PAYMENT_ATTEMPT_KINDS = [
  'initial',
  'renewal',
  'retry',
] as const satisfies readonly PaymentAttemptKind[];
export type PeriodPaymentAttemptKind = (typeof PERIOD_PAYMENT_ATTEMPT_KINDS)[number];

/**
 * Where a mandate stands. The ten states and their spelling are GoCardless'. A mandate that was
 * replaced is `cancelled`, with `replaced_by_id`.
 */
export const MANDATE_STATUSES = [
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
] as const;
export type MandateStatus = (typeof MANDATE_STATUSES)[number];

/** The payment schemes a token may stand for, spelt as GoCardless spells its own. */
export const DIRECT_DEBIT_SCHEMES = [
  'bacs',
  'sepa_core',
  'ach',
  'autogiro',
  'becs',
  'becs_nz',
  'betalingsservice',
  'pad',
  'pay_to',
  'faster_payments',
  'payman',
  'card',
  'other',
] as const;
export type DirectDebitScheme = (typeof DIRECT_DEBIT_SCHEMES)[number];

/** The units of a billing interval, spelt as Stripe spells them. */
export const BILLING_INTERVALS = ['day', 'week', 'month', 'year'] as const;
export type BillingInterval = (typeof BILLING_INTERVALS)[number];

/** The most units that one interval may have: three years, as at Stripe. */
export const MAX_INTERVAL_COUNTS = {
  day: 1095,
  week: 156,
  month: 36,
  year: 3,
} as const satisfies Record<BillingInterval, number>;

/**
 * The active codes of ISO 4217 that have a minor unit, funds codes included, as of January 2026
 * (without BGN, withdrawn on 1 January 2026, and ANG, SLL, ZWL, which XCG, SLE, ZWG replaced).
 * Precious metals, XDR, XSU, XUA, XTS and XXX have no minor unit, so no amount can be given in them.
 *
 * Source: SIX, ISO 4217 maintenance agency, list one
 * (https://www.six-group.com/en/products-services/financial-information/data-standards.html).
 */
// prettier-ignore
export const CURRENCIES = [
  'AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN',
  'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD',
  'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUP', 'CVE', 'CZK',
  'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP',
  'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF',
  'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY',
  'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD',
  'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN',
  'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG',
  'QAR', 'RON', 'RSD', 'RUB', 'RWF',
  'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL',
  'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS',
  'UAH', 'UGX', 'USD', 'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST',
  'XAD', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG',
] as const;
export type Currency = (typeof CURRENCIES)[number];

// prettier-ignore
const UNUSUAL_MINOR_UNITS: Partial<Record<Currency, 0 | 3 | 4>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0,
  VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
};

/**
 * How many decimal digits of a currency its minor unit stands for: 2 for USD (an amount of 1999 is
 * 19.99), 0 for JPY, 3 for KWD. By ISO 4217; `Intl.NumberFormat` disagrees with it on 16 codes.
 */
export function minorUnitDigits(currency: Currency): 0 | 2 | 3 | 4 {
  return UNUSUAL_MINOR_UNITS[currency] ?? 2;
}
