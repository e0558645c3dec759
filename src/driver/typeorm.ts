/**
 * All inner modules of TypeORM that the driver uses. They are not part of its public API and may
 * move between versions.
 */
import type { QueryRunner } from 'typeorm';
import type { Query } from 'typeorm/driver/Query.js';
import { SqlInMemory } from 'typeorm/driver/SqlInMemory.js';

export type { BaseDataSourceOptions } from 'typeorm/data-source/BaseDataSourceOptions.js';
export { SqlInMemory };
export { DbQueryResultCache } from 'typeorm/cache/DbQueryResultCache.js';
export { Query } from 'typeorm/driver/Query.js';
export { AbstractSqliteDriver } from 'typeorm/driver/sqlite-abstract/AbstractSqliteDriver.js';
export { AbstractSqliteQueryRunner } from 'typeorm/driver/sqlite-abstract/AbstractSqliteQueryRunner.js';
export type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';
export { validateIsolationLevel } from 'typeorm/driver/validate-isolation-level.js';
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
