import { CreateTenantBilling1795169269545 } from './postgres/1795169269545-create-tenant-billing';
import { CreateUserBilling1795169272634 } from './postgres/1795169272634-create-user-billing';
import type { ReversibleMigrationClass } from './reversible-migration';

/** Oldest first; `npm run db:generate` adds to these lists. */
export const tenantMigrations: ReversibleMigrationClass[] = [CreateTenantBilling1795169269545];

export const userMigrations: ReversibleMigrationClass[] = [CreateUserBilling1795169272634];
