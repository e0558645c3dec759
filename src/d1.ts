import 'reflect-metadata';

export { type BillingFamily, tenantBilling, userBilling } from './billing';
export { BillingError, type BillingErrorCode, type RefusalDetails } from './errors';

export { BillingSubscriber } from './entities/billing-subscriber';
export type { ValidationDetails, ValidationFailure } from './entities/columns/validation-error';
export type { JsonObject } from './entities/columns/values';
export { bindHost, type HostClasses } from './host/bind-host';
export type * from './host/host-types';
export { Tenant, User } from './host/stand-ins';
export { Plan } from './entities/tenant-billing/plan';
export { Subscription } from './entities/tenant-billing/subscription';
export { TenantConfig } from './entities/tenant-billing/tenant-config';
export { DirectDebitToken } from './entities/user-billing/direct-debit-token';
export { PaymentAttempt } from './entities/user-billing/payment-attempt';
export { SubscriptionPlan } from './entities/user-billing/subscription-plan';
export { UserSubscription } from './entities/user-billing/user-subscription';
export * from './entities/vocabulary';

export { D1DataSource } from './data-sources/d1';
export type { D1Binding } from './driver/d1/binding';
export type { D1DataSourceOptions } from './driver/d1/data-source';
export type { D1SessionBinding, D1SessionBookmark } from './driver/d1/session';

export { billingMigration } from './migrations/billing-migration';
export type {
  HostColumn,
  ReversibleMigration,
  ReversibleMigrationClass,
} from './migrations/reversible-migration';
export { check, compare, type Comparison, type HostPart, type Unchecked } from './migrator/check';
export type { FindingKind, HostAddition, Problem } from './engines/examination';
export { migrate, type MigrateOptions } from './migrator/migrate';
export { type PendingSql, pendingSql } from './migrator/pending-sql';
export { revert, type RevertOptions } from './migrator/revert';
export {
  type ScriptDialect,
  type SqlScript,
  type SqlScriptOptions,
  sqlScripts,
} from './migrator/sql-scripts';
export { type MigrationStatus, status, type TableStatus } from './migrator/status';
export { toBillingError } from './engines/to-billing-error';
