import type { DataSource } from 'typeorm';
import type { Comparison, HostPart } from '../engines/engine';
import { entityClassOf } from '../engines/entity-class';
import { engineOf } from '../engines/registry';
import { BillingError } from '../errors';
import { FAMILY_MIGRATIONS } from '../migrations/families';

export type { Comparison, HostPart };

/**
 * Compares billing's live tables with its entities: columns, types, nullability, defaults, keys,
 * CHECKs and indexes, including their SQL. Other tables are not compared.
 *
 * @returns the statements that fix the differences; empty if there are none. Run them in one
 *   transaction. Nothing that the host added is lost; {@link compare} returns that too. On SQLite and D1
 *   a table that changes may have to be rebuilt: the statements then drop its triggers, the views on it
 *   and the tables that refer to it, and make them again.
 * @throws BillingError `CONFIGURATION_INVALID` if the DataSource has no billing entities
 */
export async function check(dataSource: DataSource): Promise<string[]> {
  const { differences } = await compare(dataSource);
  return [...differences];
}

/**
 * As {@link check}, and also lists what billing's tables have that the entities don't name: columns,
 * constraints, indexes and triggers. The host added it, or an earlier version of billing made it. It is
 * no difference, and is not lost where a table is rebuilt.
 *
 * @throws BillingError `CONFIGURATION_INVALID` if the DataSource has no billing entities
 */
export async function compare(dataSource: DataSource): Promise<Comparison> {
  const engine = engineOf(dataSource);
  const made = new Set(
    Object.values(FAMILY_MIGRATIONS)
      .flatMap((family) => family[engine.dialect])
      .flatMap((Migration) => new Migration().creates ?? []),
  );
  const tables = dataSource.entityMetadatas
    .filter((metadata) => {
      // An entity whose migration is still to be written is known by its class alone.
      const isBilling = entityClassOf(metadata) !== undefined;
      return metadata.synchronize && (isBilling || made.has(metadata.tableName));
    })
    .map(({ tableName }) => tableName);
  if (tables.length === 0) {
    throw BillingError.configurationInvalid(
      'The DataSource has none of the billing entities, so there is nothing to compare',
      'add tenantBilling.entities or userBilling.entities to its entities',
    );
  }
  return engine.compare(dataSource, new Set(tables));
}
