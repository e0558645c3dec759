import { hostTables, type EntityClass } from '../../host/bindings';
import type { ColumnRelation, ColumnSpec } from './spec';

/** Where a column is: names and errors are derived from it. */
export interface ColumnSite {
  readonly entity: string;
  readonly table: string;
  readonly property: string;
  readonly column: string;
}

/** A rule over several columns of one row: one CHECK and one validator. */
export interface RowRule<Property extends string = string> {
  /**
   * Last part of the name of the CHECK: `ck_<table>_<name>`. If it is a column's, the rule joins
   * that column's CHECK.
   */
  readonly name: string;
  /** The property that a failure is reported on. */
  readonly property: Property;
  /** The properties that {@link holds} is given, in this order. */
  readonly properties: readonly Property[];
  /** Words of the column `status` that the rule names. */
  readonly statuses?: readonly string[];
  /** SQL over the columns of {@link properties}, in that order; true or NULL if the row is valid. */
  readonly sql: (...columns: string[]) => string;
  /** The same in JavaScript; only called with values that their own columns accept. */
  readonly holds: (...values: unknown[]) => boolean;
  /** In words: "set exactly when status is canceled". */
  readonly expected: string;
}

/** What is known of an entity class that has a `@BillingTable`. */
export interface TableSpec {
  /** The name of billing's class. */
  readonly base: string;
  /** The name of the host's class that takes its place, or the same. */
  readonly entity: string;
  readonly table: string;
  readonly columns: readonly ColumnSpec[];
  /** Those that are keys of other rows. */
  readonly keys: readonly KeySpec[];
  /** Those whose validator takes less than their CHECK. */
  readonly strict: readonly ColumnSpec[];
}

/** A key, and the property that holds the row it refers to. */
export interface KeySpec {
  readonly property: string;
  readonly relation: string;
  readonly nullable: boolean;
  /** The property of that row that is its key. */
  readonly target: string;
}

const declared = new WeakMap<object, ColumnSpec[]>();
const tables = new WeakMap<object, TableSpec>();

/** Notes a column of the class whose prototype is given; `@BillingTable` maps it. */
export function declareColumn(prototype: object, spec: ColumnSpec): void {
  const specs = declared.get(prototype);
  if (specs === undefined) declared.set(prototype, [spec]);
  else specs.push(spec);
}

/** The columns noted for a class, in the order of their declaration. */
export function declaredColumns(prototype: object): readonly ColumnSpec[] {
  return declared.get(prototype) ?? [];
}

export function registerTable(
  prototype: object,
  target: EntityClass,
  spec: Pick<TableSpec, 'entity' | 'table' | 'columns'>,
): void {
  const keys = spec.columns.flatMap((column) =>
    column.relation === undefined ? [] : [keyOf(column, column.relation)],
  );
  const strict = spec.columns.filter(
    (column) => column.kind === 'currency' || (column.kind === 'varchar' && column.format),
  );
  // Not spread: the names of the class and the table are read late.
  tables.set(prototype, Object.assign(spec, { base: target.name, keys, strict }));
}

const keyOf = (column: ColumnSpec, relation: ColumnRelation): KeySpec => ({
  property: column.property,
  relation: relation.property,
  nullable: column.nullable,
  // Late, as the host's class may still be bound.
  get target() {
    return targetOf(column);
  },
});

/** The property of the row that a key refers to, which is that row's key. */
export const targetOf = (column: ColumnSpec): string =>
  (column.kind === 'hostKey' ? hostTables[column.family].property : undefined) ?? 'id';

/** The table of an entity. A class that a host derives from one of ours has that one's table. */
export function tableOf(entity: object): TableSpec | undefined {
  return tableOfPrototype(Object.getPrototypeOf(entity) as object | null);
}

/** The table of the class whose prototype is given. */
export function tableOfPrototype(prototype: object | null): TableSpec | undefined {
  for (let one = prototype; one !== null; one = Object.getPrototypeOf(one) as object | null) {
    const spec = tables.get(one);
    if (spec !== undefined) return spec;
  }
  return undefined;
}

/** `currentPeriodStart` to `current_period_start`. */
export function snakeCase(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The longest name that Postgres does not cut. */
const MAX_NAME_BYTES = 63;

/** The name of a constraint or an index: `uq_plans_name`. All are named this way. */
export function nameOf(
  kind: 'pk' | 'uq' | 'fk' | 'ck' | 'ix',
  table: string,
  rest?: string,
): string {
  const name = rest === undefined ? `${kind}_${table}` : `${kind}_${table}_${rest}`;
  if (name.length > MAX_NAME_BYTES) {
    throw new Error(
      `${name} is longer than the ${MAX_NAME_BYTES} bytes of a name in Postgres: shorten it.`,
    );
  }
  return name;
}

/** `status IN ('a', 'b')`, for CHECKs and the predicates of partial indexes. */
export function isOneOf(column: string, values: readonly string[]): string {
  return values.length === 1 ? `${column} = '${values[0]}'` : `${column} IN (${listOf(values)})`;
}

/** `status NOT IN ('a', 'b')`, for CHECKs. */
export function isNoneOf(column: string, values: readonly string[]): string {
  return values.length === 1
    ? `${column} <> '${values[0]}'`
    : `${column} NOT IN (${listOf(values)})`;
}

const listOf = (values: readonly string[]): string =>
  values.map((value) => `'${value}'`).join(', ');
