import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Database, Statement as Compiled } from 'sqlite3';
import { BillingError } from '../../errors';
import type { SqliteValue, StatementResult } from '../session';
import { Statement } from '../sql/statement';

type Sqlite3 = typeof import('sqlite3');

/** Between two attempts to change a file's journal. */
const JOURNAL_RETRY_MS = 10;

async function loadSqlite3(): Promise<Sqlite3> {
  try {
    return (await import('sqlite3')).default;
  } catch (cause) {
    throw BillingError.packageMissing('SQLite', 'sqlite3', cause);
  }
}

/** Of a connection; the one used longest ago makes place for a new one. */
const MAX_COMPILED = 50;

/** One connection of the `sqlite3` package, with promises instead of callbacks. */
export class SqliteConnection {
  /** Statements with parameters, by their text: compiling a table's CHECKs takes longer than a row. */
  readonly #compiled = new Map<string, Compiled>();

  private constructor(private readonly database: Database) {}

  /**
   * Opens `file` and creates it, with its folder, if it does not exist. Foreign keys are enforced,
   * and the journal mode (WAL) lets others read while one transaction writes.
   *
   * @param busyTimeout milliseconds to wait for another process's transaction
   */
  static async open(file: string, busyTimeout: number): Promise<SqliteConnection> {
    const sqlite3 = await loadSqlite3();
    if (file !== ':memory:') await mkdir(dirname(file), { recursive: true });
    const database = await new Promise<Database>((resolve, reject) => {
      const opened = new sqlite3.Database(file, (error) => {
        if (error) reject(error);
        else resolve(opened);
      });
    });
    // Statements of one connection run in the order they were sent.
    database.serialize();
    database.configure('busyTimeout', busyTimeout);
    const connection = new SqliteConnection(database);
    try {
      await connection.execute(new Statement('PRAGMA foreign_keys = ON'), []);
      await connection.#useWriteAheadLog(file, busyTimeout);
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  }

  /**
   * SQLite's own busy timeout does not cover the change of a file's journal: while another
   * connection holds the write lock it fails at once, so it is retried here.
   *
   * @throws BillingError `DATABASE_BUSY` if the lock is held for longer than `busyTimeout`
   */
  async #useWriteAheadLog(file: string, busyTimeout: number): Promise<void> {
    const end = performance.now() + busyTimeout;
    for (;;) {
      try {
        await this.execute(new Statement('PRAGMA journal_mode = WAL'), []);
        return;
      } catch (cause) {
        if ((cause as Partial<NodeJS.ErrnoException>).code !== 'SQLITE_BUSY') throw cause;
        if (performance.now() >= end) {
          throw BillingError.databaseBusy(
            `${file} can't be opened, as another connection has held its write lock for over ${busyTimeout} ms`,
            'wait until that has finished and retry',
            cause,
          );
        }
        await setTimeout(JOURNAL_RETRY_MS);
      }
    }
  }

  async execute(
    { sql, returnsRows }: Statement,
    parameters: readonly SqliteValue[],
  ): Promise<StatementResult> {
    const compiled = parameters.length > 0 ? await this.#compile(sql) : undefined;
    return new Promise((resolve, reject) => {
      const all = (error: Error | null, rows: Record<string, unknown>[]): void => {
        if (error) reject(error);
        else resolve({ rows, changes: rows.length, lastInsertRowid: 0 });
      };
      const run = function (this: { changes: number; lastID: number }, error: Error | null): void {
        if (error) reject(error);
        else resolve({ rows: [], changes: this.changes, lastInsertRowid: this.lastID });
      };
      if (compiled === undefined) {
        if (returnsRows) this.database.all(sql, parameters, all);
        else this.database.run(sql, parameters, run);
      } else if (returnsRows) compiled.all(parameters, all);
      else compiled.run(parameters, run);
    });
  }

  async #compile(sql: string): Promise<Compiled> {
    const found = this.#compiled.get(sql);
    const compiled =
      found ??
      (await new Promise<Compiled>((resolve, reject) => {
        const made = this.database.prepare(sql, (error: Error | null) => {
          if (error) reject(error);
          else resolve(made);
        });
      }));
    // The map keeps the order of insertion: the first is the one used longest ago.
    this.#compiled.delete(sql);
    this.#compiled.set(sql, compiled);
    const [oldest] = this.#compiled;
    if (oldest !== undefined && this.#compiled.size > MAX_COMPILED) {
      this.#compiled.delete(oldest[0]);
      oldest[1].finalize();
    }
    return compiled;
  }

  close(): Promise<void> {
    for (const compiled of this.#compiled.values()) compiled.finalize();
    this.#compiled.clear();
    return new Promise((resolve, reject) => {
      this.database.close((error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }
}
