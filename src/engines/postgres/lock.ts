import type { DataSource, QueryRunner } from 'typeorm';
import { BillingError } from '../../errors';
import { dataSourceOf } from '../typeorm';

/** "billing" in ASCII: the first half of the advisory lock's key, to avoid other applications' keys. */
const LOCK_CLASS = 0x62696c6c;

/**
 * Without parameters: an open portal would keep a snapshot, for which CREATE INDEX CONCURRENTLY of a
 * migration outside a transaction would wait for ever.
 */
function keyOf(queryRunner: QueryRunner): string {
  const { migrationsTableName: table = 'migrations', schema } = dataSourceOf(queryRunner)
    .options as { migrationsTableName?: string; schema?: string };
  // Where TypeORM's table of applied migrations is: each schema has its own.
  const place = schema ? `'${text(schema)}'` : 'current_schema()';
  return `${LOCK_CLASS}, hashtext(${place} || '.${text(table)}')`;
}

const text = (name: string): string => name.replaceAll("'", "''");

/**
 * A transaction's lock, not a session's: it holds behind a pooler too, and ends with the process. Nobody
 * waits in a statement, which would keep a snapshot, for which CREATE INDEX CONCURRENTLY waits for ever,
 * and a pooler's connection, without which whoever holds the lock may not go on. Where the session has a
 * `lock_timeout`, it waits as long as that says.
 */
export const lockTransaction = (queryRunner: QueryRunner): Promise<boolean> =>
  tryLock(queryRunner, 'xact_lock');

/**
 * The same lock for a session. Behind a pooler each statement may go to another session, and the lock
 * would stay with one of them.
 */
export async function lockSession(
  queryRunner: QueryRunner,
): Promise<(() => Promise<void>) | undefined> {
  const client = (await queryRunner.connect()) as { readonly processID?: number };
  const rows = (await queryRunner.query('SELECT pg_backend_pid() AS "pid"')) as { pid: number }[];
  // Where `pg` is not the driver, the one connection is not behind a pooler.
  if (client.processID !== undefined && client.processID !== rows[0]?.pid) {
    throw BillingError.configurationInvalid(
      "Migrations without a transaction need a second connection for their lock behind a pooler, and the DataSource's pool has one",
      'set poolSize to 2 or more and let the pooler open as many, connect to the server itself, or leave the transaction',
    );
  }
  if (!(await tryLock(queryRunner, 'lock'))) return undefined;
  return async () => {
    await queryRunner.query(`SELECT pg_advisory_unlock(${keyOf(queryRunner)})`);
  };
}

async function tryLock(queryRunner: QueryRunner, kind: 'lock' | 'xact_lock'): Promise<boolean> {
  const key = keyOf(queryRunner);
  const [row] = (await queryRunner.query(
    `SELECT pg_try_advisory_${kind}(${key}) AS "isHeld", current_setting('lock_timeout') <> '0' AS "waits"`,
  )) as { readonly isHeld: boolean; readonly waits: boolean }[];
  if (row?.isHeld !== true && row?.waits === true) {
    await queryRunner.query(`SELECT pg_advisory_${kind}(${key})`);
    return true;
  }
  return row?.isHeld === true;
}

/**
 * Whether the pool holds one connection, so that a second one would be waited for for ever. A pool that
 * does not say how many it holds is not one of `pg`: that of PGlite gives the same session to all.
 */
export function hasOneConnection({ driver }: DataSource): boolean {
  const { master } = driver as {
    readonly master?: { readonly options?: { readonly max?: number } };
  };
  const max = master?.options?.max;
  return max === undefined || max === 1;
}
