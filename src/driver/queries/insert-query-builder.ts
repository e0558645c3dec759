import { InsertQueryBuilder, type InsertResult, type ObjectLiteral } from 'typeorm';
import { type ColumnMetadata, isFromSelect } from '../typeorm';
import { EntityMetadata } from 'typeorm';
import { BillingError } from '../../errors';
import { isRefined } from './refined';

/**
 * Upserts as on Postgres. TypeORM's upsert for SQLite omits four things that SQLite can do:
 * stamping the update date of the row found, `overwriteCondition`, returning that row's key and
 * values, and `indexPredicate`. This builder adds them.
 */
export class SqliteFamilyInsertQueryBuilder<
  Entity extends ObjectLiteral,
> extends InsertQueryBuilder<Entity> {
  /** @throws BillingError `NOT_SUPPORTED`: TypeORM writes no RETURNING for SQLite, and would not say so */
  override returning(columns?: unknown): this {
    if (!isRefined(this)) return super.returning(columns as string);
    throw BillingError.notSupported(
      'An insert has no RETURNING on SQLite and D1',
      'use save(), which returns the whole row, or insert(), which returns its id',
    );
  }

  override async execute(): Promise<InsertResult> {
    const { mainAlias, onUpdate } = this.expressionMap as Partial<typeof this.expressionMap>;
    if (!onUpdate || !mainAlias?.hasMetadata || !isRefined(this)) return super.execute();
    const { metadata } = mainAlias;
    // The statement returns the values: a read by key could find another row.
    mainAlias.metadata = Object.create(metadata, {
      getInsertionReturningColumns: { value: () => [] },
    }) as EntityMetadata;
    const unknown = this.#valuesToCome(metadata);
    try {
      const result = await super.execute();
      if (this.#isTold(result.raw)) return result;
      for (const { column, row, index } of unknown) {
        for (const map of [row, result.identifiers[index], result.generatedMaps[index]]) {
          if (map && column.getEntityValue(map) !== undefined)
            column.setEntityValue(map, undefined);
        }
      }
      return result;
    } finally {
      mainAlias.metadata = metadata;
    }
  }

  /**
   * The columns that get a value for a new row. It is wrong if the upsert finds a row and returns
   * nothing.
   */
  #valuesToCome(
    metadata: EntityMetadata,
  ): { column: ColumnMetadata; row: ObjectLiteral; index: number }[] {
    const { expressionMap } = this;
    if (!expressionMap.updateEntity || isFromSelect(expressionMap)) return [];
    return this.getValueSets().flatMap((row, index) =>
      metadata.columns
        .filter((column) => column.getEntityValue(row) === undefined)
        .map((column) => ({ column, row, index })),
    );
  }

  #isTold(returned: unknown): boolean {
    return (
      Array.isArray(returned) && returned.length > 0 && !('unknown' in (returned[0] as object))
    );
  }

  protected override createInsertExpression(): string {
    const { expressionMap } = this;
    const onUpdate = expressionMap.onUpdate as OnUpdate | undefined;
    if (onUpdate === undefined || !isRefined(this)) return super.createInsertExpression();
    const { indexPredicate, ...understood } = onUpdate;
    expressionMap.onUpdate = understood;
    try {
      const { conflict } = onUpdate;
      const sql = withConflict(super.createInsertExpression(), this.#targetOf(conflict));
      if (indexPredicate === undefined || !Array.isArray(conflict)) return this.#whole(sql);
      const target = `${this.#targetOf(conflict)} DO `;
      const at = sql.lastIndexOf(target) + target.length - ' DO '.length;
      return this.#whole(`${sql.slice(0, at)} WHERE ( ${indexPredicate} )${sql.slice(at)}`);
    } finally {
      expressionMap.onUpdate = onUpdate;
      // The uuid is for a new row. A row that is found has another one.
      expressionMap.locallyGenerated = {};
    }
  }

  #targetOf(conflict: string | string[] | undefined): string {
    if (!Array.isArray(conflict)) return '';
    return ` ( ${conflict.map((column) => this.escape(column)).join(', ')} )`;
  }

  /** Whether the statement is sent at once, so that it can return values. */
  protected isAnswered(): boolean {
    return true;
  }

  /** The statement with the clauses that TypeORM omits after `DO UPDATE SET …`. */
  #whole(sql: string): string {
    const { mainAlias, onUpdate } = this.expressionMap;
    if (sql.trimEnd().endsWith(' DO NOTHING')) return sql;
    const table = this.getTableName(this.getMainTableName());
    const stamp = mainAlias?.hasMetadata && mainAlias.metadata.updateDateColumn?.databaseName;
    const stamped =
      !stamp || onUpdate.overwrite?.includes(stamp)
        ? sql
        : `${sql}, ${this.escape(stamp)} = EXCLUDED.${this.escape(stamp)}`;
    const returning = this.#returning();
    if (!onUpdate.overwriteCondition?.length) return stamped + returning;
    const named =
      this.alias === this.getMainTableName()
        ? stamped
        : stamped.replace(`INTO ${table}`, `INTO ${table} AS ${this.escape(this.alias)}`);
    // In TypeORM 0.3 it has no parameter.
    const condition: (alias: string) => string = this.createUpsertConditionExpression.bind(this);
    return `${named} WHERE ${condition(this.escape(this.alias))}${returning}`;
  }

  /** The row may have existed before, with a key and values that are unknown here. */
  #returning(): string {
    const { mainAlias, updateEntity, onUpdate } = this.expressionMap;
    if (!mainAlias?.hasMetadata || !updateEntity || !this.isAnswered()) return '';
    // With several rows it is unknown which were skipped and which row belongs to which entity.
    const isConditional = Boolean(onUpdate.overwriteCondition?.length);
    if (isConditional && this.getValueSets().length > 1) return ' RETURNING NULL AS "unknown"';
    const { metadata } = mainAlias;
    // All of them, not only those that would be read again for a new row.
    const filledIn = EntityMetadata.prototype.getInsertionReturningColumns.call(metadata);
    const columns = new Set([...metadata.primaryColumns, ...filledIn]);
    return ` RETURNING ${[...columns].map(({ databaseName }) => this.escape(databaseName)).join(', ')}`;
  }
}

/** TypeORM 0.3 leaves the clause out if there is nothing to overwrite. */
const withConflict = (sql: string, target: string): string =>
  /\sON CONFLICT\b.* DO (?:UPDATE SET|NOTHING)\b/s.test(sql)
    ? sql
    : `${sql.trimEnd()} ON CONFLICT${target} DO NOTHING `;

type OnUpdate = InsertQueryBuilder<ObjectLiteral>['expressionMap']['onUpdate'];
