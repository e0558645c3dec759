import type { ValueTransformer } from 'typeorm';
import { kind, type Kind, type KindOptions } from './columns/kind';
import { moneyTransformer } from './columns/money';
import { isOneOf, type EntityClass } from './columns/registry';
import {
  MAX_MONEY,
  isInstant,
  isJsonObject,
  isStorableText,
  isTextOfLength,
  isUuid,
  isWholeNumber,
  type JsonObject,
} from './columns/values';
import { hostKeyType, hostTarget, type HostRole } from './host';
import { CURRENCIES, type Currency } from './vocabulary';

/**
 * The column kinds. Each gives, in one place, the column (with Postgres' types, which the SQLite
 * driver translates), its named CHECK and its validator. `@BillingTable` puts them together.
 *
 * A CHECK must mean the same on Postgres and SQLite, and let NULL pass.
 */

const INT32 = 2 ** 31 - 1;
const INT16 = 2 ** 15 - 1;
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';

/** Text of 1 to `max` characters; a `format` is asked for by the validator only. */
export function Varchar(
  max: number,
  options: KindOptions<string> & {
    readonly format?: { readonly pattern: RegExp; readonly expected: string };
    /** Further SQL for the CHECK. */
    readonly check?: (column: string) => string;
  } = {},
): PropertyDecorator {
  const { format, check } = options;
  const length = (column: string) => `length(${column}) BETWEEN 1 AND ${max}`;
  return kind(options, {
    options: { type: 'varchar', length: max },
    check: (column) =>
      check === undefined ? length(column) : `${length(column)} AND ${check(column)}`,
    accepts: (value) =>
      isTextOfLength(value, 1, max) && (format === undefined || format.pattern.test(value)),
    expected:
      `text of 1 to ${max} characters` + (format === undefined ? '' : `: ${format.expected}`),
  });
}

/** Text of any length. */
export function Text(options: KindOptions<string> = {}): PropertyDecorator {
  return kind(options, {
    options: { type: 'text' },
    accepts: isStorableText,
    expected: 'text without NUL characters',
  });
}

/** Lower-case hexadecimal digits, exactly `length` of them. */
export function Hex(length: number, options: KindOptions<string> = {}): PropertyDecorator {
  return chars(length, `${DIGITS}abcdef`, 'lower-case hexadecimal digits', options);
}

/** Digits and upper-case letters, exactly `length` of them. */
export function Alphanumeric(length: number, options: KindOptions<string> = {}): PropertyDecorator {
  return chars(length, DIGITS + UPPER, 'digits or upper-case letters', options);
}

/** An ISO 4217 code. The CHECK asks for three upper-case letters, the validator for an active code. */
export function CurrencyCode(options: KindOptions<Currency> = {}): PropertyDecorator {
  const active: ReadonlySet<unknown> = new Set(CURRENCIES);
  return kind(options, {
    ...charColumn(3, UPPER),
    accepts: (value) => active.has(value),
    expected: 'an active ISO 4217 currency code in upper case',
  });
}

/** One of a closed list of words. */
export function OneOf<const Value extends string>(
  values: readonly Value[],
  options: KindOptions<Value> & { readonly length: 16 | 32 },
): PropertyDecorator {
  const allowed: ReadonlySet<unknown> = new Set(values);
  return kind(options, {
    options: { type: 'varchar', length: options.length },
    check: (column) => isOneOf(column, values),
    accepts: (value) => allowed.has(value),
    expected: `one of ${values.join(', ')}`,
  });
}

/** An amount in the currency's minor unit: a `bigint` column, a safe integer in JavaScript. */
export function Money(
  options: KindOptions<number> & { readonly min?: 0 | 1 } = {},
): PropertyDecorator {
  const min = options.min ?? 0;
  const expected = `a whole number of minor units from ${min} to ${MAX_MONEY}`;
  return kind(options, {
    options: (site) => ({ type: 'bigint', transformer: moneyTransformer(site, expected) }),
    check: (column) => `${column} BETWEEN ${min} AND ${MAX_MONEY}`,
    accepts: (value) => isWholeNumber(value, min, MAX_MONEY),
    read: (value) => (typeof value === 'string' ? Number(value) : value),
    expected,
  });
}

/**
 * A whole number; without `max`, up to what the type holds. The CHECK says so as well: SQLite's
 * integers are all of 64 bits.
 */
