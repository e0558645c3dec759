import fc, { type Arbitrary } from 'fast-check';
import { TENANT_IDS } from '../../support/engines';
import type { BillingTable, HostTable, Ref, Values } from './actions';

/** Values that databases are known to disagree on, among plain ones. */

const TEXTS = [
  'Team',
  'team',
  'TEAM ',
  ' team',
  'Größe',
  'Gro\u0308ße',
  'İstanbul',
  '日本 🚀',
  "it's",
  'say "so"',
  '100%',
  'a_b',
  'back\\slash',
  'two\nlines',
  'tab\t',
  '5',
  '5.0',
  '007',
  '1e3',
  'true',
  'null',
  '{}',
  '?',
  '$1',
  ':name',
  'x'.repeat(60),
] as const;

export const text: Arbitrary<string> = fc.constantFrom(...TEXTS);

/** A text that no other row has. */
export const fresh: Arbitrary<string> = fc
  .noBias(fc.maxSafeNat())
  .map((number) => `n${number.toString(36)}`);

/** One of a few, so that rows get into each other's way. */
export const shared: Arbitrary<string> = fc.constantFrom('Shared', 'shared', 'SHARED ', '5.0', '5');

export const code: Arbitrary<string> = fc.constantFrom('pro', 'pro-2', 'x_y', '5', '007');

export const money: Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, 1, 5, 1000, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1),
  fc.maxSafeNat(),
);

/** Amounts of which no sum is beyond what a number can hold exactly. */
export const smallMoney: Arbitrary<number> = fc.constantFrom(1, 5, 900, 1000, 2 ** 31, 2 ** 40 + 1);

export const integer: Arbitrary<number> = fc.constantFrom(
  0,
  1,
  -1,
  5,
  730,
  2 ** 31 - 1,
  -(2 ** 31),
);

export const natural: Arbitrary<number> = fc.constantFrom(0, 1, 5, 30, 2 ** 31 - 1);

export const currency: Arbitrary<string> = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD');

export const flag: Arbitrary<boolean> = fc.boolean();

const INSTANTS = [
  '1970-01-01T00:00:00.000Z',
  '2026-02-28T23:59:59.999Z',
  '2026-03-01T00:00:00.000Z',
  '2026-03-01T00:00:00.001Z',
  '2026-03-08T05:30:00.010Z',
  '2026-03-29T01:30:00.100Z',
  '2026-10-25T01:30:00.120Z',
  '9999-12-31T23:59:59.999Z',
] as const;

export const instant: Arbitrary<Date> = fc.constantFrom(...INSTANTS).map((at) => new Date(at));

export const json: Arbitrary<object> = fc.constantFrom<object[]>(
  {},
  { seats: 5 },
  { seats: 5.5, on: true, off: false, none: null },
  { b: [1, '1', [], {}, [[null]]], a: { 'ключ "ä"': 'значение\n' } },
  { tiny: 5e-324, huge: 1.7976931348623157e308, large: 1e21, fraction: 0.1, long: 2 ** 53 },
  { '': '', ' ': "'", 'a.b': '\\u0041', $1: '?' },
);

export const nullable = <T>(arbitrary: Arbitrary<T>): Arbitrary<T | null> =>
  fc.option(arbitrary, { freq: 3 });

/** Two properties that stand together: the first before the second, or both null. */
export function span(first: string, second: string): Arbitrary<Values> {
  const both = fc
    .tuple(instant, instant)
    .filter(([a, b]) => a.getTime() !== b.getTime())
    .map(([a, b]) => (a < b ? { [first]: a, [second]: b } : { [first]: b, [second]: a }));
  return fc.oneof(both, fc.constantFrom({}, { [first]: null, [second]: null }));
}

/** An amount and its currency, or neither. */
export const price = (amount: string): Arbitrary<Values> =>
  fc.oneof(
    fc.record({ [amount]: money, currency }),
    fc.constantFrom({}, { [amount]: null, currency: null }),
  );

export const ref = (table: BillingTable | HostTable): Arbitrary<Ref> =>
  fc
    .oneof({ weight: 12, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.constant(-1) })
    .map((index) => ({ ref: table, index }));

/** Ids given by the caller; they sort before those that the library makes, and after. */
export const givenId: Arbitrary<string> = fc.constantFrom(
  '00000000-0000-4000-8000-000000000001',
  '00000000-0000-4000-8000-000000000002',
  'ffffffff-ffff-4fff-bfff-ffffffffffff',
);

/** Of no row. */
export const NO_UUID = '00000000-0000-4000-8000-00000000dead';
export const NO_USER = 'nobody';

/** Whether the library made the id, which then is another on each engine. */
export const isMadeId = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value) &&
  !TENANT_IDS.some((id) => id === value);

/** Any of the keys, each or not. */
export const some = (record: Record<string, Arbitrary<unknown>>): Arbitrary<Values> =>
  fc.record(record, { requiredKeys: [] });

export const merge = (...parts: Arbitrary<Values>[]): Arbitrary<Values> =>
  fc.tuple(...parts).map((values) => Object.assign({}, ...values) as Values);
