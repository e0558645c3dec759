import {
  type InsertQueryBuilder,
  type InsertResult,
  type ObjectLiteral,
  type QueryRunner,
  type SelectQueryBuilder,
  type UpdateQueryBuilder,
  type UpdateResult,
} from 'typeorm';
import {
  type ColumnMetadata,
  dataSourceOf,
  isFromSelect,
  type SoftDeleteQueryBuilder,
  OrmUtils,
} from '../typeorm';
import type { Driver } from 'typeorm';
import { BillingError } from '../../errors';
import { SqliteFamilyInsertQueryBuilder } from '../queries/insert-query-builder';
import {
  SqliteFamilyQueryBuilder,
  SqliteFamilySoftDeleteQueryBuilder,
  SqliteFamilyUpdateQueryBuilder,
} from '../queries/query-builder';

/**
 * The query builder for all reads and writes of a D1 DataSource. D1 has no row locks, and a
 * transaction's writes are held until it commits.
 */
export class D1QueryBuilder<Entity extends ObjectLiteral> extends SqliteFamilyQueryBuilder<Entity> {
  /** @throws BillingError `NOT_SUPPORTED` for a lock of rows; `optimistic` works as everywhere */
  override setLock(mode: string, version?: number | Date, tables?: string[]): this {
    if (mode.startsWith('pessimistic') || mode.startsWith('for_')) {
      throw BillingError.notSupported(
        `D1 has no row locks, and "${mode}" would lock nothing`,
        'put what must not change meanwhile into the WHERE of an UPDATE, such as the version that was ' +
          'read, and check how many rows it changed',
      );
    }
    const setLock = super.setLock.bind(this) as (...all: unknown[]) => this;
    return setLock(mode, version, tables);
  }

  override insert(): InsertQueryBuilder<Entity> {
    return new D1InsertQueryBuilder(super.insert());
  }

  /**
   * Entities are made with the query runner of this query, and so belong to its DataSource. TypeORM
   * makes them with the one that the builder was given, if any.
   */
  protected override executeEntitiesAndRawResults(
    queryRunner: QueryRunner,
  ): ReturnType<SelectQueryBuilder<Entity>['getRawAndEntities']> {
    // Not set on the builder itself: another of its queries may be running, and would not release it.
    const running = Object.create(this, { queryRunner: { value: queryRunner } }) as this;
    return super.executeEntitiesAndRawResults.call(running, queryRunner);
  }

  override softDelete(): SoftDeleteQueryBuilder<Entity> {
    return new D1SoftDeleteQueryBuilder<Entity>(super.softDelete());
  }

  override restore(): SoftDeleteQueryBuilder<Entity> {
    return new D1SoftDeleteQueryBuilder<Entity>(super.restore());
  }

  override update<Target extends ObjectLiteral = Entity>(
    ...parameters: unknown[]
  ): UpdateQueryBuilder<Target> {
    const update = super.update.bind(this) as (...all: unknown[]) => UpdateQueryBuilder<Target>;
    return new D1UpdateQueryBuilder(update(...parameters));
  }
}

/** Sets the database's default values in JavaScript: they can't be read back before the commit. */
class D1InsertQueryBuilder<
  Entity extends ObjectLiteral,
> extends SqliteFamilyInsertQueryBuilder<Entity> {
  override async execute(): Promise<InsertResult> {
    const { onUpdate, onIgnore } = this.expressionMap as Partial<typeof this.expressionMap>;
    // The row that an upsert or an ignored insert finds has other values than a new row.
    if (!onUpdate && !onIgnore) this.#setInitialValues();
    return super.execute();
  }

  protected override isAnswered(): boolean {
    return !this.#isTransactionActive;
  }

  #setInitialValues(): void {
    const { mainAlias, updateEntity, locallyGenerated, insertColumns } = this.expressionMap;
    const isWhole = !isFromSelect(this.expressionMap) && insertColumns.length === 0;
    if (!mainAlias?.hasMetadata || !updateEntity || !isWhole) return;
    const now = new Date();
    const columns = mainAlias.metadata.getInsertionReturningColumns();
    for (const [index, row] of this.getValueSets().entries()) {
      for (const column of columns.filter((one) => one.getEntityValue(row) === undefined)) {
        const value = initialValue(column, now, dataSourceOf(this).driver);
        if (value === undefined) {
          if (this.#isTransactionActive) refuseUnknown(column);
          continue;
        }
        // TypeORM's SQL fills in a default, so the value is only reported.
        if (column.default === undefined || value === now) column.setEntityValue(row, value);
        locallyGenerated[index] = OrmUtils.mergeDeep<ObjectLiteral>(
          locallyGenerated[index] ?? {},
          column.createValueMap(value),
        );
      }
    }
  }

  get #isTransactionActive(): boolean {
    return this.expressionMap.useTransaction || (this.queryRunner?.isTransactionActive ?? false);
  }
}

