import {
  at,
  BACKWARDS,
  DECIMALS,
  ENDED_THOUGH_LIVE,
  type Mapped,
  NO_CURRENCY,
  NO_TRIAL,
  NOTHING_PAID,
  type ProviderObject,
  SECOND_ITEM,
  TIERS,
  upper,
} from './outcome';

const FINAL = ['canceled', 'incomplete_expired'];

/** What a Stripe subscription says that both tables of subscriptions hold. */
interface Common {
  readonly terms: Readonly<Record<string, unknown>>;
  readonly amount: number;
  readonly currency: string;
}

/** A row of `subscriptions`, without its tenant and plan. */
export function stripeTenantSubscription(object: ProviderObject): Mapped {
  const common = subscription(object);
  if ('reason' in common) return common;
  const { terms, amount, currency } = common;
  return { row: { ...terms, unitAmount: amount, currency, stripeSubscriptionId: object.id } };
}

/** A row of `user_subscriptions`, without its user and plan. */
export function stripeUserSubscription(object: ProviderObject): Mapped {
  const common = subscription(object);
  if ('reason' in common) return common;
  const { terms, amount, currency } = common;
  return {
    row: {
      ...terms,
      amount,
      currency,
      billingAnchor: at(object.billing_cycle_anchor),
      provider: 'stripe',
      providerSubscriptionId: object.id,
    },
  };
}

function subscription(object: ProviderObject): Common | { readonly reason: string } {
  const [item, second] = object.items as readonly ProviderObject[];
  const price = item?.price as ProviderObject;
  const recurring = (price.recurring ?? price) as ProviderObject;
  const amount = price.unit_amount ?? price.amount;
  // Newer versions of the API have the period at the item.
  const start = at(object.current_period_start ?? item?.current_period_start);
  const end = at(object.current_period_end ?? item?.current_period_end);
  const pause = object.pause_collection as ProviderObject | null | undefined;
  const { status } = object;
  if (second !== undefined) return { reason: SECOND_ITEM };
  if (typeof amount !== 'number') return { reason: TIERS };
  if (object.ended_at != null && !FINAL.includes(String(status)))
    return { reason: ENDED_THOUGH_LIVE };
  if (start !== null && end !== null && end < start) return { reason: BACKWARDS };
  if (object.trial_start != null && object.trial_start === object.trial_end)
    return { reason: NO_TRIAL };
  return {
    amount,
    currency: upper(price.currency),
    terms: {
      status,
      quantity: object.quantity ?? item?.quantity ?? 1,
      billingInterval: recurring.interval,
      intervalCount: recurring.interval_count,
      currentPeriodStart: start,
      currentPeriodEnd: end,
      trialStart: at(object.trial_start),
      trialEnd: at(object.trial_end),
      cancelAtPeriodEnd: object.cancel_at_period_end,
      cancelAt: at(object.cancel_at),
      canceledAt: at(object.canceled_at),
      endedAt: at(object.ended_at),
      pauseBehavior: pause?.behavior ?? null,
      resumesAt: at(pause?.resumes_at),
      livemode: object.livemode,
      metadata: object.metadata ?? {},
    },
  };
}

/** A row of `payment_attempts`, without its user. */
export function stripeCharge(object: ProviderObject): Mapped {
  const { amount, amount_refunded: refunded, id } = object;
  if (typeof amount !== 'number' || typeof refunded !== 'number') return { reason: DECIMALS };
  const status = chargeStatus(object, amount, refunded);
  const moment = at(object.created);
  const isTaken = ['succeeded', 'refunded', 'partially_refunded', 'charged_back'].includes(status);
  return {
    row: {
      ...{ kind: 'one_off', provider: 'stripe', providerPaymentId: id, idempotencyKey: id },
      ...{ status, amount, amountRefunded: refunded, currency: upper(object.currency) },
      failureCode: object.failure_code === '' ? null : object.failure_code,
      succeededAt: isTaken ? moment : null,
      failedAt: status === 'failed' ? moment : null,
      livemode: object.livemode,
      metadata: object.metadata ?? {},
    },
  };
}

function chargeStatus(object: ProviderObject, amount: number, refunded: number): string {
  if (object.status === 'failed') return 'failed';
  if (object.status === 'pending') return 'processing';
  if (object.captured === false) return 'authorized';
  if (object.disputed === true) return 'charged_back';
  if (refunded === amount && amount > 0) return 'refunded';
  return refunded > 0 ? 'partially_refunded' : 'succeeded';
}

const INTENTS: Readonly<Record<string, string>> = {
  requires_payment_method: 'scheduled',
  requires_confirmation: 'scheduled',
  requires_action: 'requires_action',
  processing: 'processing',
  requires_capture: 'authorized',
  canceled: 'canceled',
  succeeded: 'succeeded',
};

/** A row of `payment_attempts`, without its user. */
export function stripePaymentIntent(object: ProviderObject): Mapped {
  const status = INTENTS[String(object.status)];
  return {
    row: {
      ...{ kind: 'one_off', provider: 'stripe', providerPaymentId: object.id, status },
      ...{ idempotencyKey: object.id, amount: object.amount, currency: upper(object.currency) },
      succeededAt: status === 'succeeded' ? at(object.created) : null,
      livemode: object.livemode,
      metadata: object.metadata ?? {},
    },
  };
}

const KINDS: Readonly<Record<string, string>> = {
  subscription_create: 'initial',
  subscription_cycle: 'renewal',
  subscription_update: 'upgrade',
};

/** A row of `payment_attempts`, without its user. */
export function stripeInvoice(object: ProviderObject): Mapped {
  const { status, id } = object;
  if (object.currency === undefined) return { reason: NO_CURRENCY };
  const isPaid = status === 'paid';
  // A draft or an open invoice of 0 is closed by Stripe; a void one asks for nothing.
  if (!isPaid && (status !== 'open' || object.amount_due === 0)) return { reason: NOTHING_PAID };
  return {
    row: {
      kind: KINDS[String(object.billing_reason)] ?? 'one_off',
      status: isPaid ? 'succeeded' : 'scheduled',
      ...{ provider: 'stripe', providerPaymentId: id, idempotencyKey: id },
      amount: isPaid ? object.amount_paid : object.amount_due,
      currency: upper(object.currency),
      periodStart: at(object.period_start),
      periodEnd: at(object.period_end),
      attemptNumber: Math.max(1, Number(object.attempt_count)),
      nextRetryAt: at(object.next_payment_attempt),
      succeededAt: isPaid ? at(object.created) : null,
      livemode: object.livemode,
      metadata: object.metadata ?? {},
    },
  };
}
