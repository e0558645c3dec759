import { Entity, Index, ManyToOne } from 'typeorm';
import { bound } from '../../host/bindings';
import { Tenant } from '../../host/stand-ins';
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
import {
  bothOrNeither,
  onlyWith,
  onlyWithOrWhen,
  period,
  setExactlyWhen,
} from '../columns/row-rules';
import {
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
import { Plan } from './plan';
import { Named } from '../../host/named';
import type { HostId, HostRow } from '../../host/typed';

const IS_LIVE = isOneOf('status', LIVE_SUBSCRIPTION_STATUSES);

/**
 * A tenant's subscription to a plan: table `subscriptions`. A tenant has at most one that is live
 * in each slot (`uq_subscriptions_live_tenant`), one more of test mode, and any number that have ended.
 */
@BillingTable({
  rules: [
    bothOrNeither('unitAmount', 'currency'),
    period('currentPeriod'),
    period('trial'),
    intervalLength,
    onlyWithOrWhen('resumesAt', 'pauseBehavior', PAUSED_SUBSCRIPTION_STATUSES),
    onlyWith('pendingFrom', 'pendingPlanId'),
    setExactlyWhen('endedAt', FINAL_SUBSCRIPTION_STATUSES),
  ],
})
@Entity('subscriptions')
@Index('uq_subscriptions_live_tenant', ['tenantId', 'slot', 'livemode'], {
  unique: true,
  where: IS_LIVE,
})
// Renewals due.
@Index('ix_subscriptions_period_end', ['currentPeriodEnd'], { where: IS_LIVE })
@Named('Subscription')
export class Subscription extends BillingEntity {
  /** The host's tenant. Deleting it deletes the row (`fk_subscriptions_tenant_id`). */
  @HostKey('tenant', { index: true })
  tenantId!: HostId<'tenant'>;

  /** The tenant itself, if the query loaded it. */
  @ManyToOne(() => bound(Tenant), { onDelete: 'CASCADE', nullable: false })
  tenant?: HostRow<'tenant', Tenant>;

  /** The plan. It can't be deleted while a row refers to it (`fk_subscriptions_plan_id`). */
  @Key({ index: true })
  planId!: string;

  /** The plan itself, if the query loaded it. */
  @ManyToOne(() => bound(Plan), { onDelete: 'RESTRICT', nullable: false })
  plan?: HostRow<'plan', Plan>;

  /** Null: not (yet) at Stripe. Unique (`uq_subscriptions_stripe_subscription_id`). */
  @Varchar(255, { nullable: true, unique: true })
  stripeSubscriptionId!: string | null;

  /** `'incomplete'` if not given; one of a list (`ck_subscriptions_status`). */
  @OneOf(SUBSCRIPTION_STATUSES, { length: 32, default: 'incomplete' })
  status!: SubscriptionStatus;

  /**
   * What the subscription is for, 1 to 64 characters, where a tenant may have several at once: a
   * product, an add-on; `'default'` if not given.
   */
  @Varchar(64, { default: 'default' })
  slot!: string;

  /** Unit of the billing interval; `'month'` if not given (`ck_subscriptions_billing_interval`). */
  @OneOf(BILLING_INTERVALS, { length: 16, default: 'month' })
  billingInterval!: BillingInterval;

  /**
   * Number of units in one interval: 1 to three years, which is 1095 days, 156 weeks, 36 months or 3
   * years (`ck_subscriptions_interval_count`); 1 if not given.
   */
  @IntervalCount()
  intervalCount!: number;

  /** Seats, 0 or more; 1 if not given. */
  @WholeNumber({ min: 0, default: 1 })
  quantity!: number;

  /**
   * The price agreed per seat and interval, in minor units of `currency`: pinned against later
   * changes of the plan. Null: the plan's price applies. Given with `currency` or not at all
   * (`ck_subscriptions_unit_amount_currency`).
   */
  @Money({ nullable: true })
  unitAmount!: number | null;

  /** ISO 4217 code of `unitAmount`. Null: the plan's price applies. */
  @CurrencyCode({ nullable: true })
  currency!: Currency | null;

  /** Start of the period paid for. Null: not started. */
  @Instant({ nullable: true })
  currentPeriodStart!: Date | null;

  /** End of the period, after its start (`ck_subscriptions_current_period`). Null: not started. */
  @Instant({ nullable: true })
  currentPeriodEnd!: Date | null;

  /** Null: no trial. */
  @Instant({ nullable: true })
  trialStart!: Date | null;

  /** After `trialStart` (`ck_subscriptions_trial`). Null: no trial. */
  @Instant({ nullable: true })
  trialEnd!: Date | null;

  /** Whether it ends with the period; false if not given. Stripe keeps it true after it has ended. */
  @Flag({ default: false })
  cancelAtPeriodEnd!: boolean;

  /** When it will end. Null: no end is set. */
  @Instant({ nullable: true })
  cancelAt!: Date | null;

  /** When it was canceled; it may still run to the end of its period. Null: not canceled. */
  @Instant({ nullable: true })
  canceledAt!: Date | null;

  /**
   * Whether the collection of payments is paused, and what becomes of the invoices meanwhile; the
   * status stays what it was (`ck_subscriptions_pause_behavior`). Null: not paused.
   */
  @OneOf(PAUSE_BEHAVIORS, { length: 32, nullable: true })
  pauseBehavior!: PauseBehavior | null;

  /**
   * When it resumes: only with `pauseBehavior`, or in the status paused
   * (`ck_subscriptions_resumes_at`). Null: until further notice, or not paused.
   */
  @Instant({ nullable: true })
  resumesAt!: Date | null;

  /**
   * The plan that it changes to. Null: no change is due, or that plan was deleted
   * (`fk_subscriptions_pending_plan_id`).
   */
  @Key({ nullable: true, index: true })
  pendingPlanId!: string | null;

  /** The plan that it changes to, if the query loaded it. */
  @ManyToOne(() => bound(Plan), { onDelete: 'SET NULL' })
  pendingPlan?: HostRow<'plan', Plan> | null;

  /**
   * When it changes to that plan; only with a plan (`ck_subscriptions_pending_from`), so that a plan
   * that a dated change refers to can't be deleted. Null: no change is due, or it has no date.
   */
  @Instant({ nullable: true })
  pendingFrom!: Date | null;

  /** Set exactly when the status is final (`ck_subscriptions_ended_at`). Null: still live. */
  @Instant({ nullable: true })
  endedAt!: Date | null;

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
