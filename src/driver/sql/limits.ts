import { BillingError } from '../../errors';

/** What one statement may have on a database of the SQLite family. */
export interface Limits {
  readonly engine: 'SQLite' | 'D1';
  /** Bound values. */
  readonly parameters: number;
  readonly statementBytes: number;
  /** Of a value, and of a row. */
  readonly valueBytes: number;
  readonly resultColumns: number;
  readonly tableColumns: number;
  readonly compoundTerms: number;
  readonly patternBytes: number;
  readonly expressionDepth: number;
  readonly functionArguments: number;
  readonly triggerDepth: number;
  /** Whether it binds every number as REAL. */
  readonly bindsReals: boolean;
}

/** The defaults of https://sqlite.org/limits.html, which the package `sqlite3` leaves as they are. */
export const SQLITE_LIMITS: Limits = {
  engine: 'SQLite',
  parameters: 32_766,
  statementBytes: 1_000_000_000,
  valueBytes: 1_000_000_000,
  resultColumns: 2000,
  tableColumns: 2000,
  compoundTerms: 500,
  patternBytes: 50_000,
  expressionDepth: 1000,
  functionArguments: 1000,
  triggerDepth: 1000,
  bindsReals: false,
};

/** https://developers.cloudflare.com/d1/platform/limits/ */
export const D1_LIMITS: Limits = {
  engine: 'D1',
  parameters: 100,
  statementBytes: 100_000,
  valueBytes: 2_000_000,
  resultColumns: 100,
  tableColumns: 100,
  compoundTerms: 5,
  patternBytes: 50,
  expressionDepth: 100,
  functionArguments: 32,
  triggerDepth: 10,
  bindsReals: true,
};

export const SPLIT = 'split it into smaller ones';

/** SQLite's message for each limit, the limit, and the remedy. */
const MESSAGES: readonly (readonly [
  text: RegExp,
  limit: (limits: Limits) => string,
  remedy: string,
])[] = [
  [
    /too many SQL variables|variable number must/,
    ({ parameters }) => `${parameters} bound parameters`,
    SPLIT,
  ],
  [/statement too long/, ({ statementBytes }) => `${statementBytes} bytes of SQL`, SPLIT],
  [
    /string or blob too big/,
    ({ valueBytes }) => `${valueBytes} bytes a value and a row`,
    'keep less in one row',
  ],
  [
    /too many columns in result set/,
    ({ resultColumns }) => `${resultColumns} columns in a result`,
    "select fewer, or give a find with many relations `relationLoadStrategy: 'query'`",
  ],
  [
    /too many columns/,
    ({ tableColumns }) => `${tableColumns} columns a table`,
    'make two tables of it',
  ],
  [
    /too many terms in compound SELECT/,
    ({ compoundTerms }) => `${compoundTerms} SELECTs in a UNION, INTERSECT or EXCEPT`,
    SPLIT,
  ],
  [
    /LIKE or GLOB pattern too complex/,
    ({ patternBytes }) => `${patternBytes} bytes in a LIKE or GLOB pattern`,
    'look for a shorter one, or by instr()',
  ],
  [
    /Expression tree is too large|parser stack overflow/,
    ({ expressionDepth }) =>
      `a depth of ${expressionDepth} in an expression, as of conditions that are joined by OR`,
    'look for a list of values by IN, split it into smaller ones, or save() and remove() with { chunk: 50 }',
  ],
  [
    /too many arguments on function/,
    ({ functionArguments }) => `${functionArguments} arguments a function`,
    SPLIT,
  ],
  [/tables in a join/, () => '64 tables in a join', SPLIT],
  [
    /too many levels of trigger/,
    ({ triggerDepth }) => `a depth of ${triggerDepth} in triggers`,
    'let them set off fewer others',
  ],
];

/** Turns the database's error for an exceeded limit into one that names the limit. */
export function namingLimit(error: unknown, limits: Limits): unknown {
  const message = error instanceof Error ? error.message : '';
  const found = MESSAGES.find(([text]) => text.test(message));
  if (found === undefined) return error;
  const [, limit, remedy] = found;
  return BillingError.limitExceeded(
    `A statement exceeds a limit of ${limits.engine}, ${limit(limits)}`,
    remedy,
    error,
  );
}
