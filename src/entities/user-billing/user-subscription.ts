import { Entity, Index, ManyToOne } from 'typeorm';
import { bound } from '../../host/bindings';
import { User } from '../../host/stand-ins';
import { BillingEntity } from '../billing-entity';
import {
  CurrencyCode,
  Flag,
  HostKey,
  Instant,
  Key,
  Money,
  OneOf,
  Varchar,
  WholeNumber,
} from '../columns';
import { BillingTable } from '../columns/billing-table';
import { isOneOf } from '../columns/registry';
import { period, setExactlyWhen, setWith } from '../columns/row-rules';
import {
  BILLABLE_SUBSCRIPTION_STATUSES,
  BILLING_INTERVALS,
  FINAL_SUBSCRIPTION_STATUSES,
  LIVE_SUBSCRIPTION_STATUSES,
  SUBSCRIPTION_STATUSES,
  type BillingInterval,
  type Currency,
  type SubscriptionStatus,
} from '../vocabulary';
import { DirectDebitToken } from './direct-debit-token';
import { SubscriptionPlan } from './subscription-plan';
import { Named } from '../../host/named';

/**
 * A user's subscription to a plan: table `user_subscriptions`. A user has at most one that is live
 * (`uq_user_subscriptions_live_user`), and any number that have ended.
 */
@BillingTable({
  rules: [
    period('currentPeriod'),
    period('trial'),
    setExactlyWhen('endedAt', FINAL_SUBSCRIPTION_STATUSES),
    // The unique index below ignores a row whose provider is NULL.
    setWith('provider', 'providerSubscriptionId'),
  ],
})
@Entity('user_subscriptions')
@Index('uq_user_subscriptions_live_user', ['userId'], {
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
  userId!: string;

  /** The user itself, if the query loaded it. */
  @ManyToOne(() => bound(User), { onDelete: 'CASCADE', nullable: false })
  user?: User;

  /** The plan. It can't be deleted while a row refers to it (`fk_user_subscriptions_plan_id`). */
  @Key({ index: true })
  planId!: string;

  /** The plan itself, if the query loaded it. */
  @ManyToOne(() => bound(SubscriptionPlan), { onDelete: 'RESTRICT', nullable: false })
  plan?: SubscriptionPlan;

  /**
   * The mandate that pays. Null: pays otherwise, or the token was deleted
   * (`fk_user_subscriptions_direct_debit_token_id`).
   */
  @Key({ nullable: true, index: true })
  directDebitTokenId!: string | null;

  /** The token itself, if the query loaded it. */
  @ManyToOne(() => bound(DirectDebitToken), { onDelete: 'SET NULL' })
  directDebitToken?: DirectDebitToken | null;

  /** `'incomplete'` if not given; one of a list (`ck_user_subscriptions_status`). */
  @OneOf(SUBSCRIPTION_STATUSES, { length: 32, default: 'incomplete' })
  status!: SubscriptionStatus;

  /** Price of one interval, in minor units of `currency`: the plan's, when the user subscribed. */
  @Money()
  amount!: number;

  /** ISO 4217, upper case: the plan's, when the user subscribed. */
  @CurrencyCode()
  currency!: Currency;

  /** Unit of the billing interval: the plan's, when the user subscribed. */
  @OneOf(BILLING_INTERVALS, { length: 16 })
  billingInterval!: BillingInterval;

  /** Number of units in one interval, 1 to 36; 1 if not given. */
  @WholeNumber({ min: 1, max: 36, default: 1, type: 'smallint' })
  intervalCount!: number;

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

  /** When it was canceled; it may still run to the end of its period. Null: not canceled. */
  @Instant({ nullable: true })
  canceledAt!: Date | null;

  /** Set exactly when the status is final (`ck_user_subscriptions_ended_at`). Null: still live. */
  @Instant({ nullable: true })
  endedAt!: Date | null;

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
