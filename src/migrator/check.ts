import type { DataSource, EntityMetadata } from 'typeorm';
import type { Comparison, Engine, HostPart, Unchecked } from '../engines/engine';
import { entityClassOf } from '../engines/entity-class';
import { engineOf } from '../engines/registry';
import { BillingError } from '../errors';
import { declaredBy } from '../migrations/billing-migration';
import { createdTables, placedTables, placeOn } from '../migrations/billing-tables';
import '../migrations/families';
import { describeAll } from './host-check';

export type { Comparison, HostPart, Unchecked };

/**
 * Compares billing's live tables with its entities: columns, types, nullability, defaults, keys,
 * CHECKs and indexes, including their SQL. Other tables are not compared.
 *
 * @returns the statements that fix the differences; empty if there are none. Run them in one
 *   transaction. Nothing that the host added is lost; {@link compare} returns that too. On SQLite and D1
 *   a table that changes may have to be rebuilt: the statements then drop its triggers, the views on it
 *   and the tables that refer to it, and make them again.
 * @throws BillingError `CHECK_INCOMPLETE` if a table, or a part of one, could not be compared; its
 *   details are what {@link compare} returns. `CONFIGURATION_INVALID` if the DataSource has no billing
 *   entities
 */
export async function check(dataSource: DataSource): Promise<string[]> {
  const { comparison, cause } = await compareAll(dataSource);
  if (comparison.unchecked.length > 0) {
    const parts = comparison.unchecked.map(({ object, reason }) => `${object} (${reason})`);
    throw BillingError.checkIncomplete(parts, { details: comparison, cause });
  }
  return [...comparison.differences];
}

/**
 * As {@link check}, and also lists what billing's tables have that the entities don't name: columns,
 * constraints, indexes and triggers. The host added it, or an earlier version of billing made it. It is
 * no difference, and is not lost where a table is rebuilt. What could not be compared is listed in
 * `unchecked`, and no error.
 *
 * @throws BillingError `CONFIGURATION_INVALID` if the DataSource has no billing entities
 */
export async function compare(dataSource: DataSource): Promise<Comparison> {
  return (await compareAll(dataSource)).comparison;
}

async function compareAll(
  dataSource: DataSource,
): Promise<{ readonly comparison: Comparison; readonly cause?: unknown }> {
  const engine = engineOf(dataSource);
  const { compared, leftOut } = billingTables(dataSource, engine);
  if (compared.length === 0 && leftOut.length === 0) {
    throw BillingError.configurationInvalid(
      'The DataSource has none of the billing entities, so there is nothing to compare',
      'add tenantBilling.entities or userBilling.entities to its entities',
    );
  }
  try {
    const unmapped = await unmappedTables(dataSource, engine, [...compared, ...leftOut]);
    const found =
      compared.length > 0
        ? await engine.compare(dataSource, new Set(compared))
        : { differences: [], hosts: [], unchecked: [] };
    const unsynchronized = leftOut.map((one) => ({
      object: one.tableName,
      reason: 'its entity says `synchronize: false`',
    }));
    const unchecked = [...found.unchecked, ...unsynchronized, ...unmapped];
    return { comparison: { ...found, unchecked } };
  } catch (error) {
    if (!isOfDatabase(error)) throw error;
    const unchecked = compared.map((one) => ({ object: one.tableName, reason: error.message }));
    return { comparison: { differences: [], hosts: [], unchecked }, cause: error };
  }
}

/** The tables of the DataSource's billing entities: those that are compared, and those that can't be. */
function billingTables(
  dataSource: DataSource,
  { dialect }: Engine,
): { readonly compared: EntityMetadata[]; readonly leftOut: EntityMetadata[] } {
  const place = placeOn(dialect, dataSource);
  const made = placedTables(place);
  // Beside a table of the host's that has the same name in another schema.
  const isMade = ({ schema, tableName }: EntityMetadata): boolean =>
    made.some(({ table }) => table === tableName) &&
    (place.schema === undefined || place.schema === schema);
  const billing = dataSource.entityMetadatas.filter(
    // An entity whose migration is still to be written is known by its class alone.
    (one) => entityClassOf(one) !== undefined || isMade(one),
  );
  return {
    compared: billing.filter((one) => one.synchronize),
    leftOut: billing.filter((one) => !one.synchronize),
  };
}

/** Live tables that migrations of this DataSource create and that none of its entities maps. */
async function unmappedTables(
  dataSource: DataSource,
  engine: Engine,
  mapped: readonly EntityMetadata[],
): Promise<Unchecked[]> {
  const place = placeOn(engine.dialect, dataSource);
  const tables = dataSource.migrations
    .flatMap((one) => createdTables(declaredBy(one, engine.dialect) ?? one, place))
    .filter(({ table }) => !mapped.some(({ tableName }) => tableName === table));
  if (tables.length === 0) return [];
  const queryRunner = dataSource.createQueryRunner();
  try {
    const live = await describeAll(queryRunner, engine, tables);
    return tables
      .filter((one) => live(one) !== undefined)
      .map(({ table: object }) => ({
        object,
        reason: 'a migration of this DataSource creates it, and none of its entities maps it',
      }));
  } finally {
    await queryRunner.release();
  }
}

/** Whether the database, or the way to it, is at fault, and not a caller or this program. */
function isOfDatabase(error: unknown): error is Error {
  if (error instanceof BillingError) return error.code === 'DATABASE_BUSY';
  return (
    error instanceof Error &&
    ![TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind)
  );
}
