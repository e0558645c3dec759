/** A class that may be made an entity. */
export type EntityClass = abstract new (...args: never[]) => object;

/** Where a column stands: what its names and its errors are derived from. */
export interface ColumnSite {
  readonly entity: string;
  readonly table: string;
  readonly property: string;
  readonly column: string;
}

/** All that one column kind says about one column. */
export interface ColumnSpec {
  readonly property: string;
  /** Name in the database: the property's, in snake case. */
  readonly column: string;
  readonly nullable: boolean;
  /** Makes the value that takes the place of a missing one before an insert. */
  readonly makeDefault: (() => unknown) | undefined;
  /** Whether a value other than NULL may be stored. */
  readonly accepts: (value: unknown) => boolean;
  /** Makes of what a driver gave back for an INSERT what a query would have given. */
  readonly read: ((value: unknown) => unknown) | undefined;
  /** What {@link accepts} asks for, in words: "a whole number from 0 to 730". */
  readonly expected: string;
  /** SQL of the column's CHECK, or undefined if its type says it all. */
  readonly check: string | undefined;
  readonly unique: boolean;
  readonly indexed: boolean;
  /** A secret's value is never shown in an error. */
  readonly secret: boolean;
  /** Property that holds the row this column refers to. */
  readonly relation: string | undefined;
  /** Applies TypeORM's own decorators to the entity class. */
  readonly map: (prototype: object, site: ColumnSite) => void;
}

/** A rule over several columns of one row: one CHECK and one validator. */
export interface RowRule {
  /**
   * Last part of the name of the CHECK: `ck_<table>_<name>`. If it is a column's, the rule joins
   * that column's CHECK.
   */
  readonly name: string;
  /** The property that a failure is reported on. */
  readonly property: string;
  /** The properties that {@link holds} is given, in this order. */
  readonly properties: readonly string[];
  /** SQL over the columns of {@link properties}, in that order; true or NULL if the row is fine. */
  readonly sql: (...columns: string[]) => string;
  /** The same in JavaScript; only ever called with values that their own columns accept. */
  readonly holds: (...values: unknown[]) => boolean;
  /** In words: "set exactly when status is canceled". */
  readonly expected: string;
}

/** What is known of an entity class once it has been declared. */
export interface TableSpec {
  readonly entity: string;
  readonly table: string;
  readonly columns: readonly ColumnSpec[];
}

const declared = new WeakMap<object, ColumnSpec[]>();
const tables = new WeakMap<object, TableSpec>();

/** Notes a column of the class whose prototype is given; the class decorator picks it up. */
export function declareColumn(prototype: object, spec: ColumnSpec): void {
  const specs = declared.get(prototype);
  if (specs === undefined) declared.set(prototype, [spec]);
  else specs.push(spec);
}

/** The columns noted for a class, in the order of their declaration. */
export function declaredColumns(prototype: object): readonly ColumnSpec[] {
  return declared.get(prototype) ?? [];
}

export function registerTable(prototype: object, spec: TableSpec): void {
  tables.set(prototype, spec);
}

/** The table of an entity; a class that the host derived from one of ours has its table. */
export function tableOf(entity: object): TableSpec | undefined {
  for (
    let prototype = Object.getPrototypeOf(entity) as object | null;
    prototype !== null;
    prototype = Object.getPrototypeOf(prototype) as object | null
  ) {
    const spec = tables.get(prototype);
    if (spec !== undefined) return spec;
  }
  return undefined;
}

/** `currentPeriodStart` to `current_period_start`. */
export function snakeCase(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Longest name that Postgres keeps whole. */
const MAX_NAME_BYTES = 63;

/** `uq_plans_name`: the one way constraints and indexes are named. */
export function nameOf(
  kind: 'pk' | 'uq' | 'fk' | 'ck' | 'ix',
  table: string,
  rest?: string,
): string {
  const name = rest === undefined ? `${kind}_${table}` : `${kind}_${table}_${rest}`;
  if (name.length > MAX_NAME_BYTES) {
    throw new Error(`${name} is longer than the ${MAX_NAME_BYTES} bytes of a name in Postgres.`);
  }
  return name;
}

/** `status IN ('a', 'b')`, for CHECKs and the predicates of partial indexes. */
export function isOneOf(column: string, values: readonly string[]): string {
  return `${column} IN (${values.map((value) => `'${value}'`).join(', ')})`;
}
