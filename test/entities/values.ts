import { runInNewContext } from 'node:vm';
import fc from 'fast-check';

/** What a property may be given: right in itself, or near the edge of it. */
export interface Values {
  /** Values that the property's own rule lets through. */
  readonly right: fc.Arbitrary<unknown>;
  /** Values beside the edges of the rule, most of them on the wrong side. */
  readonly odd: fc.Arbitrary<unknown>;
}

const one = fc.constantFrom;

/** Of every type there is, but never a text that could pass for somebody's key. */
export const WILD: fc.Arbitrary<unknown> = fc
  .anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  })
  .filter((value) => typeof value !== 'string' || value === '');

/** Texts that lengths are miscounted for, or that an engine can't hold. */
const ODD_CHARACTERS = ['\0', 'a\0b', '\uD800', 'a\uDC00', '\uDE00\uD83D', '\0'.repeat(3)];

/** Any Unicode text, NUL and lone surrogates left out. */
const ANY_TEXT = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 30 })
  .map((text) => text.replaceAll('\0', '\uFEFF'));

export function varchar(max: number): Values {
  return {
    right: fc.oneof(
      one('x', ' ', 'é', '\uFEFF', '\uFFFF', `'"\\`, 'x'.repeat(max), '😀'.repeat(max)),
      ANY_TEXT.map((text) => Array.from(text).slice(0, max).join('')),
    ),
    odd: fc.oneof(
      one(''),
      one('x'.repeat(max + 1), '😀'.repeat(max + 1), `${'x'.repeat(max)} `, 'x'.repeat(9_999)),
      one(...ODD_CHARACTERS, '\0'.padEnd(max, 'x'), 5, true, ['x'], new Date(0)),
    ),
  };
}

/** A varchar with a format of its own, which only the validator asks for. */
export function formatted(max: number, right: readonly string[], wrong: readonly string[]): Values {
  const { odd } = varchar(max);
  return { right: one(...right), odd: fc.oneof(odd, one(...wrong)) };
}

export const text: Values = {
  right: fc.oneof(one('', ' ', 'x'.repeat(20_000), '😀'), ANY_TEXT),
  odd: one(...ODD_CHARACTERS, 5, false, {}, new Date(0)),
};

/** `length` characters of an alphabet, or as few as `min`. */
export function characters(
  length: number,
  alphabet: string,
  strangers: string,
  min = length,
): Values {
  const of = (unit: string, size: number) =>
    fc.string({ unit: one(...Array.from(unit)), minLength: size, maxLength: size });
  return {
    right: fc.integer({ min, max: length }).chain((size) => of(alphabet, size)),
    odd: fc.oneof(
      one('', ' '.repeat(length), ...ODD_CHARACTERS, Number('1'.repeat(Math.min(length, 9)))),
      fc.oneof(of(alphabet, min - 1), of(alphabet, length + 1), of(strangers, length)),
      of(alphabet, length - 1).map((almost) => `${almost} `),
      of(alphabet, length).map((exact) => `${exact} `),
    ),
  };
}

export function word(words: readonly string[]): Values {
  return {
    right: one(...words),
    odd: one(
      ...['', 'nonsense', 'x'.repeat(33), 0, true],
      ...words.flatMap((each) => [`${each} `, `${each}\0`, each.toUpperCase(), [each]]),
    ),
  };
}

export function currency(active: readonly string[]): Values {
  const wrong = ['', '   ', 'US', 'usd', 'USDX', 'USD ', 'ÄÖÜ', 'U1D', 'XXX', 'XAU', 'ZZZ', 'ABC'];
  return { right: one(...active), odd: one(...wrong, '\0\0\0', 'US\0', '😀SD', 840, ['USD']) };
}

/** Whole numbers in a range that is no wider than a safe integer. */
export function whole(min: number, max: number): Values {
  return {
    right: fc.oneof(
      one(min, max, min <= 0 ? -0 : min),
      fc.maxSafeInteger().map((number) => {
        const size = max - min + 1;
        return Number.isSafeInteger(size) ? min + (Math.abs(number) % size) : Math.abs(number);
      }),
    ),
    odd: fc.oneof(
      one(min - 1),
      one(max + 1),
      one<unknown>(
        ...[-(2 ** 31) - 1, 2 ** 31, 2 ** 53, -(2 ** 53), 1e300, min + 0.5, 5e-324],
        ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
        ...[String(min), '', 'x', ' 5', BigInt(min), true, {}, [min], new Date(0)],
      ),
    ),
  };
}

