import { type Mapped, type ProviderObject, REFUNDED_IN_ADVANCE, upper } from './outcome';

const moment = (text: unknown): Date | null => (typeof text === 'string' ? new Date(text) : null);

/** A row of `direct_debit_tokens`, without its user. */
export function goCardlessMandate(object: ProviderObject): Mapped {
  const account = (object.customer_bank_account ?? {}) as ProviderObject;
  const { status } = object;
  return {
    row: {
      ...{ provider: 'gocardless', scheme: object.scheme, status, mandateReference: object.id },
      bankName: account.bank_name ?? null,
      accountEnding: account.account_number_ending ?? null,
      activatedAt: status === 'active' ? moment(object.verified_at ?? object.created_at) : null,
      revokedAt: status === 'cancelled' ? moment(object.created_at) : null,
      metadata: object.metadata ?? {},
    },
  };
}

const PAYMENTS: Readonly<Record<string, string>> = {
  pending_customer_approval: 'requires_action',
  pending_submission: 'scheduled',
  submitted: 'processing',
  confirmed: 'succeeded',
  paid_out: 'succeeded',
  cancelled: 'canceled',
  customer_approval_denied: 'failed',
  failed: 'failed',
  charged_back: 'charged_back',
};

/** A row of `payment_attempts`, without its user. A retry keeps the id and has the next number. */
export function goCardlessPayment(object: ProviderObject, attemptNumber = 1): Mapped {
  const amount = Number(object.amount);
  const refunded = Number(object.amount_refunded ?? 0);
  const status = PAYMENTS[String(object.status)] ?? 'unknown';
  if (refunded > 0 && status !== 'succeeded') return { reason: REFUNDED_IN_ADVANCE };
  const date = moment(object.charge_date);
  const isTaken = status === 'succeeded' || status === 'charged_back';
  return {
    row: {
      ...{ kind: attemptNumber > 1 ? 'retry' : 'one_off', provider: 'gocardless', attemptNumber },
      ...{ providerPaymentId: object.id, idempotencyKey: `${String(object.id)}-${attemptNumber}` },
      ...{ amount, amountRefunded: refunded, currency: upper(object.currency) },
      status: refunded === 0 ? status : refunded < amount ? 'partially_refunded' : 'refunded',
      scheduledAt: date,
      succeededAt: isTaken ? date : null,
      failedAt: status === 'failed' ? date : null,
      settledAt: object.status === 'paid_out' ? date : null,
      metadata: object.metadata ?? {},
    },
  };
}

const UNITS: Readonly<Record<string, string>> = {
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
};
const SUBSCRIPTIONS: Readonly<Record<string, string>> = {
  pending_customer_approval: 'incomplete',
  customer_approval_denied: 'incomplete_expired',
  active: 'active',
  paused: 'paused',
  finished: 'canceled',
  cancelled: 'canceled',
};

/** A row of `user_subscriptions`, without its user and plan. */
export function goCardlessSubscription(object: ProviderObject): Mapped {
  const status = SUBSCRIPTIONS[String(object.status)] ?? 'incomplete';
  const end = moment(object.end_date);
  const hasEnded = status === 'canceled' || status === 'incomplete_expired';
  return {
    row: {
      ...{ status, provider: 'gocardless', providerSubscriptionId: object.id },
      ...{ amount: object.amount, currency: upper(object.currency) },
      billingInterval: UNITS[String(object.interval_unit)],
      intervalCount: object.interval,
      billingAnchor: moment(object.start_date),
      cancelAt: end,
      endedAt: hasEnded ? (end ?? moment(object.created_at)) : null,
      metadata: object.metadata ?? {},
    },
  };
}
