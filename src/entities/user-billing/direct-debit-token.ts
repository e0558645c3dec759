import { Entity, Index, ManyToOne } from 'typeorm';
import { bound } from '../../host/bindings';
import { User } from '../../host/stand-ins';
import { BillingEntity } from '../billing-entity';
import {
  Alphanumeric,
  CurrencyCode,
  Flag,
  Hex,
  HostKey,
  Instant,
  Key,
  Money,
  OneOf,
  Text,
  Varchar,
} from '../columns';
import { BillingTable } from '../columns/billing-table';
import { bothOrNeither, setWhen } from '../columns/row-rules';
import {
  DIRECT_DEBIT_SCHEMES,
  MANDATE_STATUSES,
  type Currency,
  type DirectDebitScheme,
  type MandateStatus,
} from '../vocabulary';
import { Named } from '../../host/named';
import type { HostId, HostRow } from '../../host/typed';

/**
 * A user's mandate, and the token to use it with: table `direct_debit_tokens`. The token itself is
 * stored encrypted only. A user has at most one active default
 * (`uq_direct_debit_tokens_default_user`), and one more of test mode.
 */
@BillingTable({
  rules: [
    bothOrNeither('tokenCiphertext', 'tokenKeyId', { name: 'token_ciphertext_key' }),
    bothOrNeither('maxAmount', 'currency'),
    setWhen('activatedAt', ['active']),
    setWhen('revokedAt', ['cancelled']),
  ],
})
@Entity('direct_debit_tokens')
@Index('uq_direct_debit_tokens_mandate_reference', ['provider', 'mandateReference'], {
  unique: true,
  where: 'mandate_reference IS NOT NULL',
})
@Index('uq_direct_debit_tokens_token_fingerprint', ['provider', 'tokenFingerprint'], {
  unique: true,
  where: 'token_fingerprint IS NOT NULL',
})
@Index('uq_direct_debit_tokens_default_user', ['userId', 'livemode'], {
  unique: true,
  where: "is_default AND status = 'active'",
})
@Named('DirectDebitToken')
export class DirectDebitToken extends BillingEntity {
  /** The host's user. Deleting it deletes the row (`fk_direct_debit_tokens_user_id`). */
  @HostKey('user', { index: true })
  userId!: HostId<'user'>;

  /** The user itself, if the query loaded it. */
  @ManyToOne(() => bound(User), { onDelete: 'CASCADE', nullable: false })
  user?: HostRow<'user', User>;

  /** The payment provider. */
  @Varchar(32)
  provider!: string;

  /** The payment scheme (`ck_direct_debit_tokens_scheme`). */
  @OneOf(DIRECT_DEBIT_SCHEMES, { length: 32 })
  scheme!: DirectDebitScheme;

  /** `'pending_submission'` if not given; one of a list (`ck_direct_debit_tokens_status`). */
  @OneOf(MANDATE_STATUSES, { length: 32, default: 'pending_submission' })
  status!: MandateStatus;

  /**
   * The provider's or bank's reference, unique with `provider`
   * (`uq_direct_debit_tokens_mandate_reference`). Null: not issued.
   */
  @Varchar(255, { nullable: true })
  mandateReference!: string | null;

  /** The token, encrypted by the host; never in the clear, never in an error. Null: not issued. */
  @Text({ nullable: true, secret: true })
  tokenCiphertext!: string | null;

  /**
   * Which of the host's keys encrypted the token. Null: no token; both or neither
   * (`ck_direct_debit_tokens_token_ciphertext_key`).
   */
  @Varchar(64, { nullable: true })
  tokenKeyId!: string | null;

  /**
   * Keyed hash of the token, 64 lower-case hexadecimal digits, to find it by; unique with `provider`
   * (`uq_direct_debit_tokens_token_fingerprint`). Never in an error. Null: none.
   */
  @Hex(64, { nullable: true, secret: true })
  tokenFingerprint!: string | null;

  /** Name of the bank, to show to the user. Null: not known. */
  @Varchar(100, { nullable: true })
  bankName!: string | null;

  /**
   * The end of the account number, to show to the user: 2 to 4 digits or upper-case letters, as many
   * as the provider gives (`ck_direct_debit_tokens_account_ending`). Null: not known.
   */
  @Alphanumeric(2, 4, { nullable: true })
  accountEnding!: string | null;

  /**
   * The most that one payment may take, in minor units of `currency`. Null: no limit agreed. Given with
   * `currency` or not at all (`ck_direct_debit_tokens_max_amount_currency`).
   */
  @Money({ nullable: true })
  maxAmount!: number | null;

  /** ISO 4217 code of `maxAmount`. Null: no limit agreed. */
  @CurrencyCode({ nullable: true })
  currency!: Currency | null;

  /** Set when the status is active (`ck_direct_debit_tokens_activated_at`). Null: never active. */
  @Instant({ nullable: true })
  activatedAt!: Date | null;

  /** Null: does not expire. */
  @Instant({ nullable: true })
  expiresAt!: Date | null;

  /** Null: never used. */
  @Instant({ nullable: true })
  lastUsedAt!: Date | null;

  /** Set when the status is cancelled (`ck_direct_debit_tokens_revoked_at`). Null: not cancelled. */
  @Instant({ nullable: true })
  revokedAt!: Date | null;

  /** Whether it is used when no token is named; false if not given. */
  @Flag({ default: false })
  isDefault!: boolean;

  /**
   * The token that replaced this one. Null: none did, or that one was deleted
   * (`fk_direct_debit_tokens_replaced_by_id`).
   */
  @Key({ nullable: true, index: true })
  replacedById!: string | null;

  /** The token that replaced this one, if the query loaded it. */
  @ManyToOne(() => bound(DirectDebitToken), { onDelete: 'SET NULL' })
  replacedBy?: HostRow<'directDebitToken', DirectDebitToken> | null;
}
