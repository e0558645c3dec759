import { Entity, Index, ManyToOne } from 'typeorm';
import { bound } from '../../host/bindings';
import { User } from '../../host/stand-ins';
import { BillingEntity } from '../billing-entity';
import {
  CurrencyCode,
  HostKey,
  Instant,
  Key,
  Money,
  OneOf,
  Text,
  Varchar,
  WholeNumber,
} from '../columns';
import { BillingTable } from '../columns/billing-table';
import { isOneOf } from '../columns/registry';
import { notAbove, period, refund, setWhen, zeroOnlyWhen } from '../columns/row-rules';
import {
  CURRENT_PAYMENT_ATTEMPT_STATUSES,
  KEPT_PAYMENT_ATTEMPT_STATUSES,
  OPEN_PAYMENT_ATTEMPT_STATUSES,
  PAYMENT_ATTEMPT_KINDS,
  PAYMENT_ATTEMPT_STATUSES,
  PERIOD_PAYMENT_ATTEMPT_KINDS,
  TAKEN_PAYMENT_ATTEMPT_STATUSES,
  type Currency,
  type PaymentAttemptKind,
  type PaymentAttemptStatus,
} from '../vocabulary';
import { DirectDebitToken } from './direct-debit-token';
import { UserSubscription } from './user-subscription';
import { Named } from '../../host/named';
import type { HostId, HostRow } from '../../host/typed';

/**
 * One attempt to take a payment from a user: table `payment_attempts`. For one period of a
 * subscription at most one is under way (`uq_payment_attempts_open_period`), and of those that pay
 * for it the money of at most one is kept (`uq_payment_attempts_paid_period`), also after a partial
 * refund.
 */
@BillingTable({
  rules: [
    zeroOnlyWhen('amount', ['succeeded']),
    notAbove('amountRefunded', 'amount'),
    refund('amountRefunded', 'amount', { partially: 'partially_refunded', wholly: 'refunded' }),
    period('period', { empty: true }),
    setWhen('succeededAt', TAKEN_PAYMENT_ATTEMPT_STATUSES),
    setWhen('failedAt', ['failed']),
  ],
})
@Entity('payment_attempts')
// A provider's retry keeps the id of the payment.
@Index(
  'uq_payment_attempts_provider_payment_id',
  ['provider', 'providerPaymentId', 'attemptNumber'],
  { unique: true, where: 'provider_payment_id IS NOT NULL' },
)
@Index('uq_payment_attempts_current_payment', ['provider', 'providerPaymentId'], {
  unique: true,
  where: `provider_payment_id IS NOT NULL AND ${isOneOf('status', CURRENT_PAYMENT_ATTEMPT_STATUSES)}`,
})
@Index('uq_payment_attempts_open_period', ['userSubscriptionId', 'periodStart'], {
  unique: true,
  where: isOneOf('status', OPEN_PAYMENT_ATTEMPT_STATUSES),
})
@Index('uq_payment_attempts_paid_period', ['userSubscriptionId', 'periodStart'], {
  unique: true,
  where: `${isOneOf('status', KEPT_PAYMENT_ATTEMPT_STATUSES)} AND ${isOneOf('kind', PERIOD_PAYMENT_ATTEMPT_KINDS)}`,
})
// A user's history, newest first, in pages by keyset.
@Index('ix_payment_attempts_user_id', ['userId', 'createdAt', 'id'])
@Index('ix_payment_attempts_retry', ['nextRetryAt'], { where: 'next_retry_at IS NOT NULL' })
@Named('PaymentAttempt')
export class PaymentAttempt extends BillingEntity {
  /** The host's user. Deleting it deletes the row (`fk_payment_attempts_user_id`). */
  @HostKey('user')
  userId!: HostId<'user'>;

  /** The user itself, if the query loaded it. */
  @ManyToOne(() => bound(User), { onDelete: 'CASCADE', nullable: false })
  user?: HostRow<'user', User>;

  /**
   * The subscription paid for. Null: a one-off, or the subscription is gone
   * (`fk_payment_attempts_user_subscription_id`).
   */
  @Key({ nullable: true, index: true })
  userSubscriptionId!: string | null;

