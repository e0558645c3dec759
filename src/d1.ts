import 'reflect-metadata';

export { type BillingFamily, tenantBilling, userBilling } from './billing';
export { BillingError, type BillingErrorCode, type RefusalDetails } from './errors';
export { D1DataSource } from './data-sources/d1';
export type { D1Binding } from './driver/d1/binding';
export type { D1DataSourceOptions } from './driver/d1/data-source';
export { Tenant, User } from './entities/host';
export { Plan } from './entities/tenant-billing/plan';
export { Subscription } from './entities/tenant-billing/subscription';
export { TenantConfig } from './entities/tenant-billing/tenant-config';
export { DirectDebitToken } from './entities/user-billing/direct-debit-token';
export { PaymentAttempt } from './entities/user-billing/payment-attempt';
export { SubscriptionPlan } from './entities/user-billing/subscription-plan';
export { UserSubscription } from './entities/user-billing/user-subscription';
export * from './entities/vocabulary';
export { migrate } from './migrator/migrate';
export { revert } from './migrator/revert';
export { toBillingError } from './engines/to-billing-error';
