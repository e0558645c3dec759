import {
  type InsertQueryBuilder,
  type InsertResult,
  type ObjectLiteral,
  type UpdateQueryBuilder,
  type UpdateResult,
} from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { BillingError } from '../../errors';
import {
  SqliteFamilyInsertQueryBuilder,
  SqliteFamilyQueryBuilder,
  SqliteFamilyUpdateQueryBuilder,
} from '../sqlite-family/query-builder';

/**
 * TypeORM's query builder, which every read and write of a DataSource comes from, for a database
 * that has no locks and whose writes are held until their transaction commits.
 */
export class D1QueryBuilder<Entity extends ObjectLiteral> extends SqliteFamilyQueryBuilder<Entity> {
  /** @throws BillingError `NOT_SUPPORTED` for a lock of rows; `optimistic` works as everywhere */
  override setLock(mode: string, version?: number | Date, tables?: string[]): this {
    if (mode.startsWith('pessimistic') || mode.startsWith('for_')) {
      throw new BillingError(
        'NOT_SUPPORTED',
        `D1 has no row locks, and "${mode}" would hold nothing: put what has to hold still into the ` +
          'WHERE of an UPDATE, such as the version that was read, and look at how many rows it changed.',
      );
    }
    const setLock = super.setLock.bind(this) as (...all: unknown[]) => this;
    return setLock(mode, version, tables);
  }

  override insert(): InsertQueryBuilder<Entity> {
    return new D1InsertQueryBuilder(super.insert());
  }

  override update<Target extends ObjectLiteral = Entity>(
    ...parameters: unknown[]
  ): UpdateQueryBuilder<Target> {
    const update = super.update.bind(this) as (...all: unknown[]) => UpdateQueryBuilder<Target>;
    return new D1UpdateQueryBuilder(update(...parameters));
  }
}

/** Sets in JavaScript what the database would fill in, for it can't be read back before the commit. */
class D1InsertQueryBuilder<
  Entity extends ObjectLiteral,
> extends SqliteFamilyInsertQueryBuilder<Entity> {
  override async execute(): Promise<InsertResult> {
    const upsert = this.expressionMap.onUpdate as object | undefined;
    if (upsert === undefined || this.isAnswered()) return this.#execute();
    const unknown = this.#keysToCome();
    const result = await this.#execute();
    for (const { column, row, index } of unknown) {
      const told = [row, result.identifiers[index], result.generatedMaps[index]];
      for (const map of told) if (map !== undefined) column.setEntityValue(map, undefined);
    }
    return result;
  }

  protected override isAnswered(): boolean {
    return !this.#isTransactionActive;
  }

  /** Of an upsert that is held: whether its rows keep the keys made for them is known when it is sent. */
  #keysToCome(): { column: ColumnMetadata; row: ObjectLiteral; index: number }[] {
    const { mainAlias } = this.expressionMap;
    if (!mainAlias?.hasMetadata) return [];
    return this.getValueSets().flatMap((row, index) =>
      mainAlias.metadata.primaryColumns
        .filter((column) => column.getEntityValue(row) === undefined)
        .map((column) => ({ column, row, index })),
    );
  }

  #execute(): Promise<InsertResult> {
    const { mainAlias, updateEntity, locallyGenerated, ...map } = this.expressionMap;
    const isWhole = !map.insertFromSelect && map.insertColumns.length === 0;
    if (mainAlias?.hasMetadata && updateEntity && isWhole) {
      const now = new Date();
      const columns = mainAlias.metadata.getInsertionReturningColumns();
      for (const [index, row] of this.getValueSets().entries()) {
        for (const column of columns.filter((one) => one.getEntityValue(row) === undefined)) {
          if (this.#isTransactionActive) refuseUnknownKey(column);
          const value = initialValue(column, now);
          if (value === undefined) continue;
          column.setEntityValue(row, value);
          column.setEntityValue((locallyGenerated[index] ??= {}), value);
        }
      }
    }
    return super.execute();
  }

  get #isTransactionActive(): boolean {
    return this.queryRunner?.isTransactionActive ?? false;
  }
}

/** Stamps the row in JavaScript, so that nothing has to be returned from a write that is held. */
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

/** What a new row has in a column that was given no value; undefined if only the database knows. */
function initialValue(column: ColumnMetadata, now: Date): unknown {
  if (column.isCreateDate || column.isUpdateDate) return now;
  if (column.isVersion) return 1;
  const { default: value, transformer, isArray } = column;
  const isPlain = typeof value === 'number' || typeof value === 'boolean' || value === null;
  const isText = typeof value === 'string' && column.type === String;
  return !transformer && !isArray && (isPlain || isText) ? value : undefined;
}

function refuseUnknownKey({
  isGenerated,
  generationStrategy,
  entityMetadata,
}: ColumnMetadata): void {
  if (!isGenerated || generationStrategy !== 'increment') return;
  throw new BillingError(
    'NOT_SUPPORTED',
    `The number that ${entityMetadata.name} gets from the database is not known inside a transaction ` +
      'on D1, whose writes are sent when it commits, and save() has one: give the entity an id, such ' +
      'as a uuid, or insert() it outside of a transaction.',
  );
}
