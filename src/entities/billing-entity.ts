import { AfterInsert, BeforeInsert, BeforeUpdate } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { missingValue, readInserted } from './columns/column-rules';
import { tableOf, tableOfPrototype, type TableSpec } from './columns/registry';
import { refuseUnmapped } from './columns/unmapped';
import { validateBilling } from './validate-billing';
import { Named } from '../host/named';

/**
 * What all billing entities have: a key, two timestamps, and rules that are enforced whenever
 * TypeORM writes an instance, with or without {@link BillingSubscriber}.
 *
 * A write that breaks a rule throws a BillingError, `VALIDATION_FAILED`, before anything is sent. A
 * write without an instance (SQL, or a plain object on a DataSource without the subscriber) meets the
 * CHECKs of the database. They hold the same rules, except those that SQL can't express on every
 * engine, such as which currency codes are active.
 *
 * If a row is loaded together with the row it refers to, TypeORM writes the key of the loaded row. To
 * change the reference, set `plan`, or set `planId` on an entity that was loaded without its plan.
 */
@Named('BillingEntity')
export abstract class BillingEntity {
  /** For the engines: whether a property has its value before the insert, and need not be read back. */
  static isCompleteBeforeInsert(this: { readonly prototype: object }, property: string): boolean {
    const table = tableOfPrototype(this.prototype);
    return table?.columns.some((column) => column.property === property) ?? false;
  }

  /** A uuid of version 7, made before the insert. The database makes one for plain SQL. */
  id!: string;

  /** When the row was inserted. Set before the insert; by the database for plain SQL. */
  createdAt!: Date;

  /** When the row was last written through an entity. */
  updatedAt!: Date;

  /** Fills in what is missing (key, defaults, timestamps, keys of related rows), and validates. */
  @BeforeInsert()
  protected prepareInsert(): void {
    prepareInsert(this, 'insert');
  }

  /** After `insert()` on Postgres, TypeORM leaves a `bigint` that has a default as text. */
  @AfterInsert()
  protected finishInsert(): void {
    finishInsert(this);
  }

  /**
   * Sets `updatedAt` and validates the properties that are loaded. TypeORM calls this only for an
   * entity that has changed, so that the stamp alone never causes an UPDATE.
   */
  @BeforeUpdate()
  protected prepareUpdate(): void {
    prepareUpdate(this);
  }
}

refuseUnmapped(BillingEntity);

type Row = Record<string, unknown>;

/** Completes a row before its insert. `'update'` validates only the properties that are set. */
export function prepareInsert(entity: object, validate: 'insert' | 'update'): void {
  const table = tableOf(entity);
  if (table === undefined) return;
  complete(entity as Row, table);
  validateBilling(entity, validate);
}

/** Gives the values of an inserted row the types that a query returns. */
export function finishInsert(entity: object): void {
  const row = entity as Row;
  for (const spec of tableOf(entity)?.columns ?? []) {
    if (spec.property in row) row[spec.property] = readInserted(spec, row[spec.property]);
  }
}

/** Stamps and validates a row, or a part of one, before its update. */
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
  // The clock is read once for both: a new row has not been updated.
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

/** A billing row that is saved together with the one that refers to it gets its key now. */
function keyOf(related: object): unknown {
  const row = related as Row;
  if (related instanceof BillingEntity) row.id ??= uuidv7();
  return row.id;
}

/** -0 would be stored as 0, and the row read back would not equal the one saved. */
function withoutNegativeZero(row: Row, table: TableSpec): void {
  for (const { property } of table.columns) if (Object.is(row[property], -0)) row[property] = 0;
}
