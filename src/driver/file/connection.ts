import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Database } from 'sqlite3';
import { BillingError } from '../../errors';
import type { SqliteValue, StatementResult } from '../session';
import { Statement } from '../sql/statement';

type Sqlite3 = typeof import('sqlite3');

/** Between two attempts to change a file's journal. */
const JOURNAL_RETRY_MS = 10;

/** By a require() that a bundler may leave unresolved: where sqlite3 is not used, it need not be installed. */
function loadSqlite3(): Sqlite3 {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() must be resolved
    return require('sqlite3') as Sqlite3;
  } catch (cause) {
    throw BillingError.packageMissing('SQLite', 'sqlite3', cause);
  }
}

/** One connection of the `sqlite3` package, with promises instead of callbacks. */
export class SqliteConnection {
  private constructor(private readonly database: Database) {}

  /**
   * Opens `file` and creates it, with its folder, if it does not exist. Foreign keys are enforced,
   * and the journal mode (WAL) lets others read while one transaction writes.
   *
   * @param busyTimeout milliseconds to wait for another process's transaction
   */
  static async open(file: string, busyTimeout: number): Promise<SqliteConnection> {
    const sqlite3 = loadSqlite3();
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

  execute(statement: Statement, parameters: readonly SqliteValue[]): Promise<StatementResult> {
    const { sql, returnsRows } = statement;
    return new Promise((resolve, reject) => {
      if (returnsRows) {
        this.database.all<Record<string, unknown>>(sql, parameters, (error, rows) => {
          if (error) reject(error);
          else resolve({ rows, changes: rows.length, lastInsertRowid: 0 });
        });
      } else {
        this.database.run(sql, parameters, function (error) {
          if (error) reject(error);
          else resolve({ rows: [], changes: this.changes, lastInsertRowid: this.lastID });
        });
      }
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.database.close((error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }
}
