import { isOneOf, snakeCase, type RowRule } from './registry';

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

/** A period, `<name>Start` to `<name>End`: both ends or neither, and the end after the start. */
export function period<const Name extends string>(
  name: Name,
): RowRule<`${Name}Start` | `${Name}End`> {
  const start = `${name}Start` as const;
  const end = `${name}End` as const;
  return {
    name: snakeCase(name),
    property: end,
    properties: [start, end],
    sql: (a, b) => `(${a} IS NULL) = (${b} IS NULL) AND (${b} IS NULL OR ${b} > ${a})`,
    holds: (a, b) => (a === null ? b === null : b !== null && (b as Date) > (a as Date)),
    expected: `both ${start} and ${end}, the end after the start, or neither`,
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

/** A column that must be set in one status. */
export function setWhen<const Property extends string>(
  property: Property,
  status: string,
): RowRule<Property | 'status'> {
  return {
    name: snakeCase(property),
    property,
    properties: ['status', property],
    statuses: [status],
    sql: (a, b) => `${a} <> '${status}' OR ${b} IS NOT NULL`,
    holds: (a, b) => a !== status || b !== null,
    expected: `a value when status is ${status}`,
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
