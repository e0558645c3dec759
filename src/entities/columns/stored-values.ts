import { isDate } from './values';

/**
 * Values that are in the database already, as they were loaded: no rule that the CHECKs don't hold
 * refuses them again.
 */

const storedRows = new WeakMap<object, Readonly<Record<string, unknown>>>();

/** Judges a row as an update of the stored one. */
export function judgedBeside<Result>(
  stored: object | undefined,
  row: object,
  judge: () => Result,
): Result {
  if (stored !== undefined) storedRows.set(row, stored as Readonly<Record<string, unknown>>);
  try {
    return judge();
  } finally {
    storedRows.delete(row);
  }
}

/** Whether a value is what the database has, in a row that is being judged beside the stored one. */
export function isStored(row: object, property: string, value: unknown): boolean {
  const stored = storedRows.get(row)?.[property];
  return stored !== undefined && (stored === value || textOf(stored) === textOf(value));
}

/** A text that only equal values have, of those that a query returns as objects: Dates and JSON. */
function textOf(value: unknown): unknown {
  if (typeof value !== 'object') return value;
  try {
    return isDate(value) ? `Date ${value.getTime()}` : JSON.stringify(value);
  } catch {
    return value;
  }
}
