import type { EntityMetadata } from 'typeorm';

/** What an entity class may tell the driver of its columns, as static methods. */
export interface EntityClass {
  /** Whether a property has its value before the insert, and need not be read back after it. */
  isCompleteBeforeInsert(property: string): boolean;
  /**
   * The name of the CHECK that holds a column, for plain SQL too, to the values that Postgres' type
   * would take; undefined for a column that takes what SQLite takes.
   */
  formCheckOf(property: string): string | undefined;
}

/** The class of an entity, if it tells the driver of its columns. */
export function entityClassOf({ target }: Pick<EntityMetadata, 'target'>): EntityClass | undefined {
  if (typeof target !== 'function') return undefined;
  return 'isCompleteBeforeInsert' in target && 'formCheckOf' in target
    ? (target as unknown as EntityClass)
    : undefined;
}