/** Sets the update date in JavaScript: a held write returns nothing. */
class D1UpdateQueryBuilder<
  Entity extends ObjectLiteral,
> extends SqliteFamilyUpdateQueryBuilder<Entity> {
  override async execute(): Promise<UpdateResult> {
    const { mainAlias, updateEntity, whereEntities } = this.expressionMap;
    const held = this.queryRunner?.isTransactionActive ?? false;
    if (!held || !mainAlias?.hasMetadata || !updateEntity || whereEntities.length === 0) {
      return super.execute();
    }
    const { updateDateColumn: column } = mainAlias.metadata;
    const row = this.getValueSet();
    const stamps: ObjectLiteral = {};
    if (column) {
      if (column.getEntityValue(row) === undefined) column.setEntityValue(row, new Date());
      column.setEntityValue(stamps, column.getEntityValue(row));
    }
    const result = await super.execute();
    result.generatedMaps = whereEntities.map(() => ({ ...stamps }));
    return result;
  }

  protected override createReturningExpression(type: 'insert' | 'update' | 'delete'): string {
    if (this.queryRunner?.isTransactionActive) {
      this.expressionMap.extraReturningColumns = this.expressionMap.extraReturningColumns.filter(
        ({ isUpdateDate }) => !isUpdateDate,
      );
    }
    return super.createReturningExpression(type);
  }
}

/** Does the same for the dates that a soft delete or a restore sets. */
class D1SoftDeleteQueryBuilder<
  Entity extends ObjectLiteral,
> extends SqliteFamilySoftDeleteQueryBuilder<Entity> {
  override async execute(): Promise<UpdateResult> {
    const { mainAlias, updateEntity, whereEntities, queryType } = this.expressionMap;
    const held = this.queryRunner?.isTransactionActive ?? false;
    if (!held || !mainAlias?.hasMetadata || !updateEntity) return super.execute();
    const { metadata } = mainAlias;
    // The database counts up a version, and a held write can't return it: this call is refused.
    if (metadata.versionColumn && whereEntities.length > 0) return super.execute();
    this.expressionMap.updateEntity = false;
    const result = await super.execute();
    const now = new Date();
    result.generatedMaps = whereEntities.map((entity) => {
      const stamps: ObjectLiteral = {};
      metadata.deleteDateColumn?.setEntityValue(stamps, queryType === 'restore' ? null : now);
      metadata.updateDateColumn?.setEntityValue(stamps, now);
      dataSourceOf(this).manager.merge(metadata.target, entity, stamps);
      return stamps;
    });
    return result;
  }
}

/** The value of a column that a new row does not set. Undefined if only the database knows it. */
function initialValue(column: ColumnMetadata, now: Date, driver: Driver): unknown {
  if (column.isCreateDate || column.isUpdateDate) return now;
  if (column.isVersion) return 1;
  const { default: value, isArray } = column;
  if (isArray || value === undefined) return undefined;
  if (typeof value === 'function') {
    const sql = String((value as () => unknown)());
    const text = /^'((?:[^']|'')*)'$/.exec(sql)?.[1]?.replaceAll("''", "'");
    if (text !== undefined) return driver.prepareHydratedValue(text, column);
    return /^(?:CURRENT_TIMESTAMP|now\(\))$/i.test(sql) ? now : undefined;
  }
  const stored = typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
  return driver.prepareHydratedValue(stored, column);
}

/**
 * Other columns are no problem: TypeORM makes a uuid, and a computed column is read when needed.
 */
function refuseUnknown({
  isGenerated,
  generationStrategy,
  default: value,
  propertyName,
  entityMetadata,
}: ColumnMetadata): void {
  if (isGenerated && generationStrategy === 'increment') {
    throw BillingError.notSupported(
      `The generated id of ${entityMetadata.name} is unknown inside a transaction on D1, such as the one ` +
        'of save(), because writes are sent at commit',
      'give the entity an id, such as a uuid, or insert() it outside a transaction',
    );
  }
  if (typeof value !== 'function') return;
  throw BillingError.notSupported(
    `The database's default for ${entityMetadata.name}.${propertyName} is unknown inside a transaction on ` +
      'D1, such as the one of save(), because writes are sent at commit',
    'give it a value, or insert() the entity outside a transaction',
  );
}
