import type { ValidationError } from 'class-validator';
import { Validator } from './class-validator-parts';
import { filledIn } from './columns/own-columns';
import { tableOf, type TableSpec } from './columns/registry';
import { judgedBeside } from './columns/stored-values';
import { REDACTED, validationError, type ValidationFailure } from './columns/validation-error';
import { disagreements } from './relation-keys';

/**
 * Checks an entity by the rules of its table, and by those that the host added with class-validator.
 *
 * An `'insert'` checks every property. An `'update'` skips those that are undefined, since they were
 * not loaded, and the rules that need them. It does not judge a value that is stored already.
 *
 * @throws BillingError `VALIDATION_FAILED`, with `ValidationDetails`: one for all failures
 */
export function validateBilling(
  entity: object,
  operation: 'insert' | 'update',
  { stored, byParent }: Circumstances = {},
): void {
  const table = tableOf(entity);
  if (table === undefined) return;
  const row = entity as Readonly<Record<string, unknown>>;
  const failures = judgedBeside(stored, entity, () =>
    new Validator().validateSync(entity, {
      skipUndefinedProperties: operation === 'update',
      forbidUnknownValues: false,
      // An error must not hold the value: it may be a secret.
      validationError: { target: false, value: false },
    }),
  )
    .filter((error) => !(operation === 'insert' && isFilledIn(error, row)))
    .flatMap((error) => failuresOf(error, row, table));
  if (operation === 'insert') {
    // TypeORM fills in the key of a row that is saved in the same call.
    const pending = (failure: ValidationFailure) =>
      failure.value === undefined && isKeyPending(failure.property, row, table, byParent);
    report(table, [
      ...failures.filter((failure) => !pending(failure)),
      ...disagreements(row, table),
    ]);
  } else {
    report(table, failures);
  }
}

/** A column that the host added with a default needs no value, unless a rule asks for one. */
const isFilledIn = (
  { property, constraints = {} }: ValidationError,
  row: Readonly<Record<string, unknown>>,
): boolean =>
  row[property] === undefined && !('isDefined' in constraints) && filledIn(row).has(property);

/** What is known of a write beside the row itself. */
interface Circumstances {
  /** The row in the database, before an update. */
  readonly stored?: object | undefined;
  /** The relations whose key TypeORM may still set. */
  readonly byParent?: ReadonlySet<string>;
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
  { keys }: TableSpec,
  byParent: ReadonlySet<string> | undefined,
): boolean {
  const key = keys.find((each) => each.property === property);
  if (key === undefined) return false;
  const related = row[key.relation];
  return (typeof related === 'object' && related !== null) || byParent?.has(key.relation) === true;
}