  /** The subscription itself, if the query loaded it. */
  @ManyToOne(() => bound(UserSubscription), { onDelete: 'SET NULL' })
  userSubscription?: HostRow<'userSubscription', UserSubscription> | null;

  /**
   * The mandate used. Null: not by direct debit, or the token was deleted
   * (`fk_payment_attempts_direct_debit_token_id`).
   */
  @Key({ nullable: true, index: true })
  directDebitTokenId!: string | null;

  /** The token itself, if the query loaded it. */
  @ManyToOne(() => bound(DirectDebitToken), { onDelete: 'SET NULL' })
  directDebitToken?: HostRow<'directDebitToken', DirectDebitToken> | null;

  /** What it is for (`ck_payment_attempts_kind`). */
  @OneOf(PAYMENT_ATTEMPT_KINDS, { length: 16 })
  kind!: PaymentAttemptKind;

  /** `'scheduled'` if not given; one of a list (`ck_payment_attempts_status`). */
  @OneOf(PAYMENT_ATTEMPT_STATUSES, { length: 32, default: 'scheduled' })
  status!: PaymentAttemptStatus;

  /**
   * In minor units of `currency`, at least 1; 0 only in the status succeeded, of a payment for which
   * nothing was to be taken: a trial, a coupon over all of it (`ck_payment_attempts_amount`).
   */
  @Money()
  amount!: number;

  /** ISO 4217, upper case. */
  @CurrencyCode()
  currency!: Currency;

  /**
   * The amount refunded, in minor units of `currency`: from 0, the default, to `amount`
   * (`ck_payment_attempts_amount_refunded`). A part of `amount` exactly when the status is
   * partially_refunded, and all of it when the status is refunded (`ck_payment_attempts_refund`).
   */
  @Money({ default: 0 })
  amountRefunded!: number;

  /** Start of the period paid for. Null: pays for no period. */
  @Instant({ nullable: true })
  periodStart!: Date | null;

  /**
   * Not before `periodStart` (`ck_payment_attempts_period`): the period of a first invoice at Stripe
   * has no length. Null: pays for no period.
   */
  @Instant({ nullable: true })
  periodEnd!: Date | null;

  /** The number of this attempt for its period or payment, from 1, which is the default. */
  @WholeNumber({ min: 1, default: 1 })
  attemptNumber!: number;

  /**
   * Sent to the provider, so that a retry does not take a second payment; unique
   * (`uq_payment_attempts_idempotency_key`).
   */
  @Varchar(255, { unique: true })
  idempotencyKey!: string;

  /** The payment provider. */
  @Varchar(32)
  provider!: string;

  /**
   * The provider's own id. A provider's retry keeps it: it is unique with `provider` and
   * `attemptNumber` (`uq_payment_attempts_provider_payment_id`), and only one attempt that has not
   * failed or been canceled may have it (`uq_payment_attempts_current_payment`). Null: not sent yet.
   */
  @Varchar(255, { nullable: true })
  providerPaymentId!: string | null;

  /** The provider's code for the failure. Null: none given. */
  @Varchar(64, { nullable: true })
  failureCode!: string | null;

  /** The provider's message for the failure. Null: none given. */
  @Text({ nullable: true })
  failureMessage!: string | null;

  /** When to try again. Null: no retry is planned. */
  @Instant({ nullable: true })
  nextRetryAt!: Date | null;

  /** When it will be sent. Null: no time is set. */
  @Instant({ nullable: true })
  scheduledAt!: Date | null;

  /** When it was sent to the provider. Null: not yet. */
  @Instant({ nullable: true })
  submittedAt!: Date | null;

  /**
   * Set when the status is succeeded, partially_refunded, refunded or charged_back
   * (`ck_payment_attempts_succeeded_at`). Null: not yet.
   */
  @Instant({ nullable: true })
  succeededAt!: Date | null;

  /** When the money reached the account. Null: not yet. */
  @Instant({ nullable: true })
  settledAt!: Date | null;

  /** Set when the status is failed (`ck_payment_attempts_failed_at`). Null: not failed. */
  @Instant({ nullable: true })
  failedAt!: Date | null;
}
