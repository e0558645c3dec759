import 'reflect-metadata';
import './engines/rows';
import './data-sources/stock-drivers';
import './data-sources/unlisted';
import './backup/register';

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

export type { SqliteDataSourceOptions } from './driver/file/data-source';
export { adaptSqlite } from './data-sources/adapt-sqlite';
export { SqliteDataSource } from './data-sources/sqlite';

export { billingMigration } from './migrations/billing-migration';
export type {
  HostColumn,
  ReversibleMigration,
  ReversibleMigrationClass,
} from './migrations/reversible-migration';
export {
  type AddedMigrations,
  addMigrations,
  type AddOptions,
} from './migrator/add/add-migrations';
export { check, compare, type Comparison, type HostPart, type Unchecked } from './migrator/check';
export { doctor } from './doctor/doctor';
export type { DoctorOptions, DoctorReport, Finding } from './doctor/report';
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
export { type SqlFileOptions, type SqlFiles, writeSqlFiles } from './migrator/sql-files';
export { type MigrationStatus, status, type TableStatus } from './migrator/status';
export { backup, type BackupOptions } from './backup/backup';
export type {
  BackupColumn,
  BackupHost,
  BackupManifest,
  BackupTable,
  ValueKind,
} from './backup/manifest';
export type { OnProgress, Progress } from './backup/progress';
export type { Orphans, RestoreRefusal } from './backup/refusals';
export { restore, type Restored, type RestoreOptions } from './backup/restore';
export { toBillingError } from './engines/to-billing-error';
