import { hostTables } from '../host/bindings';
import { columnTypeOf } from '../host/key-types';
import type { Family } from '../host/families';
import { type FieldOf, kind, type KeyOf, type KindOptions, type ValueOf } from './columns/kind';
import { atMostBy } from './columns/row-rules';
import type { ColumnShape, TextFormat } from './columns/spec';
import { MAX_MONEY, type JsonObject } from './columns/values';
import { MAX_INTERVAL_COUNTS, type Currency } from './vocabulary';

/**
 * The column kinds. Each gives, in one place, the column (with Postgres' types, which the SQLite
 * driver translates), its named CHECK, its validator, the words of its errors and the TypeScript
 * type of its property. `@BillingTable` maps them.
 */

const INT32 = 2 ** 31 - 1;
const INT16 = 2 ** 15 - 1;

type Field<Value, Options> = FieldOf<ValueOf<Value, Options>>;

/** Text of 1 to `length` characters. Of a `format` the CHECK only asks for lower case. */
export function Varchar<
  const Options extends KindOptions<string> & { readonly format?: TextFormat },
>(length: number, options: Options = {} as Options): Field<string, Options> {
  const { format } = options;
  return kind(options, {
    ...{ kind: 'varchar', type: 'varchar', length },
    ...(format !== undefined && { format }),
  });
}

/** Text of any length. */
export function Text<const Options extends KindOptions<string>>(
  options: Options = {} as Options,
): Field<string, Options> {
  return kind(options, { kind: 'text', type: 'text' });
}

/** Lower-case hexadecimal digits, exactly `length` of them. */
export function Hex<const Options extends KindOptions<string>>(
  length: number,
  options: Options = {} as Options,
): Field<string, Options> {
  return kind(options, { kind: 'hex', type: 'char', length });
}

/** Digits and upper-case letters, `minLength` to `length` of them. */
export function Alphanumeric<const Options extends KindOptions<string>>(
  minLength: number,
  length: number,
  options: Options = {} as Options,
): Field<string, Options> {
  return kind(options, { kind: 'alphanumeric', type: 'varchar', minLength, length });
}

/** An ISO 4217 code. The CHECK asks for three upper-case letters, the validator for an active code. */
export function CurrencyCode<const Options extends KindOptions<Currency>>(
  options: Options = {} as Options,
): Field<Currency, Options> {
  return kind(options, { kind: 'currency', type: 'char', length: 3 });
}

/** One of a closed list of words. */
export function OneOf<
  const Value extends string,
  const Options extends KindOptions<Value> & { readonly length: 16 | 32 },
>(values: readonly Value[], options: Options): Field<Value, Options> {
  return kind(options, { kind: 'oneOf', type: 'varchar', length: options.length, values });
}

/** An amount in the currency's minor unit: a `bigint` column, a safe integer in JavaScript. */
export function Money<const Options extends KindOptions<number>>(
  options: Options = {} as Options,
): Field<number, Options> {
  return kind(options, { kind: 'money', type: 'bigint', min: 0, max: MAX_MONEY });
}

/**
 * A whole number; without `max`, up to what the type holds. The CHECK says so as well, since
 * SQLite's integers all have 64 bits.
 */
export function WholeNumber<
  const Options extends KindOptions<number> & {
    readonly min?: number;
    readonly max?: number;
    readonly type?: 'integer' | 'smallint';
  },
>(options: Options = {} as Options): Field<number, Options> {
  const { type = 'integer' } = options;
  const limit = type === 'integer' ? INT32 : INT16;
  const { min = -limit - 1, max = limit } = options;
  return kind(options, { kind: 'wholeNumber', type, min, max });
}

/** True or false. */
export function Flag(options: { readonly default: boolean }): FieldOf<boolean> {
  return kind(options, { kind: 'flag', type: 'boolean' });
}

/** A moment, to the millisecond: a Date, which is read back equal on every engine. */
export function Instant<const Options extends KindOptions<never>>(
  options: Options = {} as Options,
): Field<Date, Options> {
  return kind(options, { kind: 'instant', type: 'timestamptz', precision: 3 });
}

/** A JSON object; `{}` if missing. */
export function Json(): FieldOf<JsonObject> {
  return kind({}, { kind: 'json', type: 'jsonb', default: {} });
}

/** The key of another billing row. The row itself is the relation beside it, named without `Id`. */
export function Key<const Options extends KindOptions<never>>(
  options: Options = {} as Options,
): KeyOf<ValueOf<string, Options>> {
  return kind(options, { kind: 'key', type: 'uuid' });
}

/**
 * How many units one interval has: from 1 to three years, which is a number of its own for each unit.
 * The rule {@link intervalLength} belongs to it.
 */
export function IntervalCount(): FieldOf<number> {
  return WholeNumber({ min: 1, max: MAX_INTERVAL_COUNTS.day, default: 1, type: 'smallint' });
}

/** No interval is longer than three years. */
export const intervalLength = atMostBy('intervalCount', 'billingInterval', MAX_INTERVAL_COUNTS);

/**
 * The key of the host's row that a billing row belongs to. The row itself is the relation beside
 * it, named without `Id`.
 */
export function HostKey(
  family: Family,
  options: Pick<KindOptions<never>, 'unique' | 'index'> = {},
): KeyOf<string> {
  return kind(options, {
    kind: 'hostKey',
    family,
    get type(): ColumnShape['type'] {
      return columnTypeOf(hostTables[family].keyType).type;
    },
    get length() {
      return columnTypeOf(hostTables[family].keyType).length;
    },
  });
}
