import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Database } from 'sqlite3';
import { BillingError } from '../../errors';
import type { SqliteValue, StatementResult } from '../session';
import { Statement } from '../sql/statement';

type Sqlite3 = typeof import('sqlite3');

async function loadSqlite3(): Promise<Sqlite3> {
  try {
    return (await import('sqlite3')).default;
  } catch (cause) {
    throw new BillingError(
      'NOT_SUPPORTED',
      'SQLite needs the package sqlite3, which is not installed: run `npm install sqlite3`.',
      { cause },
    );
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
    await connection.execute(new Statement('PRAGMA foreign_keys = ON'), []);
    await connection.execute(new Statement('PRAGMA journal_mode = WAL'), []);
    return connection;
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
