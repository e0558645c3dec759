import type { EntityMetadata } from 'typeorm';
import { SqliteFamilyDriver } from '../driver';
import { entityClassOf } from '../entity-class';
import { dataSourceOf } from '../typeorm';

/**
 * Whether a query is to behave as on Postgres. On a DataSource of TypeORM's own class, on which a host has
 * queries of its own, only those that begin at an entity of the library's do.
 */
export function isRefined(builder: object): boolean {
  const { driver } = dataSourceOf(builder);
  if (!(driver instanceof SqliteFamilyDriver && driver.leavesHostQueries)) return true;
  // In the types of TypeORM 0.3 a builder of one entity is not one of another.
  const { mainAlias } = (builder as { readonly expressionMap: Expression }).expressionMap;
  return mainAlias?.hasMetadata === true && entityClassOf(mainAlias.metadata) !== undefined;
}

interface Expression {
  readonly mainAlias?: { readonly hasMetadata: boolean; readonly metadata: EntityMetadata };
}
