import type { Refusal } from './refusal';
import { engines } from './registry';
import { BillingError, type BillingErrorCode } from '../errors';

/** `details` of the errors that {@link toBillingError} makes. */
export interface RefusalDetails {
  /**
   * The table written to. Undefined where the database does not say: for a foreign key in a D1
   * transaction that writes to several tables.
   */
  readonly table: string | undefined;
  /** Column names of a UNIQUE or NOT NULL violation, in the order of the key; else empty. */
  readonly columns: readonly string[];
  /** Undefined where the database does not say: SQLite and D1 name CHECKs only. */
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
 * {@link RefusalDetails}. Neither the details nor the `cause` contain values of the row, as some are
 * secret and errors end up in logs: the `cause` is a copy of the error without its parameters.
 *
 * @returns the new error; a BillingError, or an error that is not about a refused row, is returned
 *   unchanged
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

/** The properties in which TypeORM and `pg` keep the row's values. */
const WITH_VALUES: ReadonlySet<string> = new Set(['parameters', 'detail', 'where']);

/** A copy of an error and of its causes, each of the same class. */
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
