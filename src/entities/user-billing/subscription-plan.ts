import { Entity } from 'typeorm';
import { BillingEntity } from '../billing-entity';
import {
  CurrencyCode,
  Flag,
  IntervalCount,
  intervalLength,
  Json,
  Money,
  OneOf,
  Text,
  Varchar,
  WholeNumber,
} from '../columns';
import { BillingTable } from '../columns/billing-table';
import type { JsonObject } from '../columns/values';
import { BILLING_INTERVALS, type BillingInterval, type Currency } from '../vocabulary';
import { Named } from '../../host/named';

/**
 * What users may subscribe to: table `subscription_plans`. A plan in use can't be deleted;
 * deactivate it.
 */
@BillingTable({ rules: [intervalLength] })
@Entity('subscription_plans')
@Named('SubscriptionPlan')
export class SubscriptionPlan extends BillingEntity {
  /**
   * Stable name for use in code, unique (`uq_subscription_plans_code`): lower-case letters, digits,
   * `_` and `-`, not beginning with either of the last two.
   */
  @Varchar(64, {
    unique: true,
    format: {
      pattern: /^[a-z0-9][a-z0-9_-]*$/,
      expected: 'lower-case letters, digits, _ and -, beginning with a letter or digit',
      lowerCase: true,
    },
  })
  code!: string;

  /** 1 to 100 characters. */
  @Varchar(100)
  name!: string;

  /** Null: none. */
  @Text({ nullable: true })
  description!: string | null;

  /** Price of one interval, in minor units of `currency`. */
  @Money()
  amount!: number;

  /** ISO 4217, upper case. */
  @CurrencyCode()
  currency!: Currency;

  /** Unit of the billing interval (`ck_subscription_plans_billing_interval`). */
  @OneOf(BILLING_INTERVALS, { length: 16 })
  billingInterval!: BillingInterval;

  /**
   * Number of units in one interval: 1 to three years, which is 1095 days, 156 weeks, 36 months or 3
   * years (`ck_subscription_plans_interval_count`); 1 if not given.
   */
  @IntervalCount()
  intervalCount!: number;

  /** Length of the trial in days, 0 to 730; 0, no trial, if not given. */
  @WholeNumber({ min: 0, max: 730, default: 0 })
  trialDays!: number;

  /** Limits and switches, a JSON object (`ck_subscription_plans_features`); `{}` if not given. */
  @Json()
  features!: JsonObject;

  /** Whether new subscriptions to it are allowed; true if not given. */
  @Flag({ default: true })
  isActive!: boolean;

  /** Place in a price list, lowest first; 0 if not given. */
  @WholeNumber({ default: 0 })
  sortOrder!: number;
}
