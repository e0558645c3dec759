import type { ValidationError } from 'class-validator';
import { Validator } from './class-validator-parts';
import { tableOf, type TableSpec } from './columns/registry';
import { REDACTED, validationError, type ValidationFailure } from './columns/validation-error';

/**
 * Checks an entity by the rules of its table, and by those that the host added with class-validator.
 *
 * An `'insert'` checks every property. An `'update'` skips those that are undefined, since they were
 * not loaded, and the rules that need them.
 *
 * @throws BillingError `VALIDATION_FAILED`, with `ValidationDetails`: one for all failures
 */
export function validateBilling(entity: object, operation: 'insert' | 'update'): void {
  const table = tableOf(entity);
  if (table === undefined) return;
  const row = entity as Readonly<Record<string, unknown>>;
  const failures = new Validator()
    .validateSync(entity, {
      skipUndefinedProperties: operation === 'update',
      forbidUnknownValues: false,
      // An error must not hold the value: it may be a secret.
      validationError: { target: false, value: false },
    })
    .flatMap((error) => failuresOf(error, row, table));
  if (operation === 'insert') {
    // TypeORM fills in the key of a row that is saved in the same call.
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

/** Keys that differ from the key of the row beside them, which TypeORM would write silently. */
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
