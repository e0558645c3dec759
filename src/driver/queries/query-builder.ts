import {
  DataSource,
  DeleteQueryBuilder,
  type EntityTarget,
  type InsertQueryBuilder,
  type ObjectLiteral,
  type OrderByCondition,
  type QueryRunner,
  SelectQueryBuilder,
  UpdateQueryBuilder,
} from 'typeorm';
import { COPY, THIS_COPY } from '../../copy';
import { type WhereClauseCondition, SoftDeleteQueryBuilder, type ColumnMetadata } from '../typeorm';
import { forSqlite } from './conditions';
import { isRefined } from './refined';
import { SqliteFamilyInsertQueryBuilder } from './insert-query-builder';

/** A DataSource that uses {@link SqliteFamilyQueryBuilder} for all reads and writes. */
export class SqliteFamilyDataSource extends DataSource {
  /** @internal Asked by TypeORM's constructor already. */
  get [COPY](): typeof THIS_COPY {
    return THIS_COPY;
  }

  override createQueryBuilder<Entity extends ObjectLiteral>(
    entity?: EntityTarget<Entity> | QueryRunner,
    alias?: string,
    queryRunner?: QueryRunner,
  ): SelectQueryBuilder<Entity> {
    return this.refineQueryBuilder(
      alias === undefined
        ? (super.createQueryBuilder(
            entity as QueryRunner | undefined,
          ) as SelectQueryBuilder<Entity>)
        : super.createQueryBuilder(entity as EntityTarget<Entity>, alias, queryRunner),
    );
  }

  protected refineQueryBuilder<Entity extends ObjectLiteral>(
    builder: SelectQueryBuilder<Entity>,
  ): SelectQueryBuilder<Entity> {
    return new SqliteFamilyQueryBuilder(builder);
  }
}

/** Makes the query builders of a DataSource of TypeORM's own class those of this family. */
export function refineQueryBuilders(dataSource: DataSource): void {
  const create = dataSource.createQueryBuilder.bind(dataSource) as (
    ...all: unknown[]
  ) => SelectQueryBuilder<ObjectLiteral>;
  Object.assign(dataSource, {
    createQueryBuilder: (...all: unknown[]) => new SqliteFamilyQueryBuilder(create(...all)),
  });
}

/** TypeORM's query builder, with the behaviour that it has on Postgres. */
export class SqliteFamilyQueryBuilder<
  Entity extends ObjectLiteral,
> extends SelectQueryBuilder<Entity> {
  /**
   * After an insert TypeORM reads the rows by a list of keys (`create-pojo`) and pairs rows and
   * entities by position. So the rows are returned in the order of the keys.
   */
  override async getMany(): Promise<Entity[]> {
    const rows = await super.getMany();
    const { options, mainAlias } = this.expressionMap;
    const keys = this.#keys;
    if (!options.includes('create-pojo') || !mainAlias?.hasMetadata || keys.length === 0) {
      return rows;
    }
    return keys.map((key) =>
      rows.find((row) => mainAlias.metadata.compareEntities(row, key)),
    ) as Entity[];
  }

  override where(...[where, parameters]: Parameters<SelectQueryBuilder<Entity>['where']>): this {
    this.#keys = Array.isArray(where) ? (where as ObjectLiteral[]) : [];
    return super.where(where, parameters);
  }

  #keys: readonly ObjectLiteral[] = [];

  override insert(): InsertQueryBuilder<Entity> {
    return new SqliteFamilyInsertQueryBuilder(super.insert());
  }

  override update<Target extends ObjectLiteral = Entity>(
    ...parameters: unknown[]
  ): UpdateQueryBuilder<Target> {
    const update = super.update.bind(this) as (...all: unknown[]) => UpdateQueryBuilder<Target>;
    return new SqliteFamilyUpdateQueryBuilder(update(...parameters));
  }

  override delete(): DeleteQueryBuilder<Entity> {
    return new SqliteFamilyDeleteQueryBuilder(super.delete());
  }

  override softDelete(): SoftDeleteQueryBuilder<Entity> {
    return new SqliteFamilySoftDeleteQueryBuilder<Entity>(super.softDelete());
  }

  override restore(): SoftDeleteQueryBuilder<Entity> {
    return new SqliteFamilySoftDeleteQueryBuilder<Entity>(super.restore());
  }

  override orderBy(sort?: string | OrderByCondition, order: Order = 'ASC', nulls?: Nulls): this {
    if (typeof sort === 'string') {
      return super.orderBy(sort, order, nulls ?? (isRefined(this) ? nullsOf(order) : undefined));
    }
    if (sort === undefined) return super.orderBy();
    if (!isRefined(this)) return super.orderBy(sort);
    const all = Object.entries(sort).map(([column, value]) => [
      column,
      typeof value === 'string' ? { order: value, nulls: nullsOf(value) } : value,
    ]);
    return super.orderBy(Object.fromEntries(all) as OrderByCondition);
  }

  override addOrderBy(sort: string, order: Order = 'ASC', nulls?: Nulls): this {
    return super.addOrderBy(sort, order, nulls ?? (isRefined(this) ? nullsOf(order) : undefined));
  }

  protected override createWhereConditionExpression(
    condition: WhereClauseCondition,
    alwaysWrap?: boolean,
  ): string {
    const refined = isRefined(this) ? forSqlite(condition) : undefined;
    return refined ?? super.createWhereConditionExpression(condition, alwaysWrap);
  }
}

