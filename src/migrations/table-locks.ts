import type { QueryRunner } from 'typeorm';
import { DIALECTS, type MigrationDialect } from './billing-tables';

/** How long a statement of billing's migrations waits for a table's lock on Postgres, in milliseconds. */
export const TABLE_LOCK_TIMEOUT = 3000;

const limits = new WeakMap<QueryRunner, number>();

/** Has migrations on this query runner wait for a table's lock for so many milliseconds; 0: without end. */
export function limitTableLocks(queryRunner: QueryRunner, milliseconds: number): void {
  limits.set(queryRunner, milliseconds);
}

/**
 * Runs one of billing's migrations with `lock_timeout` set, and puts the setting back. While a statement
 * waits for a table that a long transaction holds, all other statements on that table wait behind it.
 *
 * Outside a transaction nothing is set: what needs to be run there, such as CREATE INDEX CONCURRENTLY,
 * waits for others by its nature, and leaves something behind if it is cut off.
 */
export async function withTableLockTimeout(
  queryRunner: QueryRunner,
  dialect: MigrationDialect | undefined,
  run: () => Promise<void>,
): Promise<void> {
  const limit = limits.get(queryRunner) ?? TABLE_LOCK_TIMEOUT;
  const isBound = dialect !== undefined && DIALECTS[dialect].hasTableLocks;
  if (!isBound || limit === 0 || !queryRunner.isTransactionActive) return run();
  // A shorter one of the user's or the database's own stays.
  const rows = (await queryRunner.query(
    `SELECT setting AS "before", set_config('lock_timeout', CASE WHEN setting::int BETWEEN 1 AND ${limit} THEN setting ELSE '${limit}' END, true)
     FROM pg_settings WHERE name = 'lock_timeout'`,
  )) as { before: string }[];
  await run();
  // After an error the transaction is rolled back, and the setting with it.
  await queryRunner.query(`SELECT set_config('lock_timeout', '${rows[0]?.before ?? '0'}', true)`);
}
