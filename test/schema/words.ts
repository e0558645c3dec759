/** The closed lists, written out: the library's own lists are what is tested against them. */

export const LIVE_STATUSES = [
  'incomplete',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
] as const;
export const FINAL_STATUSES = ['incomplete_expired', 'canceled'] as const;
export const SUBSCRIPTION_STATUSES = [...LIVE_STATUSES, ...FINAL_STATUSES] as const;
/** Those in which a payment may fall due. */
export const BILLABLE_STATUSES = ['trialing', 'active', 'past_due'] as const;

export const OPEN_ATTEMPT_STATUSES = [
  'scheduled',
  'processing',
  'requires_action',
  'authorized',
  'unknown',
] as const;
export const CLOSED_ATTEMPT_STATUSES = [
  'succeeded',
  'failed',
  'canceled',
  'refunded',
  'partially_refunded',
  'charged_back',
] as const;
export const FAILED_ATTEMPT_STATUSES = ['failed', 'canceled'] as const;
/** Those whose money was taken, whatever became of it. */
export const TAKEN_ATTEMPT_STATUSES = [
  'succeeded',
  'refunded',
  'partially_refunded',
  'charged_back',
] as const;
/** Those whose money was kept, all of it or a part. */
export const KEPT_ATTEMPT_STATUSES = ['succeeded', 'partially_refunded'] as const;
/** Those that stand for a provider's payment: all but the failed. */
export const CURRENT_ATTEMPT_STATUSES = [
  ...OPEN_ATTEMPT_STATUSES,
  ...TAKEN_ATTEMPT_STATUSES,
] as const;
/** Those that pay for a period. */
export const PERIOD_ATTEMPT_KINDS = ['initial', 'renewal', 'retry'] as const;
export const OTHER_ATTEMPT_KINDS = ['upgrade', 'one_off'] as const;

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
export const SCHEMES = [
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

export const INTERVALS = ['day', 'week', 'month', 'year'] as const;
/** Three years. */
export const MAX_INTERVAL_COUNTS = { day: 1095, week: 156, month: 36, year: 3 } as const;
export const PAUSE_BEHAVIORS = ['keep_as_draft', 'mark_uncollectible', 'void'] as const;
