import { Entity, Index, ManyToOne } from 'typeorm';
import { bound } from '../../host/bindings';
import { User } from '../../host/stand-ins';
import { BillingEntity } from '../billing-entity';
import {
  CurrencyCode,
  Flag,
  HostKey,
  Instant,
  IntervalCount,
  intervalLength,
  Key,
  Money,
  OneOf,
  Varchar,
  WholeNumber,
} from '../columns';
import { BillingTable } from '../columns/billing-table';
import { isOneOf } from '../columns/registry';
import { onlyWith, onlyWithOrWhen, period, setExactlyWhen, setWith } from '../columns/row-rules';
import {
  BILLABLE_SUBSCRIPTION_STATUSES,
  BILLING_INTERVALS,
  FINAL_SUBSCRIPTION_STATUSES,
  LIVE_SUBSCRIPTION_STATUSES,
  PAUSE_BEHAVIORS,
  PAUSED_SUBSCRIPTION_STATUSES,
  SUBSCRIPTION_STATUSES,
  type BillingInterval,
  type Currency,
  type PauseBehavior,
  type SubscriptionStatus,
} from '../vocabulary';
import { DirectDebitToken } from './direct-debit-token';
import { SubscriptionPlan } from './subscription-plan';
import { Named } from '../../host/named';
import type { HostId, HostRow } from '../../host/typed';

/**
 * A user's subscription to a plan: table `user_subscriptions`. A user has at most one that is live
 * in each slot (`uq_user_subscriptions_live_user`), one more of test mode, and any number that have ended.
 */
@BillingTable({
  rules: [
    period('currentPeriod'),
    period('trial'),
    intervalLength,
    onlyWithOrWhen('resumesAt', 'pauseBehavior', PAUSED_SUBSCRIPTION_STATUSES),
    onlyWith('pendingFrom', 'pendingPlanId'),
    setExactlyWhen('endedAt', FINAL_SUBSCRIPTION_STATUSES),
    // The unique index below ignores a row whose provider is NULL.
    setWith('provider', 'providerSubscriptionId'),
  ],
})
@Entity('user_subscriptions')
@Index('uq_user_subscriptions_live_user', ['userId', 'slot', 'livemode'], {
  unique: true,
  where: isOneOf('status', LIVE_SUBSCRIPTION_STATUSES),
})
@Index('uq_user_subscriptions_provider_subscription_id', ['provider', 'providerSubscriptionId'], {
  unique: true,
  where: 'provider_subscription_id IS NOT NULL',
})
@Index('ix_user_subscriptions_due', ['nextBillingAt'], {
  where: isOneOf('status', BILLABLE_SUBSCRIPTION_STATUSES),
})
@Named('UserSubscription')
export class UserSubscription extends BillingEntity {
  /** The host's user. Deleting it deletes the row (`fk_user_subscriptions_user_id`). */
  @HostKey('user', { index: true })
  userId!: HostId<'user'>;

  /** The user itself, if the query loaded it. */
  @ManyToOne(() => bound(User), { onDelete: 'CASCADE', nullable: false })
  user?: HostRow<'user', User>;

  /** The plan. It can't be deleted while a row refers to it (`fk_user_subscriptions_plan_id`). */
  @Key({ index: true })
  planId!: string;

  /** The plan itself, if the query loaded it. */
  @ManyToOne(() => bound(SubscriptionPlan), { onDelete: 'RESTRICT', nullable: false })
  plan?: HostRow<'subscriptionPlan', SubscriptionPlan>;

  /**
   * The mandate that pays. Null: pays otherwise, or the token was deleted
   * (`fk_user_subscriptions_direct_debit_token_id`).
   */
  @Key({ nullable: true, index: true })
  directDebitTokenId!: string | null;

  /** The token itself, if the query loaded it. */
  @ManyToOne(() => bound(DirectDebitToken), { onDelete: 'SET NULL' })
  directDebitToken?: HostRow<'directDebitToken', DirectDebitToken> | null;

  /** `'incomplete'` if not given; one of a list (`ck_user_subscriptions_status`). */
  @OneOf(SUBSCRIPTION_STATUSES, { length: 32, default: 'incomplete' })
  status!: SubscriptionStatus;

  /**
   * What the subscription is for, 1 to 64 characters, where a user may have several at once: a
   * product, an add-on; `'default'` if not given.
   */
  @Varchar(64, { default: 'default' })
  slot!: string;

  /** Seats, 0 or more; 1 if not given. */
  @WholeNumber({ min: 0, default: 1 })
  quantity!: number;

