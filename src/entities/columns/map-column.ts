import {
  Column,
  CreateDateColumn,
  PrimaryGeneratedColumn,
  UpdateDateColumn,
  type ColumnOptions,
  type ValueTransformer,
} from 'typeorm';
import { hostTables, type KeyTransformer } from '../../host/bindings';
import { expectedValue } from './column-rules';
import { moneyTransformer } from './money';
import type { ColumnSite } from './registry';
import type { ColumnSpec } from './spec';
import { validationError } from './validation-error';

/** Applies TypeORM's own decorator for a column. */
export function mapColumn(
  prototype: object,
  spec: ColumnSpec,
  site: ColumnSite,
  primaryKeyConstraintName: string,
): void {
  const { column: name, property, generated } = spec;
  if (generated === 'key') {
    PrimaryGeneratedColumn('uuid', { name, primaryKeyConstraintName })(prototype, property);
    return;
  }
  const decorator =
    generated === 'time of insert'
      ? CreateDateColumn
      : generated === 'time of write'
        ? UpdateDateColumn
        : Column;
  decorator(optionsOf(spec, site))(prototype, property);
}

function optionsOf(spec: ColumnSpec, site: ColumnSite): ColumnOptions {
  const { column, nullable, precision } = spec;
  const value = defaultOf(spec);
  const transformer = transformerOf(spec, site);
  return {
    name: column,
    // Getters: the type of the host's key counts when a DataSource is built, not at import.
    get type() {
      return spec.type;
    },
    get length() {
      return spec.length ?? '';
    },
    nullable,
    ...(precision !== undefined && { precision }),
    ...(value !== undefined && { default: value }),
    ...(transformer !== undefined && { transformer }),
  };
}

function defaultOf({ generated, default: value }: ColumnSpec): unknown {
  if (generated !== undefined) return () => 'now()';
  // As SQL and not as an object, for which TypeORM's SQLite side would call jsonb().
  return typeof value === 'object' ? () => `'${JSON.stringify(value)}'` : value;
}

function transformerOf(spec: ColumnSpec, site: ColumnSite): ValueTransformer | undefined {
  if (spec.kind === 'money') return moneyTransformer(site, expectedValue(spec));
  if (spec.relation !== undefined && !spec.nullable) return requiredKey(spec, site);
  // The type of a host's key is not known yet.
  return spec.kind !== 'hostKey' && spec.type === 'char' ? WITHOUT_PADDING : undefined;
}

/**
 * Refuses the insert of a row whose key is still missing when TypeORM sends it. Until then a parent, in
 * whose list the row is, may give it one.
 */
function requiredKey(spec: ColumnSpec, site: ColumnSite): ValueTransformer {
  return {
    // Called without a value for an INSERT only.
    to(value: unknown): unknown {
      if (value !== undefined) {
        return transformersOf(spec).reduceRight<unknown>((all, one) => one.to(all), value);
      }
      throw validationError(site, [
        { property: spec.property, value, expected: expectedValue(spec) },
      ]);
    },
    from: (value: unknown) =>
      transformersOf(spec).reduce<unknown>((all, one) => one.from(all), value),
  };
}

/** A host's key is read and written as its own class does it. */
const transformersOf = (spec: ColumnSpec): readonly KeyTransformer[] =>
  (spec.kind === 'hostKey' ? hostTables[spec.family].transformers : undefined) ?? [];

/** In a search too: to Postgres `'USD '` is `'USD'`, as a `char(n)`. */
const WITHOUT_PADDING: ValueTransformer = {
  to: (value: unknown) => (typeof value === 'string' ? value.replace(/ +$/, '') : value),
  from: (value: unknown) => value,
};
