import type { Statement } from './sql/statement';

/** The result of one statement. Rows are plain objects by column name. */
export interface StatementResult {
  readonly rows: Record<string, unknown>[];
  /**
   * Number of rows that the statement itself inserted, updated or deleted, without cascades.
   * Undefined if the statement is held and sent when the transaction commits.
   */
  readonly changes: number | undefined;
  /** SQLite's `last_insert_rowid()`. Undefined in the same case as `changes`. */
  readonly lastInsertRowid: number | undefined;
}

/** A value that all databases of the SQLite family can bind. */
export type SqliteValue = string | number | null | Uint8Array;

/**
 * The session of one query runner. Its statements run in order, and nobody else sees its
 * transaction before the commit.
 */
export interface SqliteSession {
  execute(statement: Statement, parameters: readonly SqliteValue[]): Promise<StatementResult>;
  /** @throws BillingError `DATABASE_BUSY` if another transaction holds the database for too long. */
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Turns the enforcement of foreign keys on or off for this session. Not inside a transaction. */
  enforceForeignKeys(enforce: boolean): Promise<void>;
  /** Returns the connection in the state in which it was taken. Never throws. */
  release(): Promise<void>;
}

/** What the SQLite-family driver needs of a database: a file or a D1 binding. */
export interface SqliteDatabase {
  open(): Promise<void>;
  /** Opens a session for one query runner. */
  session(): Promise<SqliteSession>;
  close(): Promise<void>;
}