type Order = 'ASC' | 'DESC';
type Nulls = 'NULLS FIRST' | 'NULLS LAST';

/** Postgres sorts NULL after all values, SQLite before them. */
const nullsOf = (order: Order): Nulls => (order === 'DESC' ? 'NULLS FIRST' : 'NULLS LAST');

export class SqliteFamilyUpdateQueryBuilder<
  Entity extends ObjectLiteral,
> extends UpdateQueryBuilder<Entity> {
  protected override createWhereConditionExpression(
    condition: WhereClauseCondition,
    alwaysWrap?: boolean,
  ): string {
    const refined = isRefined(this) ? forSqlite(condition) : undefined;
    return refined ?? super.createWhereConditionExpression(condition, alwaysWrap);
  }
}

class SqliteFamilyDeleteQueryBuilder<
  Entity extends ObjectLiteral,
> extends DeleteQueryBuilder<Entity> {
  /**
   * `remove()` of many rows passes one condition per row, which D1 limits. A list of keys has no
   * limit.
   */
  override where(...[where, parameters]: Parameters<DeleteQueryBuilder<Entity>['where']>): this {
    const { mainAlias } = this.expressionMap;
    const keys = mainAlias?.hasMetadata ? mainAlias.metadata.primaryColumns : [];
    const rows: readonly unknown[] = Array.isArray(where) ? where : [];
    const isKeys = rows.length > 1 && rows.every((row) => isKeyAlone(row, keys));
    return isKeys ? this.whereInIds(rows) : super.where(where, parameters);
  }

  protected override createWhereConditionExpression(
    condition: WhereClauseCondition,
    alwaysWrap?: boolean,
  ): string {
    const refined = isRefined(this) ? forSqlite(condition) : undefined;
    return refined ?? super.createWhereConditionExpression(condition, alwaysWrap);
  }
}

function isKeyAlone(row: unknown, [key, ...more]: readonly ColumnMetadata[]): boolean {
  if (key === undefined || more.length > 0 || typeof row !== 'object' || row === null) return false;
  const [entry, ...others] = Object.entries(row);
  return (
    entry?.[0] === key.propertyName &&
    others.length === 0 &&
    /^(?:string|number)$/.test(typeof entry[1])
  );
}

export class SqliteFamilySoftDeleteQueryBuilder<
  Entity extends ObjectLiteral,
> extends SoftDeleteQueryBuilder<Entity> {
  protected override createWhereConditionExpression(
    condition: WhereClauseCondition,
    alwaysWrap?: boolean,
  ): string {
    const refined = isRefined(this) ? forSqlite(condition) : undefined;
    return refined ?? super.createWhereConditionExpression(condition, alwaysWrap);
  }
}
