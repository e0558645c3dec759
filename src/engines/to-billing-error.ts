import type { Refusal } from './refusal';
import { engines } from './registry';
import { BillingError, type BillingErrorCode } from '../errors';

/** `details` of the errors that {@link toBillingError} makes. */
export interface RefusalDetails {
  /**
   * The table written to; undefined where that can't be known, as of a foreign key in a transaction
   * on D1 that writes to several.
   */
  readonly table: string | undefined;
  /** Column names of a UNIQUE or NOT NULL violation, in the order of the key; else empty. */
  readonly columns: readonly string[];
  /** Where the database gives it: on Postgres mostly, on SQLite and D1 for CHECKs only. */
  readonly constraint: string | undefined;
}

const CODES: Readonly<Record<Refusal['kind'], BillingErrorCode>> = {
  UNIQUE: 'UNIQUE_VIOLATION',
  FOREIGN_KEY: 'FOREIGN_KEY_VIOLATION',
  CHECK: 'CHECK_VIOLATION',
  NOT_NULL: 'NOT_NULL_VIOLATION',
};

const SENTENCES: Readonly<Record<Refusal['kind'], readonly [problem: string, remedy: string]>> = {
  UNIQUE: ['has a row with the same value already', 'Update that row, or use another value'],
  FOREIGN_KEY: [
    'would be left with a reference to a row that is not there',
    'Save the row that is referred to first, or, if one was to be deleted, delete those that refer to it',
  ],
  CHECK: ['does not allow the value', 'Mend the value'],
  NOT_NULL: ['needs a value', 'Give one'],
};

/**
 * Turns what TypeORM or a database driver threw into the same BillingError on every engine:
 * `UNIQUE_VIOLATION`, `FOREIGN_KEY_VIOLATION`, `CHECK_VIOLATION` or `NOT_NULL_VIOLATION` with
 * {@link RefusalDetails}. Neither they nor the `cause`, which is a copy of the error without its
 * parameters and details, tell the values of the row: some are secret, and errors end in logs.
 *
 * @returns a BillingError as it is, and anything that is no refusal as it was thrown
 */
export function toBillingError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || error instanceof BillingError) return error;
  const query = 'query' in error && typeof error.query === 'string' ? error.query : undefined;
  const refusal = [error, ...causesOf(error)]
    .flatMap((one) => engines().map((engine) => engine.readRefusal(one, query)))
    .find((one) => one !== undefined);
  if (!refusal) return error;
  const { kind, table, columns, constraint } = refusal;
  const [problem, remedy] = SENTENCES[kind];
  const place = `${table ?? 'A table'}${columns.length > 0 ? ` (${columns.join(', ')})` : ''}`;
  const details: RefusalDetails = { table, columns, constraint };
  return new BillingError(
    CODES[kind],
    `${place} ${problem}${constraint === undefined ? '' : ` (${constraint})`}. ${remedy} and write again.`,
    { cause: withoutValues(error), details },
  );
}

/** TypeORM keeps the driver's error as `driverError`, D1 SQLite's as `cause`. */
function causesOf(error: object): object[] {
  const { driverError, cause } = error as { driverError?: unknown; cause?: unknown };
  return [driverError, cause].filter(
    (one): one is object => typeof one === 'object' && one !== null,
  );
}

/** What TypeORM and `pg` note beside the message, and what holds the row's values. */
const WITH_VALUES: ReadonlySet<string> = new Set(['parameters', 'detail', 'where']);

/** A copy of an error, and of those that caused it, that is of the same class. */
function withoutValues(error: object): object {
  const kept = Object.entries(Object.getOwnPropertyDescriptors(error)).filter(
    ([key]) => !WITH_VALUES.has(key),
  );
  const copy = Object.create(Object.getPrototypeOf(error) as object, {
    ...Object.fromEntries(kept),
    stack: { value: (error as Error).stack },
  }) as Partial<Record<string, unknown>>;
  for (const key of ['driverError', 'cause']) {
    const inner = copy[key];
    if (typeof inner === 'object' && inner !== null) {
      Object.defineProperty(copy, key, { value: withoutValues(inner), enumerable: false });
    }
  }
  return copy;
}
