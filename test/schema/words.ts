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
