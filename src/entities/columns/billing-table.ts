import {
  Check,
  CreateDateColumn,
  Entity,
  Index,
  PrimaryGeneratedColumn,
  Unique,
  UpdateDateColumn,
} from 'typeorm';
import { registerDecorator } from '../class-validator-parts';
import { INSTANT, UUID } from '../columns';
import {
  declaredColumns,
  nameOf,
  registerTable,
  type ColumnSpec,
  type EntityClass,
  type RowRule,
} from './registry';
import { isInstant, isUuid } from './values';

/** An index that is not simply one column's. */
export interface TableIndex {
  /** Last part of its name: `uq_<table>_<name>` if unique, else `ix_<table>_<name>`. */
  readonly name: string;
  readonly properties: readonly string[];
  readonly unique?: true;
  /** Predicate of a partial index, over column names. */
  readonly where?: string;
}

/**
 * Makes a class the entity of a table: `id` first, the columns declared by their kinds, then
 * `created_at` and `updated_at`; with every key, constraint and index named by one rule.
 *
 * Throws an Error at import if a rule or an index names a property that is no column.
 */
export function BillingTable(
  table: string,
  {
    rules = [],
    indexes = [],
  }: { rules?: readonly RowRule[]; indexes?: readonly TableIndex[] } = {},
): (target: EntityClass) => void {
  return (target) => {
    const prototype = target.prototype as object;
    const entity = target.name;
    const columns = [ID, ...declaredColumns(prototype), CREATED_AT, UPDATED_AT];
    const byProperty = new Map(columns.map((spec) => [spec.property, spec]));
    const columnOf = (property: string): ColumnSpec => {
      const spec = byProperty.get(property);
      if (spec === undefined) throw new Error(`${entity} has no column for ${property}.`);
      return spec;
    };

    // A rule that bears a column's name joins that column's CHECK.
    const checks = new Map<string, string>();
    const addCheck = (name: string, sql: string): void => {
      const other = checks.get(name);
      checks.set(name, other === undefined ? sql : `(${other}) AND (${sql})`);
    };

    Entity(table)(target);
    for (const spec of columns) {
      const { property, column } = spec;
      spec.map(prototype, { entity, table, property, column });
      if (spec.check !== undefined) addCheck(nameOf('ck', table, column), spec.check);
      if (spec.unique) Unique(nameOf('uq', table, column), [property])(target);
      if (spec.indexed) Index(nameOf('ix', table, column), [property])(target);
      registerColumnRule(target, table, spec);
    }
    for (const rule of rules) {
      const specs = rule.properties.map(columnOf);
      const name = nameOf('ck', table, rule.name);
      addCheck(name, rule.sql(...specs.map(({ column }) => column)));
      registerRowRule(target, name, rule, specs);
    }
    for (const { name, properties, unique = false, where } of indexes) {
      for (const property of properties) columnOf(property);
      Index(nameOf(unique ? 'uq' : 'ix', table, name), [...properties], {
        unique,
        ...(where !== undefined && { where }),
      })(target);
    }
    for (const [name, sql] of checks) applyCheck(target, name, sql);
    registerTable(prototype, { entity, table, columns });
  };
}

function applyCheck(target: EntityClass, name: string, sql: string): void {
  // TypeORM finds the end of a CHECK on SQLite by this sequence.
  if (sql.includes('),')) throw new Error(`${name} contains "),", which TypeORM can't read back.`);
  Check(name, sql)(target);
}

function registerColumnRule(target: EntityClass, table: string, spec: ColumnSpec): void {
  const { property, column, nullable, makeDefault, accepts, expected } = spec;
  const optional = nullable || makeDefault !== undefined || spec === ID;
  registerDecorator({
    name: nameOf('ck', table, column),
    target,
    propertyName: property,
    options: { message: `$property must be ${expected}`, context: { expected } },
    validator: {
      validate: (value: unknown) => {
        if (value === undefined) return optional;
        return value === null ? nullable : accepts(value);
      },
    },
  });
}

function registerRowRule(
  target: EntityClass,
  name: string,
  { property, properties, holds, expected }: RowRule,
  specs: readonly ColumnSpec[],
): void {
  registerDecorator({
    // Unlike the column's own rule, which may have the same CHECK name.
    name: `${name}_row`,
    target,
    propertyName: property,
    options: { message: `$property must have ${expected}`, context: { expected } },
    validator: {
      validate: (_value: unknown, args) => {
        const row = (args?.object ?? {}) as Record<string, unknown>;
        const values = properties.map((each) => row[each]);
        // A value that is missing (not loaded), or wrong in itself, is not this rule's business.
        const judged = specs.every((spec, index) => {
          const value = values[index];
          return value === null ? spec.nullable : value !== undefined && spec.accepts(value);
        });
        return !judged || holds(...values);
      },
    },
  });
}

const unremarkable = {
  nullable: false,
  check: undefined,
  unique: false,
  indexed: false,
  secret: false,
  relation: undefined,
  read: undefined,
} as const;

const ID: ColumnSpec = {
  ...unremarkable,
  property: 'id',
  column: 'id',
  makeDefault: undefined,
  accepts: isUuid,
  expected: UUID,
  map: (prototype, { table }) =>
    PrimaryGeneratedColumn('uuid', { name: 'id', primaryKeyConstraintName: nameOf('pk', table) })(
      prototype,
      'id',
    ),
};

const CREATED_AT = timestamp('createdAt', 'created_at', CreateDateColumn);
const UPDATED_AT = timestamp('updatedAt', 'updated_at', UpdateDateColumn);

function timestamp(
  property: string,
  column: string,
  decorator: typeof CreateDateColumn,
): ColumnSpec {
  return {
    ...unremarkable,
    property,
    column,
    makeDefault: () => new Date(),
    accepts: isInstant,
    expected: INSTANT,
    map: (prototype) =>
      decorator({ name: column, type: 'timestamptz', precision: 3, default: () => 'now()' })(
        prototype,
        property,
      ),
  };
}