export const flag: Values = {
  right: fc.boolean(),
  odd: one<unknown>(0, 1, 2, -1, '', 'true', 't', '1', Number.NaN, 0n, {}, []),
};

const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A few that meet each other often, and some from anywhere. */
export const instant: Values = {
  right: fc.oneof(
    one(0, 1, 1_772_323_200_000, 1_772_323_200_001, LAST_INSTANT - 1, LAST_INSTANT).map(
      (milliseconds) => new Date(milliseconds),
    ),
    fc.date({ min: new Date(0), max: new Date(LAST_INSTANT), noInvalidDate: true }),
    // As a host's own code may get it, from another realm.
    one(runInNewContext('new Date(1772323200000)') as unknown),
  ),
  odd: one<unknown>(
    ...[-1, LAST_INSTANT + 1, -8.64e15, 8.64e15, Number.NaN, Date.UTC(-1, 0)].map(
      (milliseconds) => new Date(milliseconds),
    ),
    ...['2026-03-01T00:00:00.000Z', '', 'now', 'infinity', 0, 1_772_323_200_000, {}, true],
  ),
};

const deep = (levels: number): object => {
  let value: object = {};
  for (let level = 1; level < levels; level += 1) value = level % 2 ? { a: value } : { a: [value] };
  return value;
};

class Stranger {
  constructor(readonly a = 1) {}
}

export const json: Values = {
  right: fc.oneof(
    one<unknown>({}, { '': '' }, { a: [] }, { toJSON: 1 }, { a: [null, { b: 1e308 }] }, deep(60)),
    one<unknown>(
      { 1: 2 ** 53, 0: 5e-324 },
      { 'a"b': "'" },
      { 'é😀': '\uFFFF' },
      { constructor_: 0 },
    ),
    fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })),
  ),
  odd: fc.oneof(
    one<unknown>([], [{}], '{}', 'x', 1, true, new Date(0), new Map(), new Stranger(), deep(120)),
    one<unknown>({ a: undefined }, { a: Number.NaN }, { a: -0 }, { a: 1n }, { a: new Date(0) }),
    one<unknown>({ '\0': 1 }, { a: '\0' }, { a: '\uD800' }, { '\uDC00': 1 }, { a: () => 1 }),
    one<unknown>({ toString: 1 }, JSON.parse('{"__proto__": 1}'), { a: Symbol('a') }),
    // A list with a hole and a name makes up for the one with the other.
    one<unknown>({ a: Object.assign(Array<unknown>(1), { x: 1 }) }, { [Symbol('a')]: 1 }),
    one<unknown>({ toJSON: () => ({}) }, { a: new Stranger() }, { a: { b: Object(1) as unknown } }),
  ),
};

/** A row's own key: any uuid. */
export const key: Values = {
  right: fc.uuid(),
  odd: fc.oneof(
    fc.uuid().map((id) => id.toUpperCase()),
    fc.uuid().map((id) => id.replaceAll('-', '')),
    fc.uuid().map((id) => `{${id}}`),
    fc.uuid().map((id) => `${id}\n`),
    one<unknown>('', 'x', 1, {}, true),
  ),
};

/** The key of a row that is there; no other key in its right form, which only the database knows. */
export function reference(...ids: [string, ...string[]]): Values {
  const [id] = ids;
  return {
    right: one(...ids),
    odd: one<unknown>('', `${id}\0`, 1, true, {}, [id], new Date(0), Number.NaN, 0n),
  };
}

/** {@link reference} to a row with a uuid, in which case other texts have no right form either. */
export function uuidReference(...ids: [string, ...string[]]): Values {
  const [id] = ids;
  const wrong = [id.replaceAll('-', ''), `{${id}}`, `${id}\n`, ` ${id}`, id.slice(1), 'x'];
  // The upper case of digits alone would be the same.
  const upper = /[a-f]/.test(id) ? [id.toUpperCase()] : [];
  const { right, odd } = reference(...ids);
  return { right, odd: fc.oneof(odd, one(...wrong, ...upper)) };
}
