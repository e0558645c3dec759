import { BillingError } from '../../errors';

/** https://developers.cloudflare.com/d1/platform/limits/ */
export const MAX_PARAMETERS = 100;
export const MAX_STATEMENT_BYTES = 100_000;
export const MAX_VALUE_BYTES = 2_000_000;

export const SPLIT = 'split it into smaller ones';

/** SQLite's message for each limit, the limit on D1, and the remedy. */
const LIMITS: readonly (readonly [text: RegExp, limit: string, remedy: string])[] = [
  [/too many SQL variables|variable number must/, `${MAX_PARAMETERS} bound parameters`, SPLIT],
  [/statement too long/, `${MAX_STATEMENT_BYTES} bytes of SQL`, SPLIT],
  [/string or blob too big/, `${MAX_VALUE_BYTES} bytes a value and a row`, 'keep less in one row'],
  [
    /too many columns in result set/,
    '100 columns in a result',
    "select fewer, or give a find with many relations `relationLoadStrategy: 'query'`",
  ],
  [/too many columns/, '100 columns a table', 'make two tables of it'],
  [/too many terms in compound SELECT/, '5 SELECTs in a UNION, INTERSECT or EXCEPT', SPLIT],
  [
    /LIKE or GLOB pattern too complex/,
    '50 bytes in a LIKE or GLOB pattern',
    'look for a shorter one, or by instr()',
  ],
  [
    /Expression tree is too large/,
    'a depth of 100 in an expression, as of conditions that are joined by OR',
    'look for a list of values by IN, split it into smaller ones, or save() and remove() with { chunk: 50 }',
  ],
  [/too many arguments on function/, '32 arguments a function', SPLIT],
  [/tables in a join/, '64 tables in a join', SPLIT],
  [/too many levels of trigger/, 'a depth of 10 in triggers', 'let them set off fewer others'],
];

/** Turns D1's error for an exceeded limit into one that names the limit. */
export function namingLimit(error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  const found = LIMITS.find(([text]) => text.test(message));
  if (found === undefined) return error;
  const [, limit, remedy] = found;
  return BillingError.limitExceeded(`A statement exceeds a limit of D1, ${limit}`, remedy, error);
}
