import { inDialect } from './dialect';
import * as postgres from './postgres-migrations';
import type { ReversibleMigrationClass } from './reversible-migration';
import * as sqlite from './sqlite-migrations';

/** One family's migrations, oldest first. A DataSource takes the list of its own engine. */
export interface FamilyMigrations {
  readonly postgres: ReversibleMigrationClass[];
  readonly sqlite: ReversibleMigrationClass[];
}

export const FAMILY_MIGRATIONS = {
  tenant: {
    postgres: inDialect('postgres', postgres.tenantMigrations),
    sqlite: inDialect('sqlite', sqlite.tenantMigrations),
  },
  user: {
    postgres: inDialect('postgres', postgres.userMigrations),
    sqlite: inDialect('sqlite', sqlite.userMigrations),
  },
} satisfies Record<string, FamilyMigrations>;
