import type { Family } from './families';

/** A class that may be made an entity. */
export type EntityClass = abstract new (...args: never[]) => object;

/**
 * The type of a host's id column, as Postgres names it. A billing column that refers to it has the
 * same type.
 */
export type HostKeyType =
  | 'uuid'
  | 'text'
  | 'varchar'
  | `varchar(${number})`
  | `char(${number})`
  | 'smallint'
  | 'integer'
  | 'bigint';

/** What TypeORM's `transformer` option of a column is. */
export interface KeyTransformer {
  to(value: unknown): unknown;
  from(value: unknown): unknown;
}

/** The host's table that a family belongs to. */
export interface HostTable {
  /** On Postgres. Undefined: the first of the search_path that has the table. */
  readonly schema?: string | undefined;
  readonly table: string;
  /** The primary key. */
  readonly column: string;
  readonly keyType: HostKeyType;
  /** The property of the host's class that holds the key; `id` if not given. */
  readonly property?: string | undefined;
  /** How the host's class reads and writes its key, if it says so. */
  readonly transformers?: readonly KeyTransformer[] | undefined;
}

/** The tables that the frozen migrations name, and the stand-ins map. */
export const STAND_IN_TABLES = {
  tenant: { table: 'tenants', column: 'id', keyType: 'uuid' },
  user: { table: 'user', column: 'id', keyType: 'text' },
} as const satisfies Record<Family, HostTable>;

/**
 * What billing attaches to: the only place beside the migrations that names the host's tables, at
 * first those of the stand-ins. Read it late: when a DataSource is built or a row is checked, not at import.
 */
export const hostTables: Record<Family, HostTable> = { ...STAND_IN_TABLES };

/** Per class that relations name (a stand-in, or one of billing's), the host's class to use instead. */
export const replacements = new Map<EntityClass, EntityClass>();

/** Per stand-in, the target of the host's `EntitySchema` that relations lead to instead: a class or a name. */
export const schemaTargets = new Map<EntityClass, EntityClass | string>();

/** The families whose binding a DataSource or a migration has used, after which it can't change. */
export const familiesInUse = new Set<Family>();

/** The class that relations to `target` use: `target` itself, or the one that replaces it. */
export function bound<Class extends EntityClass>(target: Class): Class {
  return (replacements.get(target) as Class | undefined) ?? target;
}

/** The table and key as SQL: `"core"."organizations"` and `"id"`. */
export function sqlOf({ schema, table, column }: Omit<HostTable, 'keyType'>): {
  readonly table: string;
  readonly column: string;
} {
  const path = schema === undefined ? quote(table) : `${quote(schema)}.${quote(table)}`;
  return { table: path, column: quote(column) };
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
