import { setTimeout as wait } from 'node:timers/promises';
import { BillingError } from '../../errors';
import type { D1Binding, D1Statement } from '../../driver/d1/binding';

/** How long a statement is retried. */
const PATIENCE_MS = 20_000;
const LONGEST_PAUSE_MS = 500;

/**
 * What a local D1 answers while another process has it locked: SQLite's own message, or, if the lock
 * was met outside a statement, `internal error`, with the reason on workerd's stderr only. Nothing
 * was written then.
 */
const BUSY = /SQLITE_BUSY|database is locked|\binternal error\b/;

/**
 * A binding that retries while the database is locked. Only a local D1 can be locked: each process
 * that uses it runs its own workerd on the same file.
 */
export function patient(binding: D1Binding): D1Binding {
  const plain = new WeakMap<D1Statement, D1Statement>();
  const wrap = (statement: D1Statement): D1Statement => {
    const wrapped: D1Statement = {
      bind: (...values) => wrap(statement.bind(...values)),
      all: () => untilFree(() => statement.all()),
    };
    plain.set(wrapped, statement);
    return wrapped;
  };
  return {
    prepare: (sql) => wrap(binding.prepare(sql)),
    batch: (statements) =>
      untilFree(() => binding.batch(statements.map((one) => plain.get(one) ?? one))),
  };
}

/**
 * Retries `work` while it fails because of a lock.
 *
 * @throws BillingError `DATABASE_BUSY` after 20 s
 */
export async function untilFree<T>(work: () => Promise<T>, locked = BUSY): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let pause = 20; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (cause) {
      if (!locked.test(String(cause))) throw cause;
      if (Date.now() > deadline) {
        throw BillingError.databaseBusy(
          `Another process has locked the local D1 for ${PATIENCE_MS / 1000} s`,
          'wait until it has finished, or stop it, and retry',
          cause,
        );
      }
      // Random, so that processes do not retry at the same moment.
      await wait(pause * (0.5 + Math.random()));
    }
  }
}
