import type { EntityClass } from '../../host/bindings';
import { registerDecorator } from '../class-validator-parts';
import { accepts, expected, mayBeMissing } from './column-rules';
import { nameOf, targetOf, type RowRule } from './registry';
import type { ColumnSpec } from './spec';
import { isStored } from './stored-values';

/** Gives class-validator the rule of one column. */
export function registerColumnRule(target: EntityClass, table: string, spec: ColumnSpec): void {
  registerDecorator({
    name: nameOf('ck', table, spec.column),
    target,
    propertyName: spec.property,
    options: {
      // Both late: what a host's key takes depends on its type.
      message: () => `$property must be ${expected(spec)}`,
      context: {
        get expected() {
          return expected(spec);
        },
      },
    },
    validator: {
      validate: (value: unknown, args) => {
        if (value === undefined) return mayBeMissing(spec);
        if (value === null) return spec.nullable;
        return accepts(spec, value) || isStored(args?.object ?? {}, spec.property, value);
      },
    },
  });
}

/** Gives class-validator a rule over several columns. */
export function registerRowRule(
  target: EntityClass,
  name: string,
  { property, holds, expected: words }: RowRule,
  specs: readonly ColumnSpec[],
): void {
  registerDecorator({
    // Unlike the column's own rule, which may have the same CHECK name.
    name: `${name}_row`,
    target,
    propertyName: property,
    options: { message: `$property must have ${words}`, context: { expected: words } },
    validator: {
      validate: (_value: unknown, args) => {
        const row = (args?.object ?? {}) as Record<string, unknown>;
        const values = specs.map((spec) => valueOf(row, spec));
        // A value that is missing (not loaded), or wrong in itself, is reported by its own rule.
        const judged = specs.every((spec, index) => {
          const value = values[index];
          if (value === undefined || value === null) return value === null && spec.nullable;
          return accepts(spec, value) || isStored(row, spec.property, value);
        });
        return !judged || holds(...values);
      },
    },
  });
}

/** The value of a column; of a key that is not set, the key of the row beside it. */
function valueOf(row: Readonly<Record<string, unknown>>, spec: ColumnSpec): unknown {
  const value = row[spec.property];
  if (spec.relation === undefined || (value ?? null) !== null) return value;
  const related = row[spec.relation.property];
  return typeof related === 'object' && related !== null
    ? (related as Readonly<Record<string, unknown>>)[targetOf(spec)]
    : value;
}
