import { bound, replacements, type EntityClass } from './host/bindings';
import { putLast, Tenant, User } from './host/stand-ins';
import { Plan } from './entities/tenant-billing/plan';
import { Subscription } from './entities/tenant-billing/subscription';
import { TenantConfig } from './entities/tenant-billing/tenant-config';
import { DirectDebitToken } from './entities/user-billing/direct-debit-token';
import { PaymentAttempt } from './entities/user-billing/payment-attempt';
import { SubscriptionPlan } from './entities/user-billing/subscription-plan';
import { UserSubscription } from './entities/user-billing/user-subscription';
import { FAMILY_MIGRATIONS, type FamilyMigrations } from './migrations/families';

/** Entities and migrations that belong together; a DataSource takes both. */
export interface BillingFamily {
  /**
   * Billing's classes, or those that `bindHost()` has put in their place. The stand-in for the host's
   * table comes first, unless `bindHost()` has named the host's own class.
   */
  readonly entities: (new () => object)[];
  readonly migrations: FamilyMigrations;
}

/** `plans`, `subscriptions` and `tenant_config`, attached to the host's `tenants`. */
export const tenantBilling: BillingFamily = {
  get entities() {
    return listed(Tenant, [Plan, Subscription, TenantConfig]);
  },
  migrations: FAMILY_MIGRATIONS.tenant,
};

/**
 * `subscription_plans`, `direct_debit_tokens`, `user_subscriptions` and `payment_attempts`, attached
 * to Better Auth's `user`.
 */
export const userBilling: BillingFamily = {
  get entities() {
    return listed(User, [SubscriptionPlan, DirectDebitToken, UserSubscription, PaymentAttempt]);
  },
  migrations: FAMILY_MIGRATIONS.user,
};

/** A family's classes, after the stand-in, as long as no class of the host's takes that one's place. */
function listed(standIn: EntityClass, classes: (new () => object)[]): (new () => object)[] {
  putLast(classes);
  return [
    ...(replacements.has(standIn) ? [] : [standIn as new () => object]),
    ...classes.map(bound),
  ];
}
