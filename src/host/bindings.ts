import type { Family } from './families';

/** A class that may be made an entity. */
export type EntityClass = abstract new (...args: never[]) => object;

/** The type of a host's id column. A billing column that refers to it has the same type. */
export type HostKeyType = 'uuid' | 'text';

/** The host's table that a family belongs to. */
export interface HostTable {
  readonly table: string;
  /** The primary key. */
  readonly column: string;
  readonly keyType: HostKeyType;
}

/**
 * What billing attaches to: the only place beside the migrations that names the host's tables, at
 * first those of the stand-ins. Read it late: when a DataSource is built or a row is checked, not at import.
 */
export const hostTables: Record<Family, HostTable> = {
  tenant: { table: 'tenants', column: 'id', keyType: 'uuid' },
  user: { table: 'user', column: 'id', keyType: 'text' },
};

/** Per class that relations name (a stand-in, or one of billing's), the host's class to use instead. */
export const replacements = new Map<EntityClass, EntityClass>();

/** The class that relations to `target` use: `target` itself, or the one that replaces it. */
export function bound<Class extends EntityClass>(target: Class): Class {
  return (replacements.get(target) as Class | undefined) ?? target;
}