export function WholeNumber(
  options: KindOptions<number> & {
    readonly min?: number;
    readonly max?: number;
    readonly type?: 'integer' | 'smallint';
  } = {},
): PropertyDecorator {
  const { min, max, type = 'integer' } = options;
  const limit = type === 'integer' ? INT32 : INT16;
  const from = min ?? -limit - 1;
  const to = max ?? limit;
  return kind(options, {
    options: { type },
    check: (column) => `${column} BETWEEN ${from} AND ${to}`,
    accepts: (value) => isWholeNumber(value, from, to),
    expected: `a whole number from ${from} to ${to}`,
  });
}

/** True or false. */
export function Flag(options: KindOptions<boolean>): PropertyDecorator {
  return kind(options, {
    options: { type: 'boolean' },
    accepts: (value) => typeof value === 'boolean',
    expected: 'true or false',
  });
}

/** A moment, to the millisecond: a Date, which is read back equal on every engine. */
export function Instant(options: KindOptions<never> = {}): PropertyDecorator {
  return kind(options, {
    options: { type: 'timestamptz', precision: 3 },
    accepts: isInstant,
    expected: INSTANT,
  });
}

/** What {@link Instant} columns take, in words. */
export const INSTANT = 'a valid Date from 1970-01-01 to 9999-12-31T23:59:59.999Z';

/** A JSON object; `{}` if missing. */
export function Json(): PropertyDecorator {
  return kind(
    {},
    {
      // As SQL and not as an object, for which TypeORM's SQLite side would call jsonb().
      options: { type: 'jsonb', default: () => "'{}'" },
      check: (column) => `jsonb_typeof(${column}) = 'object'`,
      accepts: isJsonObject,
      expected:
        'a plain object that JSON can hold unchanged (no Date, undefined, NaN, NUL character or ' +
        'inherited key such as toString)',
      makeDefault: (): JsonObject => ({}),
    },
  );
}

/** The key of another billing row, and the row itself under the property `relation`. */
export function Reference(
  target: () => EntityClass,
  options: KindOptions<never> & {
    readonly relation: string;
    readonly onDelete: 'RESTRICT' | 'SET NULL' | 'CASCADE';
  },
): PropertyDecorator {
  return kind(options, {
    options: { type: 'uuid' },
    accepts: isUuid,
    expected: UUID,
    relation: { property: options.relation, target, onDelete: options.onDelete },
  });
}

/** What uuid columns take, in words. */
export const UUID = 'a uuid in its canonical, lower-case form';

/** The key of the host's row that a billing row belongs to, and goes with when it is deleted. */
export function HostKey(
  role: HostRole,
  options: Pick<KindOptions<never>, 'unique' | 'index'> = {},
): PropertyDecorator {
  return kind(options, {
    // A getter: the host's key type counts when a DataSource is built, not at import.
    options: () => ({
      get type() {
        return hostKeyType(role);
      },
    }),
    accepts: (value) =>
      hostKeyType(role) === 'uuid' ? isUuid(value) : isStorableText(value) && value !== '',
    expected: hostKeyType(role) === 'uuid' ? UUID : 'a non-empty text without NUL characters',
    relation: { property: role, target: () => hostTarget(role), onDelete: 'CASCADE' },
  });
}

function chars(
  length: number,
  alphabet: string,
  expected: string,
  options: KindOptions<string>,
): PropertyDecorator {
  return kind(options, {
    ...charColumn(length, alphabet),
    accepts: (value) =>
      typeof value === 'string' &&
      value.length === length &&
      Array.from(value).every((character) => alphabet.includes(character)),
    expected: `exactly ${length} ${expected}`,
  });
}

/**
 * `char(n)` pads with spaces on Postgres and does not on SQLite; asking for exactly n characters
 * of an alphabet without a space makes both refuse the same values.
 */
function charColumn(length: number, alphabet: string): Pick<Kind, 'options' | 'check'> {
  return {
    options: { type: 'char', length, transformer: WITHOUT_PADDING },
    check: (column) => `length(${column}) = ${length} AND ltrim(${column}, '${alphabet}') = ''`,
  };
}

/** In a search too: to Postgres `'USD '` is `'USD'`, as a `char(n)`. */
const WITHOUT_PADDING: ValueTransformer = {
  to: (value: unknown) => (typeof value === 'string' ? value.replace(/ +$/, '') : value),
  from: (value: unknown) => value,
};
