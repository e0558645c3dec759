import type { Statement } from './sql/statement';

/** What one statement did. Rows are plain objects by column name. */
export interface StatementResult {
  readonly rows: Record<string, unknown>[];
  /**
   * Rows inserted, updated or deleted by the statement itself; cascades are not counted. Undefined
   * of a statement that will only be sent when the transaction commits.
   */
  readonly changes: number | undefined;
  /** SQLite's `last_insert_rowid()`; undefined as `changes`. */
  readonly lastInsertRowid: number | undefined;
}

/** A value that every database of the SQLite family can bind. */
export type SqliteValue = string | number | null | Uint8Array;

/**
 * One query runner's hold on the database: statements run in order, and a transaction begun here
 * is seen by nobody else until it is committed.
 */
export interface SqliteSession {
  execute(statement: Statement, parameters: readonly SqliteValue[]): Promise<StatementResult>;
  /** @throws BillingError `DATABASE_BUSY` if another transaction holds the database for too long. */
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Turns the enforcement of foreign keys off or on for this session; never inside a transaction. */
  enforceForeignKeys(enforce: boolean): Promise<void>;
  /** Gives the hold back, in the state in which it was taken. Never throws. */
  release(): Promise<void>;
}

/** What the SQLite-family driver asks of a database: a file, or a D1 binding. */
export interface SqliteDatabase {
  open(): Promise<void>;
  /** Lends a session to one query runner. */
  session(): Promise<SqliteSession>;
  close(): Promise<void>;
}
