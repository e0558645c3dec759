import { BillingError } from '../../errors';
import type { WhereClauseCondition } from '../typeorm';

/**
 * The replacements, in this order, that turn a pattern of LIKE into one of GLOB: first the
 * characters that a backslash escapes, then those that are special in GLOB only.
 */
const GLOB: readonly (readonly [from: string, to: string])[] = [
  [String.raw`'\\'`, 'char(1)'],
  [String.raw`'\%'`, 'char(2)'],
  [String.raw`'\_'`, 'char(3)'],
  ["'['", "'[[]'"],
  ["'*'", "'[*]'"],
  ["'?'", "'[?]'"],
  ["'%'", "'*'"],
  ["'_'", "'?'"],
  ['char(1)', String.raw`'\'`],
  ['char(2)', "'%'"],
  ['char(3)', "'_'"],
];

const LIST = 'keep the list as JSON, and ask json_each() for its values by Raw()';

/** By TypeORM's name, the operators that only Postgres has, and what does the same here. */
const ONLY_POSTGRES: Readonly<Record<string, readonly [operator: string, remedy: string]>> = {
  jsonContains: [
    'JsonContains()',
    "compare a value in the JSON by Raw((column) => `json_extract(${column}, '$.name') = 'x'`)",
  ],
  any: ['Any()', 'use In() with the same values'],
  arrayContains: ['ArrayContains()', LIST],
  arrayContainedBy: ['ArrayContainedBy()', LIST],
  arrayOverlap: ['ArrayOverlap()', LIST],
};

/**
 * The conditions that are other SQL than TypeORM's here; undefined for the rest.
 *
 * @throws BillingError `NOT_SUPPORTED` for an operator that only Postgres has
 */
export function forSqlite(condition: WhereClauseCondition): string | undefined {
  if (typeof condition === 'string' || Array.isArray(condition)) return undefined;
  if (!('parameters' in condition)) return undefined;
  const { operator, parameters } = condition;
  const only = ONLY_POSTGRES[operator];
  if (!only) return operator === 'like' ? asGlob(parameters) : undefined;
  throw BillingError.notSupported(
    `${only[0]} on ${parameters[0]?.replaceAll('"', '') ?? ''} is for Postgres, and SQLite and D1 have no such operator`,
    only[1],
  );
}

/** `Like()` as GLOB: SQLite's LIKE ignores case and has no backslash escapes. */
function asGlob([text = '', pattern = '']: readonly string[]): string {
  const glob = GLOB.reduce((sql, [from, to]) => `replace(${sql}, ${from}, ${to})`, pattern);
  return `${text} GLOB ${glob}`;
}
