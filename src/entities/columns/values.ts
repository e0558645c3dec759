/**
 * Which single values every engine can store, and read back unchanged. Each predicate is at least as
 * strict as the column's CHECK and type, on Postgres and on SQLite.
 */

/**
 * A JSON object, as stored in `jsonb` columns (JSON text on SQLite). Inner arrays and objects
 * are just `object`: TypeORM's types for partial updates can't follow a recursive type. What JSON
 * can't hold is refused when the entity is saved.
 */
export type JsonObject = Record<string, string | number | boolean | object | null>;

/** Largest amount in minor units: beyond it a JavaScript number is no longer exact. */
export const MAX_MONEY = Number.MAX_SAFE_INTEGER;

/** Nesting beyond this is refused; SQLite's JSON functions stop at 1000 levels. */
export const MAX_JSON_DEPTH = 100;

const MIN_INSTANT = 0;
const MAX_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A string without NUL (Postgres refuses it) and without lone surrogates (UTF-8 has none). */
export function isStorableText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0') && !LONE_SURROGATE.test(value);
}

/** {@link isStorableText} of a length counted in code points, as SQL's `length()` counts. */
export function isTextOfLength(value: unknown, min: number, max: number): value is string {
  if (!isStorableText(value)) return false;
  // A code point takes at most two UTF-16 units, so that a long text is refused without counting.
  if (value.length > 2 * max) return false;
  const { length } = Array.from(value);
  return length >= min && length <= max;
}

/** A uuid of any version in its canonical form: lower case, with hyphens. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** A whole number in the range; never a string, a bigint or a fraction. */
export function isWholeNumber(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** A valid Date from 1970 to the end of 9999: what all engines store, and sort, alike. */
export function isInstant(value: unknown): value is Date {
  if (!isDate(value)) return false;
  const time = value.getTime();
  return time >= MIN_INSTANT && time <= MAX_INSTANT;
}

/** A Date of any realm, valid or not. */
export function isDate(value: unknown): value is Date {
  return Object.prototype.toString.call(value) === '[object Date]';
}

/**
 * A plain object that a JSON round trip returns unchanged, and that every engine can store: no NUL,
 * no lone surrogate, no class instance, nothing that JSON drops or rewrites. Keys that every object
 * inherits (`__proto__`, `toString`) are refused too: TypeORM loses them when it copies.
 */
export function isJsonObject(value: unknown): value is JsonObject {
  return isPlainObject(value) && isJsonValue(value, 1);
}

function isJsonValue(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || depth > MAX_JSON_DEPTH) return false;
  if (Object.getOwnPropertySymbols(value).length > 0) return false;
  if (Array.isArray(value)) {
    return (
      Object.keys(value).length === value.length &&
      // every() skips holes, Array.from() does not.
      Array.from<unknown>(value).every((item) => isJsonValue(item, depth + 1))
    );
  }
  return (
    isPlainObject(value) &&
    Object.entries(value).every(
      ([key, item]) =>
        isStorableText(key) && !(key in Object.prototype) && isJsonValue(item, depth + 1),
    )
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  // By shape and not by identity: an object may come from another realm, as in a test's sandbox.
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
  );
}

/** A value as text for an error: JSON if it has any, cut after 80 characters. */
export function show(value: unknown): string {
  const characters = Array.from(describe(value));
  return characters.length > 80 ? `${characters.slice(0, 79).join('')}…` : characters.join('');
}

function describe(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'number' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return 'a function';
  if (value === undefined) return 'undefined';
  if (isDate(value)) {
    return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString();
  }
  // No more is shown, and escaping a long text is slow.
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
  try {
    const json = JSON.stringify(value) as string | undefined;
    // There is none if a toJSON() returns undefined.
    return json ?? Object.prototype.toString.call(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
