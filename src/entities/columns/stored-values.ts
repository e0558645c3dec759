import { accepts } from './column-rules';
import type { TableSpec } from './registry';
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

/** Values of loaded rows that a rule would refuse, for the writes that are not compared with the stored row. */
const loadedRows = new WeakMap<object, Readonly<Record<string, unknown>>>();

/** Notes what a loaded row has that {@link TableSpec.strict} columns would not take. */
export function rememberValues(
  row: Readonly<Record<string, unknown>>,
  { strict }: TableSpec,
): void {
  let found: Record<string, unknown> | undefined;
  for (const spec of strict) {
    const value = row[spec.property] ?? null;
    if (value === null || accepts(spec, value)) continue;
    found ??= { id: row.id };
    found[spec.property] = value;
  }
  if (found !== undefined) loadedRows.set(row, found);
}

/** The loaded values of a row, unless it has become another one by its id. */
function loadedOf(row: object): Readonly<Record<string, unknown>> | undefined {
  const loaded = loadedRows.get(row);
  return loaded?.id === (row as { id?: unknown }).id ? loaded : undefined;
}

/** Whether a value is what the database has: in the stored row beside which one is judged, or as loaded. */
export function isStored(row: object, property: string, value: unknown): boolean {
  const stored = (storedRows.get(row) ?? loadedOf(row))?.[property];
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
