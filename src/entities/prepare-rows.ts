import type { EntityMetadata } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { missingValue, readInserted } from './columns/column-rules';
import { tableOf, targetOf, type TableSpec } from './columns/registry';
import {
  beginWrite,
  endWrite,
  newIdOf,
  relationsOfParents,
  settleKeys,
  type Row,
} from './relation-keys';
import { validateBilling } from './validate-billing';

/** What is done to a row around its write, by the listeners of an entity and by BillingSubscriber. */

/**
 * Completes and validates a row before its insert.
 *
 * @param metadata if TypeORM may still set keys, since a parent may have the row in its list
 * @param isComplete false if only the properties that are set can be validated
 */
export function prepareInsert(entity: object, metadata?: EntityMetadata, isComplete = true): void {
  const table = tableOf(entity);
  if (table === undefined) return;
  const row = entity as Row;
  const byParent = metadata === undefined ? NONE : relationsOfParents(metadata);
  complete(row, table, byParent);
  validateBilling(entity, isComplete ? 'insert' : 'update', { byParent });
  beginWrite(row, table);
}

const NONE: ReadonlySet<string> = new Set();

/** Gives the values of an inserted row the types that a query returns. */
export function finishInsert(entity: object): void {
  const table = tableOf(entity);
  if (table === undefined) return;
  const row = entity as Row;
  for (const spec of table.columns) {
    if (spec.property in row) row[spec.property] = readInserted(spec, row[spec.property]);
  }
  for (const { property, nullable } of table.keys) if (nullable) row[property] ??= null;
  endWrite(row, table, undefined);
}

/** Stamps and validates a row, or a part of one, before its update. */
export function prepareUpdate(entity: object, stored?: object): void {
  const table = tableOf(entity);
  if (table === undefined) return;
  const row = entity as Row;
  row.updatedAt = new Date();
  withoutNegativeZero(row, table);
  settleKeys(row, table, stored as Row | undefined);
  validateBilling(entity, 'update', { stored });
  beginWrite(row, table);
}

export function finishUpdate(entity: object, stored?: object): void {
  const table = tableOf(entity);
  if (table !== undefined) endWrite(entity as Row, table, stored as Row | undefined);
}

function complete(row: Row, table: TableSpec, byParent: ReadonlySet<string>): void {
  row.id ??= uuidv7();
  // The clock is read once for both: a new row has not been updated.
  const now = Date.now();
  if (row.createdAt === undefined) row.createdAt = new Date(now);
  if (row.updatedAt === undefined) row.updatedAt = new Date(now);
  for (const spec of table.columns) {
    const { property, relation } = spec;
    const related = relation === undefined ? undefined : row[relation.property];
    const isParents =
      relation !== undefined && related === undefined && byParent.has(relation.property);
    // Null would be written before the parent's key.
    if (isParents && row[property] === null && spec.nullable) Reflect.deleteProperty(row, property);
    if (row[property] !== undefined || isParents) continue;
    const value = related === undefined ? missingValue(spec) : newIdOf(related, targetOf(spec));
    if (value !== undefined) row[property] = value;
  }
  withoutNegativeZero(row, table);
}

/** -0 would be stored as 0, and the row read back would not equal the one saved. */
function withoutNegativeZero(row: Row, table: TableSpec): void {
  for (const { property } of table.columns) if (Object.is(row[property], -0)) row[property] = 0;
}
