import { isNoneOf, isOneOf, snakeCase, type RowRule } from './registry';

/**
 * Rules over several columns of one row. Each is stated once, for the CHECK and the validator. The
 * CHECK's name is derived from the properties: `trial` of `trialStart` and `trialEnd`.
 */

/** Two columns that are both set, or both null. */
export function bothOrNeither<const First extends string, const Second extends string>(
  first: First,
  second: Second,
  { name = `${snakeCase(first)}_${snakeCase(second)}` }: { readonly name?: string } = {},
): RowRule<First | Second> {
  return {
    name,
    property: second,
    properties: [first, second],
    sql: (a, b) => `(${a} IS NULL) = (${b} IS NULL)`,
    holds: (a, b) => (a === null) === (b === null),
    expected: `both ${first} and ${second}, or neither`,
  };
}

/**
 * A period, `<name>Start` to `<name>End`: both ends or neither, and the end after the start. One that
 * may be `empty` may end when it starts.
 */
export function period<const Name extends string>(
  name: Name,
  { empty = false }: { readonly empty?: boolean } = {},
): RowRule<`${Name}Start` | `${Name}End`> {
  const start = `${name}Start` as const;
  const end = `${name}End` as const;
  const after = empty ? '>=' : '>';
  return {
    name: snakeCase(name),
    property: end,
    properties: [start, end],
    sql: (a, b) => `(${a} IS NULL) = (${b} IS NULL) AND (${b} IS NULL OR ${b} ${after} ${a})`,
    holds: (a, b) => {
      if (a === null || b === null) return a === b;
      return empty ? (b as Date) >= (a as Date) : (b as Date) > (a as Date);
    },
    expected: `both ${start} and ${end}, the end ${empty ? 'not before' : 'after'} the start, or neither`,
  };
}

/** A column that must not hold the same value as another. */
export function different<const Property extends string, const Other extends string>(
  property: Property,
  other: Other,
): RowRule<Property | Other> {
  return {
    name: snakeCase(property),
    property,
    properties: [other, property],
    sql: (a, b) => `${a} <> ${b}`,
    holds: (a, b) => a === null || b === null || a !== b,
    expected: `a value other than that of ${other}`,
  };
}

/** A number that another one bounds. */
export function notAbove<const Property extends string, const Bound extends string>(
  property: Property,
  bound: Bound,
): RowRule<Property | Bound> {
  return {
    name: snakeCase(property),
    property,
    properties: [property, bound],
    sql: (a, b) => `${a} <= ${b}`,
    holds: (a, b) => a === null || b === null || (a as number) <= (b as number),
    expected: `no more than ${bound}`,
  };
}

/** A number whose largest value depends on the word in another column. */
export function atMostBy<const Property extends string, const Other extends string>(
  property: Property,
  other: Other,
  limits: Readonly<Record<string, number>>,
): RowRule<Property | Other> {
  const cases = Object.entries(limits);
  return {
    name: snakeCase(property),
    property,
    properties: [other, property],
    sql: (a, b) =>
      `${b} <= CASE ${a} ${cases.map(([word, max]) => `WHEN '${word}' THEN ${max}`).join(' ')} END`,
    holds: (a, b) => (b as number) <= (limits[a as string] ?? Number.POSITIVE_INFINITY),
    expected: `at most ${cases.map(([word, max]) => `${max} if ${other} is ${word}`).join(', ')}`,
  };
}

/** An amount that may be 0 in these statuses only. */
export function zeroOnlyWhen<const Property extends string>(
  property: Property,
  statuses: readonly string[],
): RowRule<Property | 'status'> {
  return {
    name: snakeCase(property),
    property,
    properties: ['status', property],
    statuses,
    sql: (a, b) => `${b} > 0 OR ${isOneOf(a, statuses)}`,
    holds: (a, b) => (b as number) > 0 || statuses.includes(a as string),
    expected: `a value of at least 1, or 0 when status is ${statuses.join(' or ')} (nothing was to be taken)`,
  };
}

/**
 * What was given back of an amount: a part of it exactly when the status is `partially`, and all of
 * it when the status is `wholly`. The CHECK is `ck_<table>_refund`.
 */
export function refund<const Property extends string, const Amount extends string>(
  property: Property,
  amount: Amount,
  { partially, wholly }: { readonly partially: string; readonly wholly: string },
): RowRule<Property | Amount | 'status'> {
  return {
    name: 'refund',
    property,
    properties: ['status', amount, property],
    statuses: [partially, wholly],
    sql: (a, b, c) =>
      `(${a} = '${partially}') = (${c} > 0 AND ${c} < ${b}) AND (${a} <> '${wholly}' OR ${c} = ${b})`,
    holds: (a, b, c) => {
      const [whole, part] = [b as number, c as number];
      return (a === partially) === (part > 0 && part < whole) && (a !== wholly || part === whole);
    },
    expected:
      `a part of ${amount} exactly when status is ${partially}, and all of it when status is ` +
      wholly,
  };
}

/** A column that may be set only if another one is. */
export function onlyWith<const Property extends string, const Other extends string>(
  property: Property,
  other: Other,
): RowRule<Property | Other> {
  return {
    name: snakeCase(property),
    property,
    properties: [other, property],
    sql: (a, b) => `${b} IS NULL OR ${a} IS NOT NULL`,
    holds: (a, b) => b === null || a !== null,
    expected: `no value unless ${other} has one`,
  };
}

/** A column that may be set only if another one is, or in these statuses. */
export function onlyWithOrWhen<const Property extends string, const Other extends string>(
  property: Property,
  other: Other,
  statuses: readonly string[],
): RowRule<Property | Other | 'status'> {
  return {
    name: snakeCase(property),
    property,
    properties: ['status', other, property],
    statuses,
    sql: (a, b, c) => `${c} IS NULL OR ${b} IS NOT NULL OR ${isOneOf(a, statuses)}`,
    holds: (a, b, c) => c === null || b !== null || statuses.includes(a as string),
    expected: `no value unless ${other} has one or status is ${statuses.join(' or ')}`,
  };
}

/** A column that must be set whenever another one is. */
export function setWith<const Property extends string, const Other extends string>(
  property: Property,
  other: Other,
): RowRule<Property | Other> {
  return {
    name: snakeCase(property),
    property,
    properties: [other, property],
    sql: (a, b) => `${a} IS NULL OR ${b} IS NOT NULL`,
    holds: (a, b) => a === null || b !== null,
    expected: `a value whenever ${other} has one`,
  };
}

/** A column that must be set in these statuses. */
export function setWhen<const Property extends string>(
  property: Property,
  statuses: readonly string[],
): RowRule<Property | 'status'> {
  return {
    name: snakeCase(property),
    property,
    properties: ['status', property],
    statuses,
    sql: (a, b) => `${isNoneOf(a, statuses)} OR ${b} IS NOT NULL`,
    holds: (a, b) => b !== null || !statuses.includes(a as string),
    expected: `a value when status is ${statuses.join(' or ')}`,
  };
}

/** A column that is set in these statuses and NULL in all others. */
export function setExactlyWhen<const Property extends string>(
  property: Property,
  statuses: readonly string[],
): RowRule<Property | 'status'> {
  return {
    name: snakeCase(property),
    property,
    properties: ['status', property],
    statuses,
    sql: (a, b) => `(${b} IS NOT NULL) = (${isOneOf(a, statuses)})`,
    holds: (a, b) => (b !== null) === statuses.includes(a as string),
    expected: `a value when status is ${statuses.join(' or ')}, and null otherwise`,
  };
}
