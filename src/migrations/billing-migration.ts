import { BillingError } from '../errors';
import type { MigrationDialect } from './billing-tables';
import { FAMILY_MIGRATIONS } from './families';
import type { ReversibleMigration, ReversibleMigrationClass } from './reversible-migration';

/**
 * One of billing's migrations, for a migration of the host's own that extends it and gives it another
 * name and timestamp. `npx typeorm-billing add` writes such files.
 *
 * @param name its full name, which no later version of the package changes
 * @throws BillingError `MIGRATION_NOT_FOUND` if the installed version has no such migration
 */
export function billingMigration(
  dialect: MigrationDialect,
  name: string,
): ReversibleMigrationClass {
  const known = migrationsIn(dialect);
  const found = known.find((Migration) => new Migration().name === name);
  if (found !== undefined) return found;
  throw BillingError.migrationNotFound(
    name,
    `typeorm-billing has no migration ${name} for "${dialect}"`,
    `install the version that wrote the file, or extend one of these: ${known.map((Migration) => new Migration().name).join(', ')}`,
  );
}

/** All of billing's migrations for one kind of database, oldest first. */
export const migrationsIn = (dialect: MigrationDialect): ReversibleMigrationClass[] =>
  Object.values(FAMILY_MIGRATIONS)
    .flatMap((family) => family[dialect])
    .sort((a, b) => timestampOf(a) - timestampOf(b));

const timestampOf = (Migration: ReversibleMigrationClass): number =>
  Number(new Migration().name.slice(-13));

/**
 * What a migration declares, under its own name: what its own class says, or, if that only names the one
 * of billing's that its SQL was copied from, what that says. Undefined for any other of the host's.
 */
export function declaredBy(
  migration: object | undefined,
  dialect: MigrationDialect,
): ReversibleMigration | undefined {
  if (migration === undefined) return undefined;
  if ('family' in migration) return migration as ReversibleMigration;
  const { billing, name } = migration as Partial<ReversibleMigration>;
  if (billing === undefined) return undefined;
  const Original = migrationsIn(dialect).find((Migration) => new Migration().name === billing);
  if (Original === undefined) return undefined;
  const run = migration as ReversibleMigration;
  return {
    ...new Original(),
    ...run,
    name: name ?? migration.constructor.name,
    up: (queryRunner) => run.up(queryRunner),
    down: (queryRunner) => run.down(queryRunner),
  };
}
