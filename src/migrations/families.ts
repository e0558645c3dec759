import * as postgres from './postgres-migrations';
import type { ReversibleMigrationClass } from './reversible-migration';
import * as sqlite from './sqlite-migrations';

/** One family's migrations, oldest first. A DataSource takes the list of its own engine. */
export interface FamilyMigrations {
  readonly postgres: ReversibleMigrationClass[];
  readonly sqlite: ReversibleMigrationClass[];
}

export const FAMILY_MIGRATIONS = {
  tenant: { postgres: postgres.tenantMigrations, sqlite: sqlite.tenantMigrations },
  user: { postgres: postgres.userMigrations, sqlite: sqlite.userMigrations },
} satisfies Record<string, FamilyMigrations>;
