import { BillingError } from '../../errors';
import { show } from './values';

/** Shown instead of a secret's value. */
export const REDACTED = '[redacted]';

/** One value that a rule of its table refuses. */
export interface ValidationFailure {
  readonly property: string;
  /** The value as given, or `'[redacted]'` if the property is a secret. */
  readonly value: unknown;
  /** What was expected instead, in words. */
  readonly expected: string;
}

/** The `details` of a BillingError with the code `VALIDATION_FAILED`. */
export interface ValidationDetails {
  /** Name of the entity class. */
  readonly entity: string;
  readonly table: string;
  readonly failures: readonly ValidationFailure[];
}

/** One error for everything that is wrong with an entity. */
export function validationError(
  { entity, table }: { readonly entity: string; readonly table: string },
  failures: readonly ValidationFailure[],
): BillingError<ValidationDetails> {
  const lines = failures.map(
    ({ property, value, expected }) =>
      `${property} is ${value === REDACTED ? REDACTED : show(value)}, expected ${expected}`,
  );
  return BillingError.validationFailed(table, lines, { entity, table, failures });
}
