import { Entity } from 'typeorm';
import { BillingEntity } from '../billing-entity';
import { CurrencyCode, Flag, Json, Money, Text, Varchar, WholeNumber } from '../columns';
import { BillingTable } from '../columns/billing-table';
import { different } from '../columns/row-rules';
import type { JsonObject } from '../columns/values';
import type { Currency } from '../vocabulary';
import { Named } from '../../host/named';

/** What tenants may subscribe to: table `plans`. A plan in use can't be deleted; deactivate it. */
@BillingTable({
  rules: [different('stripePriceIdYearly', 'stripePriceIdMonthly')],
})
@Entity('plans')
@Named('Plan')
export class Plan extends BillingEntity {
  /** 1 to 100 characters, unique (`uq_plans_name`). */
  @Varchar(100, { unique: true })
  name!: string;

  /** Null: none. */
  @Text({ nullable: true })
  description!: string | null;

  /** Stripe's product id. Null: not sold through Stripe. */
  @Varchar(255, { nullable: true })
  stripeProductId!: string | null;

  /** Stripe's price id. Null: not sold monthly. Unique (`uq_plans_stripe_price_id_monthly`). */
  @Varchar(255, { nullable: true, unique: true })
  stripePriceIdMonthly!: string | null;

  /**
   * Stripe's price id. Null: not sold yearly. Unique (`uq_plans_stripe_price_id_yearly`), and never
   * the monthly one (`ck_plans_stripe_price_id_yearly`).
   */
  @Varchar(255, { nullable: true, unique: true })
  stripePriceIdYearly!: string | null;

  /** Per seat and month, in minor units of `currency`. Null: by agreement. */
  @Money({ nullable: true })
  priceMonthly!: number | null;

  /** Per seat and year, in minor units of `currency`. Null: by agreement, or not sold. */
  @Money({ nullable: true })
  priceYearly!: number | null;

  /** ISO 4217, upper case; `'USD'` if not given. */
  @CurrencyCode({ default: 'USD' })
  currency!: Currency;

  /** Length of the trial in days, 0 to 730; 0, no trial, if not given. */
  @WholeNumber({ min: 0, max: 730, default: 0 })
  trialDays!: number;

  /** Limits and switches, a JSON object (`ck_plans_features`); `{}` if not given. */
  @Json()
  features!: JsonObject;

  /** Whether new subscriptions to it are allowed; true if not given. */
  @Flag({ default: true })
  isActive!: boolean;

  /** Place in a price list, lowest first; 0 if not given. */
  @WholeNumber({ default: 0 })
  sortOrder!: number;
}
