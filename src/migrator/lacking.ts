import type { DataSource, Driver } from 'typeorm';
import { entityClassOf } from '../engines/entity-class';
import { engineOf } from '../engines/registry';
import { dataSourceOf } from '../engines/typeorm';
import { BillingError } from '../errors';
import type { Family } from '../host/families';
import { migrationsIn } from '../migrations/billing-migration';
import { createdTables, placeOn } from '../migrations/billing-tables';
import { originOf, recordsOf } from '../migrations/records';
import type { ReversibleMigration } from '../migrations/reversible-migration';
import { BillingMigrationExecutor } from './executor';

/** The families of billing whose entities a DataSource has. */
export function familiesOf(dataSource: DataSource): ReadonlySet<Family> {
  const { dialect } = engineOf(dataSource);
  const mapped = new Set(
    dataSource.entityMetadatas
      .filter((one) => entityClassOf(one) !== undefined)
      .map(({ tableName }) => tableName),
  );
  const place = placeOn(dialect, dataSource);
  const made = migrationsIn(dialect).map((Migration) => new Migration());
  return new Set(
    made
      .filter((one) => createdTables(one, place).some(({ table }) => mapped.has(table)))
      .map((one) => one.family),
  );
}

/**
 * Those of billing's migrations that the DataSource's entities need, and that it neither holds nor finds
 * applied, oldest first.
 */
export async function lackingMigrations(dataSource: DataSource): Promise<string[]> {
  return (await lacking(dataSource)).map(({ name }) => name);
}

async function lacking(dataSource: DataSource): Promise<ReversibleMigration[]> {
  const engine = engineOf(dataSource);
  const families = familiesOf(dataSource);
  const held = new Set(dataSource.migrations.map(originOf));
  const missing = migrationsIn(engine.dialect)
    .map((Migration) => new Migration())
    .filter(({ name, family }) => families.has(family) && !held.has(name));
  if (missing.length === 0) return [];
  const applied = await new BillingMigrationExecutor(dataSource, engine).getExecutedMigrations();
  const names = applied.map(({ name }) => name);
  return missing.filter(({ name }) => recordsOf(name, names, dataSource.migrations).length === 0);
}

/** What is said of them. */
export const lackingText = (names: readonly string[]): string =>
  `The DataSource has entities of billing, but lacks the migration(s) ${names.join(', ')}`;

export const LACKING_REMEDY =
  'run `npx typeorm-billing add --out <folder of your migrations>`, and apply what it writes';

const guarded = new WeakSet<object>();

/**
 * Makes TypeORM's `migration:generate` and `schema:log` refuse to write billing's tables into a migration
 * of the host's.
 */
export function refuseToGenerate(dataSource: DataSource): void {
  const { driver } = dataSource;
  if (guarded.has(driver)) return;
  guarded.add(driver);
  const { createSchemaBuilder } = driver as {
    createSchemaBuilder: (this: Driver) => ReturnType<Driver['createSchemaBuilder']>;
  };
  // The driver of a D1 session inherits from this one, and has a DataSource of its own.
  driver.createSchemaBuilder = function (this: Driver) {
    const builder = createSchemaBuilder.call(this);
    const log = builder.log.bind(builder);
    builder.log = async () => {
      const sql = await log();
      if (sql.upQueries.length === 0) return sql;
      const of = dataSourceOf(this);
      const missing = await lacking(of);
      const place = placeOn(engineOf(of).dialect, of);
      const tables = missing.flatMap((one) => createdTables(one, place));
      if (
        sql.upQueries.some(({ query }) => tables.some(({ table }) => query.includes(`"${table}"`)))
      ) {
        throw BillingError.configurationInvalid(
          `${lackingText(missing.map(({ name }) => name))}, and a generated migration would make their tables`,
          LACKING_REMEDY,
        );
      }
      return sql;
    };
    return builder;
  };
}
