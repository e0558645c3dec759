import { type DataSource, QueryFailedError, type QueryRunner } from 'typeorm';
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
 * A transaction's lock, not a session's: it holds behind a pooler too, and ends with the process. It is
 * tried, not waited for: a statement that waits keeps a snapshot, for which CREATE INDEX CONCURRENTLY of
 * the process that has the lock would wait in turn.
 */
export async function tryLock(queryRunner: QueryRunner): Promise<boolean> {
  const sql = `SELECT pg_try_advisory_xact_lock(${keyOf(queryRunner)}) AS "taken"`;
  return isTaken(await queryRunner.query(sql));
}

/**
 * The same lock for a session. Behind a pooler each statement may go to another session, and the lock
 * would stay with one of them.
 */
export async function tryLockSession(
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
  const key = keyOf(queryRunner);
  const taken: unknown = await queryRunner.query(`SELECT pg_try_advisory_lock(${key}) AS "taken"`);
  if (!isTaken(taken)) return undefined;
  return async () => {
    await queryRunner.query(`SELECT pg_advisory_unlock(${key})`);
  };
}

const isTaken = (rows: unknown): boolean => (rows as { taken: boolean }[])[0]?.taken === true;

/** What a session says of itself. Another user's is seen by its number alone. */
const SESSION = `concat('process ', a.pid, CASE WHEN a.application_name <> '' THEN ' of ' || a.application_name END,
  CASE WHEN a.usename IS NOT NULL THEN ', user ' || a.usename END,
  CASE WHEN a.xact_start IS NOT NULL THEN ', in a transaction for ' || floor(extract(epoch FROM clock_timestamp() - a.xact_start)) || ' s' END)`;

/** The session that has the lock of the migrations. */
export const lockHolder = (queryRunner: QueryRunner): Promise<string | undefined> =>
  sessions(
    queryRunner,
    `SELECT ${SESSION} AS "session"
     FROM (SELECT ${keyOf(queryRunner)}) k (class, object)
     JOIN pg_locks l ON l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
       AND l.classid::bigint = k.class AND l.objid::bigint = k.object::bigint & 4294967295
     JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND a.pid <> pg_backend_pid()`,
  );

/** The sessions that have a lock on one of the tables, those of the oldest transactions first. */
export const tableHolders = (
  queryRunner: QueryRunner,
  tables: readonly string[],
): Promise<string | undefined> =>
  sessions(
    queryRunner,
    `SELECT ${SESSION} || ', ' || string_agg(DISTINCT l.relation::regclass::text, ', ') AS "session"
     FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.granted AND l.relation IN (SELECT to_regclass(name)::oid FROM unnest($1::text[]) name)
       AND a.pid <> pg_backend_pid()
     GROUP BY a.pid, a.application_name, a.usename, a.xact_start
     ORDER BY a.xact_start LIMIT 3`,
    [tables],
  );

async function sessions(
  queryRunner: QueryRunner,
  sql: string,
  parameters?: unknown[],
): Promise<string | undefined> {
  const rows = (await queryRunner.query(sql, parameters)) as { session: string }[];
  return rows.length === 0 ? undefined : rows.map(({ session }) => session).join('; ');
}

/** SQLSTATEs of a lock that was waited for too long, and of a deadlock. */
const TABLE_BUSY: ReadonlySet<unknown> = new Set(['55P03', '40P01']);

export const isTableBusy = (error: unknown): boolean =>
  error instanceof QueryFailedError &&
  TABLE_BUSY.has((error.driverError as { code?: unknown }).code);

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
