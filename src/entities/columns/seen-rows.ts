import type { EntityMetadata } from 'typeorm';
import { dataSourceOf } from '../typeorm';
import { tableOfPrototype } from './registry';
import { refuseUnknown } from './unknown-properties';
import { settleKeys, type Row } from '../relation-keys';

/** What TypeORM showed of an object when it last compared it with the stored row, in a `save()`. */
export interface SeenRow {
  readonly metadata: EntityMetadata;
  /** The row as it is stored; undefined if there is none. */
  readonly stored?: object;
}

const seen = new WeakMap<object, SeenRow>();

export function seenRow(object: object): SeenRow | undefined {
  return seen.get(object);
}

/**
 * Corrects how TypeORM reads the columns of a billing entity, in the metadata of one DataSource.
 *
 * - A key is what the key's property says, and what the row beside it says only if that is not set.
 *   TypeORM has it the other way round: a new `planId` beside a loaded `plan` is no change to it.
 * - It notes which stored row an object is compared with. A listener is not told.
 * - The object is checked and its keys are settled then, before TypeORM looks for changes. Where it
 *   finds none, it calls no listener.
 * - A row of another class for the same table is inserted before the rows that refer to it, as one of the
 *   class that the relation names.
 */
export function watchMetadata(metadata: EntityMetadata): void {
  const { target } = metadata;
  const table = typeof target === 'function' ? tableOfPrototype(target.prototype as object) : null;
  if (typeof target !== 'function' || !table) return;
  let last: { id?: unknown } | undefined;
  let isOrdered = false;
  onRead(metadata, 'id', (object, isStored) => {
    if (!isStored) {
      if (!isOrdered) orderParents(metadata);
      isOrdered = true;
      // TypeORM reads both at once. What is read later, as by a query of relations, is no comparison.
      if (last === undefined) queueMicrotask(() => (last = undefined));
      last = object;
      seen.set(object, { metadata });
      return undefined;
    }
    const compared = last;
    last = undefined;
    if (compared === undefined || !(object instanceof target)) return undefined;
    if (compared.id === (object as { id?: unknown }).id) {
      seen.set(compared, { metadata, stored: object });
      refuseUnknown(compared, metadata, object);
      settleKeys(compared, table, object as Row, { isEarly: true });
    }
    return undefined;
  });
  for (const { property } of table.keys) {
    onRead(metadata, property, (object) => {
      const own = (object as Readonly<Record<string, unknown>>)[property];
      // TypeORM looks into an object: it may be an operator of a query.
      return typeof own === 'object' && own !== null ? undefined : own;
    });
  }
}

/**
 * Has TypeORM sort other classes of a table, such as the host's own of its tenants, with the one that a
 * relation names. It sorts by that class, or one that a class inherits from.
 */
function orderParents(metadata: EntityMetadata): void {
  const { entityMetadatas } = dataSourceOf(metadata);
  for (const { inverseEntityMetadata: named } of metadata.relationsWithJoinColumns) {
    for (const { tablePath, inheritanceTree } of entityMetadatas) {
      const { target } = named;
      if (tablePath !== named.tablePath || typeof target !== 'function') continue;
      if (!inheritanceTree.includes(target)) inheritanceTree.push(target);
    }
  }
}

/** Has `read` asked first for the value of a column; if it is undefined, TypeORM reads it. */
function onRead(
  metadata: EntityMetadata,
  property: string,
  read: (object: object, isStored: boolean) => unknown,
): void {
  const column = metadata.columns.find(({ propertyPath }) => propertyPath === property);
  if (column === undefined) return;
  const original = column.getEntityValue.bind(column);
  column.getEntityValue = (object: unknown, isStored = false): unknown => {
    const value = typeof object === 'object' && object ? read(object, isStored) : undefined;
    return value === undefined ? original(object as object, isStored) : value;
  };
}
