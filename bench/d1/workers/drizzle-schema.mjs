// The four tables of user billing, as drizzle would have them.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const id = () =>
  text('id')
    .primaryKey()
    .$defaultFn(() => globalThis.crypto.randomUUID());
const instant = (name) => text(name);
const now = (name) =>
  text(name)
    .notNull()
    .$defaultFn(() => new Date().toISOString().replace('T', ' ').replace('Z', ''));
const flag = (name) => integer(name, { mode: 'boolean' });
/** What every table has at its end. */
const common = () => ({
  livemode: flag('livemode').notNull().default(true),
  metadata: text('metadata', { mode: 'json' }).notNull().default({}),
  createdAt: now('created_at'),
  updatedAt: now('updated_at'),
});

export const subscriptionPlans = sqliteTable('subscription_plans', {
  id: id(),
  code: text('code').notNull().unique('uq_subscription_plans_code'),
  name: text('name').notNull(),
  description: text('description'),
  amount: integer('amount').notNull(),
  currency: text('currency').notNull(),
  billingInterval: text('billing_interval').notNull(),
  intervalCount: integer('interval_count').notNull().default(1),
  trialDays: integer('trial_days').notNull().default(0),
  features: text('features', { mode: 'json' }).notNull().default({}),
  isActive: flag('is_active').notNull().default(true),
  sortOrder: integer('sort_order').notNull().default(0),
  ...common(),
});

export const directDebitTokens = sqliteTable('direct_debit_tokens', {
  id: id(),
  userId: text('user_id').notNull(),
  provider: text('provider').notNull(),
  scheme: text('scheme').notNull(),
  status: text('status').notNull().default('pending_submission'),
  mandateReference: text('mandate_reference'),
  tokenCiphertext: text('token_ciphertext'),
  tokenKeyId: text('token_key_id'),
  tokenFingerprint: text('token_fingerprint'),
  bankName: text('bank_name'),
  accountEnding: text('account_ending'),
  maxAmount: integer('max_amount'),
  currency: text('currency'),
  activatedAt: instant('activated_at'),
  expiresAt: instant('expires_at'),
  lastUsedAt: instant('last_used_at'),
  revokedAt: instant('revoked_at'),
  isDefault: flag('is_default').notNull().default(false),
  replacedById: text('replaced_by_id').references(() => directDebitTokens.id),
  ...common(),
});

export const userSubscriptions = sqliteTable('user_subscriptions', {
  id: id(),
  userId: text('user_id').notNull(),
  planId: text('plan_id')
    .notNull()
    .references(() => subscriptionPlans.id),
  directDebitTokenId: text('direct_debit_token_id').references(() => directDebitTokens.id),
  status: text('status').notNull().default('incomplete'),
  slot: text('slot').notNull().default('default'),
  quantity: integer('quantity').notNull().default(1),
  amount: integer('amount').notNull(),
  currency: text('currency').notNull(),
  billingInterval: text('billing_interval').notNull(),
  intervalCount: integer('interval_count').notNull().default(1),
  billingAnchor: instant('billing_anchor'),
  currentPeriodStart: instant('current_period_start'),
  currentPeriodEnd: instant('current_period_end'),
  trialStart: instant('trial_start'),
  trialEnd: instant('trial_end'),
  nextBillingAt: instant('next_billing_at'),
  failedAttempts: integer('failed_attempts').notNull().default(0),
  graceUntil: instant('grace_until'),
  cancelAtPeriodEnd: flag('cancel_at_period_end').notNull().default(false),
  cancelAt: instant('cancel_at'),
  canceledAt: instant('canceled_at'),
  endedAt: instant('ended_at'),
  pauseBehavior: text('pause_behavior'),
  resumesAt: instant('resumes_at'),
  pendingPlanId: text('pending_plan_id').references(() => subscriptionPlans.id),
  pendingFrom: instant('pending_from'),
  provider: text('provider'),
  providerSubscriptionId: text('provider_subscription_id'),
  lastEventAt: instant('last_event_at'),
  version: integer('version').notNull().default(1),
  ...common(),
});

export const paymentAttempts = sqliteTable('payment_attempts', {
  id: id(),
  userId: text('user_id').notNull(),
  userSubscriptionId: text('user_subscription_id').references(() => userSubscriptions.id),
  directDebitTokenId: text('direct_debit_token_id').references(() => directDebitTokens.id),
  kind: text('kind').notNull(),
  status: text('status').notNull().default('scheduled'),
  amount: integer('amount').notNull(),
  currency: text('currency').notNull(),
  amountRefunded: integer('amount_refunded').notNull().default(0),
  periodStart: instant('period_start'),
  periodEnd: instant('period_end'),
  attemptNumber: integer('attempt_number').notNull().default(1),
  idempotencyKey: text('idempotency_key').notNull().unique('uq_payment_attempts_idempotency_key'),
  provider: text('provider').notNull(),
  providerPaymentId: text('provider_payment_id'),
  failureCode: text('failure_code'),
  failureMessage: text('failure_message'),
  nextRetryAt: instant('next_retry_at'),
  scheduledAt: instant('scheduled_at'),
  submittedAt: instant('submitted_at'),
  succeededAt: instant('succeeded_at'),
  settledAt: instant('settled_at'),
  failedAt: instant('failed_at'),
  ...common(),
});
