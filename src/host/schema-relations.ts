import type { EntityMetadata } from 'typeorm';
import { BillingError } from '../errors';
import { schemaTargets, type EntityClass } from './bindings';
import { nameOfTarget } from './host-schema';
import { dataSourceOf } from './typeorm';

/**
 * Has the relations of a billing entity lead to the host's `EntitySchema`. TypeORM builds schemas apart
 * from classes, after them, and finds none for a relation of a class. So a relation first leads to the
 * stand-in, and to the schema from when that is built.
 */
export function followSchemas(metadata: EntityMetadata): void {
  for (const relation of metadata.relations) {
    const standIn = relation.inverseEntityMetadata;
    const target = schemaTargets.get(standIn.target as EntityClass);
    if (target === undefined) continue;
    const dataSource = dataSourceOf(metadata);
    const find = (): EntityMetadata => {
      if (dataSource.hasMetadata(target)) return dataSource.getMetadata(target);
      // Nothing is there as long as TypeORM builds the classes.
      if (!dataSource.entityMetadatas.includes(standIn)) return standIn;
      throw BillingError.configurationInvalid(
        `${metadata.name}.${relation.propertyName} leads to ${nameOfTarget(target)}, which this DataSource does not have`,
        'add the EntitySchema that bindHost() got to its `entities`',
      );
    };
    const key = (): EntityMetadata['primaryColumns'] => find().primaryColumns.slice(0, 1);
    getters(relation, { inverseEntityMetadata: find, type: () => find().target });
    for (const column of relation.joinColumns)
      getters(column, { referencedColumn: () => key()[0] });
    for (const foreignKey of relation.foreignKeys) {
      getters(foreignKey, {
        referencedEntityMetadata: find,
        referencedColumns: key,
        referencedTablePath: () => find().tablePath,
        referencedColumnNames: () => key().map(({ databaseName }) => databaseName),
      });
    }
  }
}

/** Each property reads what its function gives now. What TypeORM sets is dropped. */
function getters<Owner extends object>(
  owner: Owner,
  all: { readonly [Name in keyof Owner]?: () => unknown },
): void {
  for (const [name, get] of Object.entries(all) as [string, () => unknown][]) {
    Object.defineProperty(owner, name, { get, set: () => undefined, configurable: true });
  }
}
