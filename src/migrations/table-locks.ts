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
  // SHOW and SET take no snapshot, which whoever counts rows under a lock must not have before it.
  const [row] = (await queryRunner.query('SHOW lock_timeout')) as { lock_timeout: string }[];
  const before = row?.lock_timeout ?? '0';
  // A shorter one of the user's or the database's own stays.
  if (before !== '0' && millisecondsOf(before) <= limit) return run();
  await queryRunner.query(`SET LOCAL lock_timeout = ${Math.ceil(limit)}`);
  await run();
  // After an error the transaction is rolled back, and the setting with it.
  await queryRunner.query(`SET LOCAL lock_timeout = '${before}'`);
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Of a setting as SHOW writes it: `500ms`, `3s`, `1min`. */
function millisecondsOf(setting: string): number {
  const [, count, unit = 'ms'] = /^(\d+)(\w+)?$/.exec(setting) ?? [];
  return Number(count) * (UNITS[unit] ?? 1);
}
