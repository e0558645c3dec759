import { Check, getMetadataArgsStorage, Index, Unique } from 'typeorm';
import { familiesInUse, type EntityClass } from '../../host/bindings';
import { registerBillingClass, useBillingClass } from '../../host/own-entities';
import { followSchemas } from '../../host/schema-relations';
import { usePlacing } from '../../host/placing';
import { onBuild } from './built-metadata';
import { checkOf } from './column-rules';
import { mapColumn } from './map-column';
import { declaredColumns, nameOf, registerTable, tableOfPrototype, type RowRule } from './registry';
import { mapRelations } from './relations';
import { hideFromCopies } from './secrets';
import { watchMetadata } from './seen-rows';
import type { ColumnSpec } from './spec';
import { placeNames, placedSite } from './placed-names';
import { freePlaces } from './unmapped';
import { registerColumnRule, registerRowRule } from './validators';

/**
 * Gives the class of an `@Entity` its columns: `id` first, those declared by their kinds, then
 * `livemode`, `metadata`, `created_at` and `updated_at`. All keys, constraints and indexes are named by one rule.
 *
 * A rule that names no property of the class does not compile. Throws an Error at import if a rule
 * or an `@Index` names no column, or a key and its relation are not both there.
 */
export function BillingTable<const Property extends string = never>({
  rules = [],
}: { readonly rules?: readonly RowRule<Property>[] } = {}): (
  target: abstract new (...args: never[]) => Readonly<Record<NoInfer<Property>, unknown>>,
) => void {
  return (target) => {
    const prototype = target.prototype as object;
    const entity = target.name;
    const table = tableNameOf(target);
    const columns = [ID, ...declaredColumns(prototype), ...LAST_COLUMNS];
    const byProperty = new Map(columns.map((spec) => [spec.property, spec]));
    const columnOf = (property: string): ColumnSpec => {
      const spec = byProperty.get(property);
      if (spec === undefined) {
        throw new Error(`${entity} has no column for ${property}: declare it with a column kind.`);
      }
      return spec;
    };

    // A rule that has a column's name joins that column's CHECK.
    const checks = new Map<string, string>();
    const addCheck = (name: string, sql: string): void => {
      const other = checks.get(name);
      // The column's own comes last. Postgres writes BETWEEN as two comparisons, and would read those,
      // where they come first, as parts of the whole.
      checks.set(name, other === undefined ? sql : `(${sql}) AND (${other})`);
    };

    freePlaces(prototype);
    checkKinds(target);
    checkIndexes(target, table, columnOf);
    for (const spec of columns) {
      const { property, column } = spec;
      const site = placedSite(target, { table, property, column });
      mapColumn(prototype, spec, site, nameOf('pk', table));
      const check = checkOf(spec);
      if (check !== undefined) addCheck(nameOf('ck', table, column), check);
      if (spec.unique) Unique(nameOf('uq', table, column), [property])(target);
      if (spec.indexed) Index(nameOf('ix', table, column), [property])(target);
      if (spec.secret) hideFromCopies(prototype, property);
      registerColumnRule(target, table, spec);
    }
    for (const rule of rules) {
      const specs = rule.properties.map(columnOf);
      const name = nameOf('ck', table, rule.name);
      checkStatuses(entity, rule, columnOf);
      addCheck(name, rule.sql(...specs.map(({ column }) => column)));
      registerRowRule(target, name, rule, specs);
    }
    mapRelations(target, table, columns);
    onBuild(target, (metadata) => {
      useBillingClass(target, metadata);
      followSchemas(metadata);
      watchMetadata(metadata);
      usePlacing();
      for (const spec of columns) if (spec.kind === 'hostKey') familiesInUse.add(spec.family);
    });
    for (const [name, sql] of checks) applyCheck(target, name, sql);
    placeNames(target);
    registerTable(prototype, target, placedSite(target, { table, columns }));
    registerBillingClass(target, table);
  };
}

function tableNameOf(target: EntityClass): string {
  const { name } = getMetadataArgsStorage().tables.find((one) => one.target === target) ?? {};
  if (name === undefined) {
    throw new Error(`${target.name} has no table: put @Entity('…') below its @BillingTable.`);
  }
  const inherited = tableOfPrototype(target.prototype as object);
  if (inherited !== undefined) {
    throw new Error(
      `${target.name} extends ${inherited.base}, which is a billing table: take @BillingTable ` +
        "away, and declare the columns it adds with TypeORM's @Column.",
    );
  }
  return name;
}

/** A column that no kind declares would have no CHECK and no validator. */
function checkKinds(target: EntityClass): void {
  const own = getMetadataArgsStorage().columns.find((one) => one.target === target);
  if (own === undefined) return;
  throw new Error(
    `${target.name}.${own.propertyName} is declared with TypeORM's own decorator: use a column kind.`,
  );
}

/** TypeORM's own decorator takes any text for a name and a column. */
function checkIndexes(
  target: EntityClass,
  table: string,
  columnOf: (property: string) => ColumnSpec,
): void {
  for (const index of getMetadataArgsStorage().indices.filter((one) => one.target === target)) {
    const { name = 'An @Index', columns, unique } = index;
    const start = nameOf(unique === true ? 'uq' : 'ix', table, '');
    if (!name.startsWith(start)) {
      throw new Error(`${name} of ${target.name} needs a name that begins with ${start}.`);
    }
    nameOf(unique === true ? 'uq' : 'ix', table, name.slice(start.length));
    if (!Array.isArray(columns)) {
      throw new Error(`${name} needs its columns as a list of properties.`);
    }
    columns.forEach(columnOf);
  }
}

function checkStatuses(
  entity: string,
  { name, statuses = [] }: RowRule,
  columnOf: (property: string) => ColumnSpec,
): void {
  for (const status of statuses) {
    const { values = [] } = columnOf('status');
    if (values.includes(status)) continue;
    throw new Error(
      `The rule ${name} of ${entity} names the status ${status}: use one of ${values.join(', ')}.`,
    );
  }
}

function applyCheck(target: EntityClass, name: string, sql: string): void {
  // TypeORM finds the end of a CHECK on SQLite by this sequence.
  if (sql.includes('),')) {
    throw new Error(`${name} contains "),", which TypeORM can't read back: write it without.`);
  }
  Check(name, sql)(target);
}

const COMMON = { nullable: false, unique: false, indexed: false, secret: false } as const;
const TIMESTAMP = { ...COMMON, kind: 'instant', type: 'timestamptz', precision: 3 } as const;

const ID: ColumnSpec = {
  ...COMMON,
  ...{ kind: 'id', type: 'uuid', property: 'id', column: 'id', generated: 'key' },
};
const LIVEMODE: ColumnSpec = {
  ...COMMON,
  ...{ kind: 'flag', type: 'boolean', property: 'livemode', column: 'livemode', default: true },
};
const METADATA: ColumnSpec = {
  ...COMMON,
  ...{ kind: 'json', type: 'jsonb', property: 'metadata', column: 'metadata', default: {} },
};
const CREATED_AT: ColumnSpec = {
  ...TIMESTAMP,
  ...{ property: 'createdAt', column: 'created_at', generated: 'time of insert' },
};
const UPDATED_AT: ColumnSpec = {
  ...TIMESTAMP,
  ...{ property: 'updatedAt', column: 'updated_at', generated: 'time of write' },
};
const LAST_COLUMNS = [LIVEMODE, METADATA, CREATED_AT, UPDATED_AT];
