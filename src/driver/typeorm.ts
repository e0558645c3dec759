/**
 * All inner modules of TypeORM that the driver uses, and what TypeORM 0.3 and 1.x name differently.
 * The inner modules are not part of its public API and may move between versions.
 */
import { type DataSource, type QueryRunner, type Table, TypeORMError, type View } from 'typeorm';
import type { Query } from 'typeorm/driver/Query.js';
import type { AbstractSqliteDriver } from 'typeorm/driver/sqlite-abstract/AbstractSqliteDriver.js';
import { SqlInMemory } from 'typeorm/driver/SqlInMemory.js';
import type { RdbmsSchemaBuilder } from 'typeorm/schema-builder/RdbmsSchemaBuilder.js';

export type { BaseDataSourceOptions } from 'typeorm/data-source/BaseDataSourceOptions.js';
export { SqlInMemory };
export { DbQueryResultCache } from 'typeorm/cache/DbQueryResultCache.js';
export { Query } from 'typeorm/driver/Query.js';
export { AbstractSqliteDriver } from 'typeorm/driver/sqlite-abstract/AbstractSqliteDriver.js';
export { AbstractSqliteQueryRunner } from 'typeorm/driver/sqlite-abstract/AbstractSqliteQueryRunner.js';
export type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';
export { CheckMetadata } from 'typeorm/metadata/CheckMetadata.js';
export type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
export type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js';
export { RelationLoader } from 'typeorm/query-builder/RelationLoader.js';
export { SoftDeleteQueryBuilder } from 'typeorm/query-builder/SoftDeleteQueryBuilder.js';
export type { WhereClauseCondition } from 'typeorm/query-builder/WhereClause.js';
export { RdbmsSchemaBuilder } from 'typeorm/schema-builder/RdbmsSchemaBuilder.js';
export { Broadcaster } from 'typeorm/subscriber/Broadcaster.js';
export { BroadcasterResult } from 'typeorm/subscriber/BroadcasterResult.js';
export { OrmUtils } from 'typeorm/util/OrmUtils.js';

/**
 * A query runner with the method that TypeORM's schema builders call with a change and its reverse.
 */
export interface QueryCollector extends QueryRunner {
  executeQueries(up: Query | Query[], down: Query | Query[]): Promise<void>;
  /** Whether its connection may have TEMP tables, views and triggers that count. */
  readonly keepsTemporary: boolean;
  /** Runs `work`, and returns the changes that it would make. */
  collect(work: () => Promise<void>): Promise<SqlInMemory>;
}

/**
 * The DataSource that one of TypeORM's objects belongs to, such as a driver, a query runner, a query
 * builder or the metadata of an entity. Its property is `dataSource` in 1.x and `connection` in 0.3.
 */
export function dataSourceOf(owner: object): DataSource {
  const { dataSource, connection } = owner as { dataSource?: DataSource; connection: DataSource };
  return dataSource ?? connection;
}

/** Sets the DataSource of a new query runner, under the name that its version of TypeORM reads. */
export function setDataSource(queryRunner: QueryRunner, dataSource: DataSource): void {
  // In 1.x the prototype has `connection`, which only reads.
  const name = 'connection' in queryRunner ? 'dataSource' : 'connection';
  Object.assign(queryRunner, { [name]: dataSource });
}

/** TypeORM 0.3 has no such function. */
export function validateIsolationLevel(
  driver: AbstractSqliteDriver,
  isolationLevel: string | undefined,
): void {
  // A SQLite driver of 0.3 lists no levels: its query runner has them.
  const { supportedIsolationLevels: supported = LEVELS_OF_0_3 } = driver as {
    supportedIsolationLevels?: readonly string[];
  };
  if (isolationLevel === undefined || supported.includes(isolationLevel)) return;
  throw new TypeORMError(`${isolationLevel} isolation level is not supported`);
}

const LEVELS_OF_0_3: readonly string[] = ['READ UNCOMMITTED', 'SERIALIZABLE'];

/** The level that the options give for every transaction. TypeORM 0.3 has no such option. */
export const isolationLevelOf = (owner: object): string | undefined =>
  (dataSourceOf(owner).options as { isolationLevel?: string }).isolationLevel;

/** Whether an insert takes its rows from a SELECT. TypeORM 0.3 has no such insert. */
export const isFromSelect = (expressionMap: object): boolean =>
  Boolean((expressionMap as { insertFromSelect?: unknown }).insertFromSelect);

/** What a schema builder has read from the database: its own in 1.x, its query runner's in 0.3. */
interface Loaded {
  tables?: Table[];
  views?: View[];
  readonly queryRunner: { loadedTables: Table[]; loadedViews: View[] };
}

const loadedBy = (builder: RdbmsSchemaBuilder): Loaded => builder as unknown as Loaded;

export function tablesOf(builder: RdbmsSchemaBuilder): Table[] {
  const { tables, queryRunner } = loadedBy(builder);
  return tables ?? queryRunner.loadedTables;
}

export function setTables(builder: RdbmsSchemaBuilder, tables: Table[]): void {
  const loaded = loadedBy(builder);
  if (loaded.tables === undefined) loaded.queryRunner.loadedTables = tables;
  else loaded.tables = tables;
}

export function viewsOf(builder: RdbmsSchemaBuilder): View[] {
  const { views, queryRunner } = loadedBy(builder);
  return views ?? queryRunner.loadedViews;
}
