import type { Refusal } from './refusal';
import { engines } from './registry';
import { BillingError, type RefusalDetails } from '../errors';

const MAKERS: Readonly<
  Record<Refusal['kind'], (details: RefusalDetails, cause: unknown) => BillingError<RefusalDetails>>
> = {
  UNIQUE: (...all) => BillingError.uniqueViolation(...all),
  FOREIGN_KEY: (...all) => BillingError.foreignKeyViolation(...all),
  CHECK: (...all) => BillingError.checkViolation(...all),
  NOT_NULL: (...all) => BillingError.notNullViolation(...all),
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
  return MAKERS[kind]({ table, columns, constraint }, withoutValues(error));
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
