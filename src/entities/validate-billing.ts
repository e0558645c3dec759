import type { ValidationError } from 'class-validator';
import { Validator } from './class-validator-parts';
import { tableOf, type TableSpec } from './columns/registry';
import { REDACTED, validationError, type ValidationFailure } from './columns/validation-error';

/**
 * Checks an entity by the rules of its table, and those that the host added by class-validator.
 *
 * For an `'insert'` every property counts; for an `'update'` those that are undefined were not
 * loaded and are passed over, with the rules that need them.
 *
 * Throws one BillingError, `VALIDATION_FAILED`, with `ValidationDetails`.
 */
export function validateBilling(entity: object, operation: 'insert' | 'update'): void {
  const table = tableOf(entity);
  if (table === undefined) return;
  const row = entity as Readonly<Record<string, unknown>>;
  const failures = new Validator()
    .validateSync(entity, {
      skipUndefinedProperties: operation === 'update',
      forbidUnknownValues: false,
      // The errors must not carry what they are about: it may be a secret.
      validationError: { target: false, value: false },
    })
    .flatMap((error) => failuresOf(error, row, table));
  if (operation === 'insert') {
    // TypeORM itself takes the key of a row that is saved in the same call.
    const pending = (failure: ValidationFailure) =>
      failure.value === undefined && isKeyPending(failure.property, row, table);
    report(table, [
      ...failures.filter((failure) => !pending(failure)),
      ...contradictions(row, table),
    ]);
  } else {
    report(table, failures);
  }
}

function report(table: TableSpec, failures: readonly ValidationFailure[]): void {
  if (failures.length > 0) throw validationError(table, failures);
}

function failuresOf(
  { property, constraints = {}, contexts = {} }: ValidationError,
  row: Readonly<Record<string, unknown>>,
  table: TableSpec,
): ValidationFailure[] {
  const spec = table.columns.find((each) => each.property === property);
  const value = spec?.secret === true ? REDACTED : row[property];
  return Object.entries(constraints).map(([name, message]) => {
    const context = contexts[name] as { readonly expected?: string } | undefined;
    return { property, value, expected: context?.expected ?? message };
  });
}

function isKeyPending(
  property: string,
  row: Readonly<Record<string, unknown>>,
  table: TableSpec,
): boolean {
  const relation = table.columns.find((each) => each.property === property)?.relation?.property;
  const related = relation === undefined ? undefined : row[relation];
  return typeof related === 'object' && related !== null;
}

/** A key and the row given beside it, of which TypeORM would take the row without a word. */
function contradictions(
  row: Readonly<Record<string, unknown>>,
  table: TableSpec,
): ValidationFailure[] {
  return table.columns.flatMap(({ property, relation: { property: relation } = {} }) => {
    const related = relation === undefined ? undefined : row[relation];
    const value = row[property];
    if (relation === undefined || related === undefined || value === undefined) return [];
    const key = related === null ? null : ((related as { id?: unknown }).id ?? null);
    if (key === value) return [];
    return [{ property, value, expected: `the id of the ${relation} given beside it, or none` }];
  });
}
