import type { QueryBuilder } from 'typeorm';
import { SqliteFamilyDriver } from '../driver';
import { entityClassOf } from '../entity-class';
import { dataSourceOf } from '../typeorm';

/**
 * Whether a query is to behave as on Postgres. On a DataSource of TypeORM's own class, on which a host has
 * queries of its own, only those that begin at an entity of the library's do.
 */
export function isRefined<Entity extends object>(builder: QueryBuilder<Entity>): boolean {
  const { driver } = dataSourceOf(builder);
  if (!(driver instanceof SqliteFamilyDriver && driver.leavesHostQueries)) return true;
  const { mainAlias } = builder.expressionMap;
  return mainAlias?.hasMetadata === true && entityClassOf(mainAlias.metadata) !== undefined;
}
