import { isOneOf, snakeCase, type RowRule } from './registry';

/** Rules over several columns of one row. Each is said once, for the CHECK and the validator. */

/** Two columns that only have a meaning together. */
export function bothOrNeither(name: string, first: string, second: string): RowRule {
  return {
    name,
    property: second,
    properties: [first, second],
    sql: (a, b) => `(${a} IS NULL) = (${b} IS NULL)`,
    holds: (a, b) => (a === null) === (b === null),
    expected: `both ${first} and ${second}, or neither`,
  };
}

/** A stretch of time: both ends or neither, and the end after the start. */
export function period(name: string, start: string, end: string): RowRule {
  return {
    name,
    property: end,
    properties: [start, end],
    sql: (a, b) => `(${a} IS NULL) = (${b} IS NULL) AND (${b} IS NULL OR ${b} > ${a})`,
    holds: (a, b) => (a === null ? b === null : b !== null && (b as Date) > (a as Date)),
    expected: `both ${start} and ${end}, the end after the start, or neither`,
  };
}

/** Two columns that must not hold the same value. */
export function different(name: string, first: string, second: string): RowRule {
  return {
    name,
    property: second,
    properties: [first, second],
    sql: (a, b) => `${a} <> ${b}`,
    holds: (a, b) => a === null || b === null || a !== b,
    expected: `another value than that of ${first}`,
  };
}

/** A number that another one bounds. */
export function notAbove(name: string, property: string, bound: string): RowRule {
  return {
    name,
    property,
    properties: [property, bound],
    sql: (a, b) => `${a} <= ${b}`,
    holds: (a, b) => a === null || b === null || (a as number) <= (b as number),
    expected: `no more than ${bound}`,
  };
}

/** A column that has no meaning without another. */
export function needs(name: string, property: string, other: string): RowRule {
  return {
    name,
    property: other,
    properties: [property, other],
    sql: (a, b) => `${a} IS NULL OR ${b} IS NOT NULL`,
    holds: (a, b) => a === null || b !== null,
    expected: `a value whenever ${property} has one`,
  };
}

/** A column that must be set in one status. */
export function setWhen(property: string, status: string): RowRule {
  return {
    name: snakeCase(property),
    property,
    properties: ['status', property],
    sql: (a, b) => `${a} <> '${status}' OR ${b} IS NOT NULL`,
    holds: (a, b) => a !== status || b !== null,
    expected: `a value when status is ${status}`,
  };
}

/** A column that is set in these statuses and NULL in all others. */
export function setExactlyWhen(property: string, statuses: readonly string[]): RowRule {
  return {
    name: snakeCase(property),
    property,
    properties: ['status', property],
    sql: (a, b) => `(${b} IS NOT NULL) = (${isOneOf(a, statuses)})`,
    holds: (a, b) => (b !== null) === statuses.includes(a as string),
    expected: `a value when status is ${statuses.join(' or ')}, and null otherwise`,
  };
}
