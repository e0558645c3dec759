import { hostKeyRule, UUID } from './host-key-rules';
import { CURRENCIES } from '../vocabulary';
import { isOneOf } from './registry';
import type { ColumnSpec } from './spec';
import {
  isInstant,
  isJsonObject,
  isStorableText,
  isTextOfLength,
  isUuid,
  isWholeNumber,
} from './values';

/**
 * What a column's data means: which values it takes, in JavaScript, in SQL and in words. A CHECK
 * means the same on Postgres and on SQLite, and accepts NULL.
 */

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';
const ALPHABETS = {
  hex: { characters: `${DIGITS}abcdef`, expected: 'lower-case hexadecimal digits' },
  alphanumeric: { characters: DIGITS + UPPER, expected: 'digits or upper-case letters' },
  currency: { characters: UPPER, expected: 'upper-case letters' },
};
const ACTIVE_CURRENCIES: ReadonlySet<unknown> = new Set(CURRENCIES);
/** With the offset, so that Postgres takes no other for it; SQLite compares text. */
const MIN_MOMENT = '0001-01-01 00:00:00+00';
const MAX_MOMENT = '9999-12-31 23:59:59.999+00';

/** Whether a column takes a value other than null. */
export function accepts(spec: ColumnSpec, value: unknown): boolean {
  switch (spec.kind) {
    case 'varchar':
      return isTextOfLength(value, 1, spec.length) && (spec.format?.pattern.test(value) ?? true);
    case 'text':
      return isStorableText(value);
    case 'hex':
    case 'alphanumeric': {
      const { characters } = ALPHABETS[spec.kind];
      return (
        typeof value === 'string' &&
        value.length >= (spec.minLength ?? spec.length) &&
        value.length <= spec.length &&
        Array.from(value).every((character) => characters.includes(character))
      );
    }
    case 'currency':
      return ACTIVE_CURRENCIES.has(value);
    case 'oneOf':
      return spec.values.some((allowed) => allowed === value);
    case 'money':
    case 'wholeNumber':
      return isWholeNumber(value, spec.min, spec.max);
    case 'flag':
      return typeof value === 'boolean';
    case 'instant':
      return isInstant(value);
    case 'json':
      return isJsonObject(value);
    case 'id':
    case 'key':
      return isUuid(value);
    case 'hostKey':
      return hostKeyRule(spec.family).accepts(value);
  }
}

/** What a column takes, in words: "a whole number from 0 to 730, or null". */
export function expected(spec: ColumnSpec): string {
  return spec.nullable ? `${expectedValue(spec)}, or null` : expectedValue(spec);
}

/** The same, without a word on null. */
export function expectedValue(spec: ColumnSpec): string {
  switch (spec.kind) {
    case 'varchar': {
      const text = `text of 1 to ${spec.length} characters`;
      return spec.format === undefined ? text : `${text}: ${spec.format.expected}`;
    }
    case 'text':
      return 'text without NUL characters';
    case 'hex':
      return `exactly ${spec.length} ${ALPHABETS.hex.expected}`;
    case 'alphanumeric':
      return `${spec.minLength} to ${spec.length} ${ALPHABETS.alphanumeric.expected}`;
    case 'currency':
      return 'an active ISO 4217 currency code in upper case';
    case 'oneOf':
      return `one of ${spec.values.join(', ')}`;
    case 'money':
      return `a whole number of minor units from ${spec.min} to ${spec.max}`;
    case 'wholeNumber':
      return `a whole number from ${spec.min} to ${spec.max}`;
    case 'flag':
      return 'true or false';
    case 'instant':
      return 'a valid Date from 1970-01-01 to 9999-12-31T23:59:59.999Z';
    case 'json':
      return (
        'a plain object that JSON can hold unchanged (no Date, undefined, NaN, NUL character or ' +
        'inherited key such as toString)'
      );
    case 'id':
    case 'key':
      return UUID;
    case 'hostKey':
      return hostKeyRule(spec.family).expected;
  }
}

/** SQL of a column's CHECK; undefined if the type alone says which values it takes. */
export function checkOf(spec: ColumnSpec): string | undefined {
  const { column } = spec;
  switch (spec.kind) {
    case 'varchar': {
      const length = `length(${column}) BETWEEN 1 AND ${spec.length}`;
      return spec.format?.lowerCase ? `${column} = lower(${column}) AND ${length}` : length;
    }
    case 'alphanumeric':
      return (
        `ltrim(${column}, '${ALPHABETS.alphanumeric.characters}') = '' AND ` +
        `length(${column}) BETWEEN ${spec.minLength} AND ${spec.length}`
      );
    case 'hex':
    case 'currency': {
      // `char(n)` pads with spaces on Postgres and not on SQLite. An exact length, of an alphabet
      // without a space, makes both refuse the same values.
      const { characters } = ALPHABETS[spec.kind];
      return `length(${column}) = ${spec.length} AND ltrim(${column}, '${characters}') = ''`;
    }
    case 'oneOf':
      return isOneOf(column, spec.values);
    case 'money':
    case 'wholeNumber':
      return `${column} BETWEEN ${spec.min} AND ${spec.max}`;
    case 'json':
      return `jsonb_typeof(${column}) = 'object'`;
    case 'instant':
      // The years that all engines and ISO 8601 write with four digits; Postgres has infinity as well.
      return `${column} BETWEEN '${MIN_MOMENT}' AND '${MAX_MOMENT}'`;
    case 'id':
    case 'text':
    case 'flag':
    case 'key':
    case 'hostKey':
      return undefined;
  }
}

/** Whether a value may be missing before an insert: it is generated, has a default, or may be null. */
export function mayBeMissing(spec: ColumnSpec): boolean {
  return spec.nullable || spec.default !== undefined || spec.generated !== undefined;
}

/** The value that a missing one becomes before an insert; undefined if there is none. */
export function missingValue(spec: ColumnSpec): unknown {
  const { default: value, nullable } = spec;
  // No two rows may share an object.
  if (typeof value === 'object') return JSON.parse(JSON.stringify(value)) as unknown;
  return value ?? (nullable ? null : undefined);
}

/** The value that a query would give, made of what a driver returned for an INSERT. */
export function readInserted(spec: ColumnSpec, value: unknown): unknown {
  return spec.kind === 'money' && typeof value === 'string' ? Number(value) : value;
}
