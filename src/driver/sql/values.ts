import { BillingError } from '../../errors';
import type { SqliteValue } from '../session';

/** `2026-01-31 23:59:59.999`, in UTC. It sorts by time, and TypeORM reads it back. */
export function toInstantText(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('Z', '');
}

/**
 * Turns a query parameter into a value that a SQLite-family database binds without changing it.
 *
 * @throws BillingError `INVALID_CALL` for a value that would be stored as something else.
 */
export function toSqliteValue(value: unknown): SqliteValue {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    case 'undefined':
      return null;
    case 'boolean':
      return value ? 1 : 0;
    case 'bigint':
      if (value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)) {
        return Number(value);
      }
      break;
    case 'object':
      if (value === null || value instanceof Uint8Array) return value;
      if (isDate(value) && !Number.isNaN(value.getTime())) return toInstantText(value);
      break;
    default:
  }
  throw BillingError.invalidCall(
    `SQLite can't bind a parameter ${describe(value)}`,
    'pass a string, a number up to 2^53 - 1, a boolean, a Date, a Uint8Array or null, and JSON as text',
  );
}

/** A Date of any realm: the entities accept those too. */
const isDate = (value: unknown): value is Date =>
  Object.prototype.toString.call(value) === '[object Date]';

function describe(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (isDate(value)) return 'Invalid Date';
  if (typeof value === 'object' && value !== null) return `of type ${value.constructor.name}`;
  return `of type ${typeof value}`;
}