  /** Price of one interval, in minor units of `currency`: the plan's, when the user subscribed. */
  @Money()
  amount!: number;

  /** ISO 4217, upper case: the plan's, when the user subscribed. */
  @CurrencyCode()
  currency!: Currency;

  /** Unit of the billing interval: the plan's, when the user subscribed. */
  @OneOf(BILLING_INTERVALS, { length: 16 })
  billingInterval!: BillingInterval;

  /**
   * Number of units in one interval: 1 to three years, which is 1095 days, 156 weeks, 36 months or 3
   * years (`ck_user_subscriptions_interval_count`); 1 if not given.
   */
  @IntervalCount()
  intervalCount!: number;

  /**
   * When the first interval began: period n begins n intervals after it, and not one interval after
   * period n - 1 (31 January, 28 February, 31 March). Null: not started.
   */
  @Instant({ nullable: true })
  billingAnchor!: Date | null;

  /** Start of the period paid for. Null: not started. */
  @Instant({ nullable: true })
  currentPeriodStart!: Date | null;

  /** After its start (`ck_user_subscriptions_current_period`). Null: not started. */
  @Instant({ nullable: true })
  currentPeriodEnd!: Date | null;

  /** Null: no trial. */
  @Instant({ nullable: true })
  trialStart!: Date | null;

  /** After `trialStart` (`ck_user_subscriptions_trial`). Null: no trial. */
  @Instant({ nullable: true })
  trialEnd!: Date | null;

  /** When the next payment is due. Null: none is due. */
  @Instant({ nullable: true })
  nextBillingAt!: Date | null;

  /** Failed attempts in a row, for dunning; 0 if not given. */
  @WholeNumber({ min: 0, default: 0 })
  failedAttempts!: number;

  /** Access is kept until then, although a payment failed. Null: no grace period. */
  @Instant({ nullable: true })
  graceUntil!: Date | null;

  /** Whether it ends with the period; false if not given. It stays true after it has ended. */
  @Flag({ default: false })
  cancelAtPeriodEnd!: boolean;

  /** When it will end. Null: no end is set. */
  @Instant({ nullable: true })
  cancelAt!: Date | null;

  /** When it was canceled; it may still run to the end of its period. Null: not canceled. */
  @Instant({ nullable: true })
  canceledAt!: Date | null;

  /** Set exactly when the status is final (`ck_user_subscriptions_ended_at`). Null: still live. */
  @Instant({ nullable: true })
  endedAt!: Date | null;

  /**
   * Whether the collection of payments is paused, and what becomes of the invoices meanwhile; the
   * status stays what it was (`ck_user_subscriptions_pause_behavior`). Null: not paused.
   */
  @OneOf(PAUSE_BEHAVIORS, { length: 32, nullable: true })
  pauseBehavior!: PauseBehavior | null;

  /**
   * When it resumes: only with `pauseBehavior`, or in the status paused
   * (`ck_user_subscriptions_resumes_at`). Null: until further notice, or not paused.
   */
  @Instant({ nullable: true })
  resumesAt!: Date | null;

  /**
   * The plan that it changes to. Null: no change is due, or that plan was deleted
   * (`fk_user_subscriptions_pending_plan_id`).
   */
  @Key({ nullable: true, index: true })
  pendingPlanId!: string | null;

  /** The plan that it changes to, if the query loaded it. */
  @ManyToOne(() => bound(SubscriptionPlan), { onDelete: 'SET NULL' })
  pendingPlan?: HostRow<'subscriptionPlan', SubscriptionPlan> | null;

  /**
   * When it changes to that plan; only with a plan (`ck_user_subscriptions_pending_from`), so that a plan
   * that a dated change refers to can't be deleted. Null: no change is due, or it has no date.
   */
  @Instant({ nullable: true })
  pendingFrom!: Date | null;

  /**
   * The payment provider. Null: none, and then no `providerSubscriptionId` either
   * (`ck_user_subscriptions_provider`).
   */
  @Varchar(32, { nullable: true })
  provider!: string | null;

  /**
   * The provider's own id, unique with `provider` (`uq_user_subscriptions_provider_subscription_id`).
   * Null: the provider has none.
   */
  @Varchar(255, { nullable: true })
  providerSubscriptionId!: string | null;

  /**
   * Time of the newest provider event applied; an older one must not overwrite the row.
   * Null: no provider event yet.
   */
  @Instant({ nullable: true })
  lastEventAt!: Date | null;

  /** For `UPDATE … SET version = version + 1 WHERE version = ?`; from 1, which is the default. */
  @WholeNumber({ min: 1, default: 1 })
  version!: number;
}
