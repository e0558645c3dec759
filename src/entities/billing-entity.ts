import { AfterInsert, BeforeInsert, BeforeUpdate } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { missingValue, readInserted } from './columns/column-rules';
import { tableOf, tableOfPrototype, type TableSpec } from './columns/registry';
import { refuseUnmapped } from './columns/unmapped';
import { validateBilling } from './validate-billing';

/**
 * What all billing entities have: a key, two timestamps, and rules that are enforced whenever
 * TypeORM writes an instance, whether or not the host registers a subscriber.
 *
 * A write that breaks a rule throws a BillingError, `VALIDATION_FAILED`, before anything is sent.
 * Writes that pass the class by (SQL, and plain objects on a DataSource without
 * {@link BillingSubscriber}) are left to the CHECKs: the same rules, but for what SQL can't say alike on all engines, such as which currency codes are active.
 *
 * Where a row is loaded together with the one it refers to, TypeORM takes the loaded row's key: to
 * point it elsewhere set `plan`, or set `planId` on an entity that was loaded without its plan.
 */
export abstract class BillingEntity {
  /** For the engines: whether a property has its value before the insert, and need not be read again. */
  static isCompleteBeforeInsert(this: { readonly prototype: object }, property: string): boolean {
    const table = tableOfPrototype(this.prototype);
    return table?.columns.some((column) => column.property === property) ?? false;
  }

  /** Uuid of version 7, made before the insert; the database makes one for plain SQL. */
  id!: string;

  /** When the row was made. Set before the insert; the database's clock for plain SQL. */
  createdAt!: Date;

  /** When the row was last written through an entity. */
  updatedAt!: Date;

  /** Fills in what is missing (key, defaults, timestamps, keys of given relations), and validates. */
  @BeforeInsert()
  protected prepareInsert(): void {
    prepareInsert(this, 'insert');
  }

  /** After `insert()` on Postgres TypeORM leaves a `bigint` with a default as the driver's text. */
  @AfterInsert()
  protected finishInsert(): void {
    finishInsert(this);
  }

  /**
   * Stamps the row and validates what is loaded of it. TypeORM calls this only for an entity that
   * has changed, so the stamp never causes an UPDATE of its own.
   */
  @BeforeUpdate()
  protected prepareUpdate(): void {
    prepareUpdate(this);
  }
}

refuseUnmapped(BillingEntity);

type Row = Record<string, unknown>;

/** Completes a row that is to be inserted; `'update'` validates only what of it is known here. */
export function prepareInsert(entity: object, validate: 'insert' | 'update'): void {
  const table = tableOf(entity);
  if (table === undefined) return;
  complete(entity as Row, table);
  validateBilling(entity, validate);
}

/** Gives a row that was inserted the types that a query would give it. */
export function finishInsert(entity: object): void {
  const row = entity as Row;
  for (const spec of tableOf(entity)?.columns ?? []) {
    if (spec.property in row) row[spec.property] = readInserted(spec, row[spec.property]);
  }
}

/** Stamps a row, or the part of one, that is to be updated. */
export function prepareUpdate(entity: object): void {
  const table = tableOf(entity);
  if (table === undefined) return;
  const row = entity as Row;
  row.updatedAt = new Date();
  withoutNegativeZero(row, table);
  validateBilling(entity, 'update');
}

function complete(row: Row, table: TableSpec): void {
  row.id ??= uuidv7();
  // One reading of the clock for both: a row just made has not been updated.
  const now = Date.now();
  if (row.createdAt === undefined) row.createdAt = new Date(now);
  if (row.updatedAt === undefined) row.updatedAt = new Date(now);
  for (const spec of table.columns) {
    const { property, relation } = spec;
    if (row[property] !== undefined) continue;
    const related = relation === undefined ? undefined : row[relation.property];
    if (typeof related === 'object' && related !== null) {
      row[property] = keyOf(related);
    } else {
      const value = missingValue(spec);
      if (value !== undefined) row[property] = value;
    }
  }
  withoutNegativeZero(row, table);
}

/** A billing row that is saved along with the one that refers to it gets its key early. */
function keyOf(related: object): unknown {
  const row = related as Row;
  if (related instanceof BillingEntity) row.id ??= uuidv7();
  return row.id;
}

/** -0 would be stored as 0 and no longer equal what was saved. */
function withoutNegativeZero(row: Row, table: TableSpec): void {
  for (const { property } of table.columns) if (Object.is(row[property], -0)) row[property] = 0;
}
