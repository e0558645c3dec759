import { IsHexColor, IsIn, IsOptional, Length, Max, Min } from 'class-validator';
import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  Unique,
} from 'typeorm';
import {
  DirectDebitToken,
  PaymentAttempt,
  Plan,
  Subscription,
  SubscriptionPlan,
  TenantConfig,
  UserSubscription,
} from '../../src';

/** A host's own classes in the place of billing's seven: two columns more each, and relations. */

@Entity('categories')
export class Category {
  @PrimaryColumn('integer')
  id!: number;

  @Column('varchar', { length: 40 })
  title!: string;

  @OneToMany(() => OurPlan, (plan) => plan.category)
  plans?: OurPlan[];
}

/** A table of the host's that refers to billing, by its class and by its name. */
@Entity('invoices')
export class Invoice {
  @PrimaryColumn('integer')
  id!: number;

  @ManyToOne(() => Plan)
  plan?: Plan;

  @ManyToOne('Subscription')
  subscription?: Subscription;
}

@Entity()
@Check('ck_plans_badge', `"badge" <> ''`)
export class OurPlan extends Plan {
  @Column('varchar', { length: 20, nullable: true })
  @IsOptional()
  @Length(1, 20)
  badge!: string | null;

  @ManyToOne(() => Category, (category) => category.plans, { onDelete: 'SET NULL' })
  @JoinColumn({ name: 'category_id' })
  category?: Category | null;

  @OneToMany(() => OurSubscription, (subscription) => subscription.plan)
  subscriptions?: OurSubscription[];
}

@Entity('subscriptions')
@Index('ix_subscriptions_seats', ['seatsUsed'], { where: '"seats_used" > 0' })
export class OurSubscription extends Subscription {
  declare plan?: OurPlan;

  @Column('integer', { name: 'seats_used', default: 0 })
  @Min(0)
  seatsUsed!: number;

  @ManyToOne(() => OurPlan, { onDelete: 'SET NULL' })
  @JoinColumn({ name: 'previous_plan_id' })
  previousPlan?: OurPlan | null;
}

@Entity()
@Unique('uq_tenant_config_po_number', ['poNumber'])
export class OurTenantConfig extends TenantConfig {
  @Column('varchar', { name: 'po_number', length: 30, nullable: true })
  @IsOptional()
  @Length(3, 30)
  poNumber!: string | null;

  @Column('boolean', { name: 'sends_reminders', default: true })
  sendsReminders!: boolean;
}

@Entity()
export class OurSubscriptionPlan extends SubscriptionPlan {
  @Column('varchar', { nullable: true })
  @IsOptional()
  @IsHexColor()
  color!: string | null;

  @Column('integer', { default: 1 })
  @Max(9)
  tier!: number;
}

@Entity()
export class OurUserSubscription extends UserSubscription {
  @Column('text', { nullable: true })
  @IsOptional()
  @Length(1, 1000)
  note!: string | null;

  @ManyToOne(() => OurUserSubscription, { onDelete: 'SET NULL' })
  @JoinColumn({ name: 'gift_of_id' })
  giftOf?: OurUserSubscription | null;
}

@Entity()
export class OurPaymentAttempt extends PaymentAttempt {
  @Index('ix_payment_attempts_channel')
  @Column('varchar', { length: 10, default: 'web' })
  @IsIn(['web', 'app'])
  channel!: string;

  @Column('bigint', { nullable: true })
  fee!: string | number | null;
}

@Entity()
export class OurDirectDebitToken extends DirectDebitToken {
  @Column('varchar', { name: 'signed_by', length: 80, nullable: true })
  @IsOptional()
  @Length(2, 80)
  signedBy!: string | null;

  @Column('integer', { default: 0 })
  @Min(0)
  risk!: number;
}

export const OURS = {
  plan: OurPlan,
  subscription: OurSubscription,
  tenantConfig: OurTenantConfig,
  subscriptionPlan: OurSubscriptionPlan,
  userSubscription: OurUserSubscription,
  paymentAttempt: OurPaymentAttempt,
  directDebitToken: OurDirectDebitToken,
} as const;

/** The columns that they add, by table. */
export const OUR_COLUMNS = {
  plans: ['badge', 'category_id'],
  subscriptions: ['seats_used', 'previous_plan_id'],
  tenant_config: ['po_number', 'sends_reminders'],
  subscription_plans: ['color', 'tier'],
  user_subscriptions: ['note', 'gift_of_id'],
  payment_attempts: ['channel', 'fee'],
  direct_debit_tokens: ['signed_by', 'risk'],
} as const;
