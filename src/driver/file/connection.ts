import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Database, Statement as Compiled } from 'sqlite3';
import { BillingError } from '../../errors';
import type { SqliteValue, StatementResult } from '../session';
import { namingLimit, SQLITE_LIMITS } from '../sql/limits';
import { Statement } from '../sql/statement';

/** A statement that is within SQLite's limits. */
export interface Part {
  readonly statement: Statement;
  readonly parameters: readonly SqliteValue[];
}

type Sqlite3 = typeof import('sqlite3');

/** Between two attempts to change a file's journal. */
const JOURNAL_RETRY_MS = 10;

const named = (error: Error): Error => namingLimit(error, SQLITE_LIMITS) as Error;

/** By a require() that a bundler may leave unresolved: where sqlite3 is not used, it need not be installed. */
function loadSqlite3(): Sqlite3 {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() must be resolved
    return require('sqlite3') as Sqlite3;
  } catch (cause) {
    throw BillingError.packageMissing('SQLite', 'sqlite3', cause);
  }
}

/** Of a connection; the one used longest ago makes place for a new one. */
const MAX_COMPILED = 50;

/** A compiled statement keeps its last values, and takes over 100 bytes for each placeholder. */
const MAX_PLACEHOLDERS = 1000;
const MAX_TEXT = 100_000;

/** Whether a statement is small enough to be kept compiled, with its values. */
function isKept(sql: string, parameters: readonly SqliteValue[]): boolean {
  if (parameters.length === 0 || parameters.length > MAX_PLACEHOLDERS) return false;
  let length = sql.length;
  for (const value of parameters) {
    if (typeof value === 'string' || value instanceof Uint8Array) length += value.length;
  }
  return length <= MAX_TEXT;
}

const finalize = (compiled: Compiled): Promise<void> =>
  new Promise((resolve) => {
    compiled.finalize(() => {
      resolve();
    });
  });

/** One connection of the `sqlite3` package, with promises instead of callbacks. */
export class SqliteConnection {
  /** Statements with parameters, by their text: compiling a table's CHECKs takes longer than a row. */
  readonly #compiled = new Map<string, Compiled>();
  /** Ends when what was sent last has. */
  #last: Promise<unknown> = Promise.resolve();

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

  /** Runs all parts of one statement, or none. */
  executeAll(parts: readonly Part[]): Promise<StatementResult> {
    const [only, ...more] = parts;
    return this.#inTurn(() =>
      only && more.length === 0
        ? this.#execute(only.statement, only.parameters)
        : this.#executeParts(parts),
    );
  }

  execute(statement: Statement, parameters: readonly SqliteValue[]): Promise<StatementResult> {
    return this.#inTurn(() => this.#execute(statement, parameters));
  }

  /**
   * Statements of one connection run in the order in which they were sent. `sqlite3` keeps it for those
   * that it compiles for one use only. None may run between the parts of another, whose savepoint
   * would take it back.
   */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async #executeParts(parts: readonly Part[]): Promise<StatementResult> {
    // Outside a transaction this begins one.
    await this.#execute(new Statement('SAVEPOINT "parts"'), []);
    try {
      const all: StatementResult[] = [];
      for (const part of parts) all.push(await this.#execute(part.statement, part.parameters));
      await this.#execute(new Statement('RELEASE "parts"'), []);
      return {
        rows: all.flatMap(({ rows }) => rows),
        changes: all.reduce((sum, { changes }) => sum + (changes ?? 0), 0),
        lastInsertRowid: all.at(-1)?.lastInsertRowid,
      };
    } catch (error) {
      // An error such as a full disk has rolled everything back.
      await this.#execute(new Statement('ROLLBACK TO "parts"'), [])
        .then(() => this.#execute(new Statement('RELEASE "parts"'), []))
        .catch(() => undefined);
      throw error;
    }
  }

  async #execute(
    { sql, returnsRows }: Statement,
    parameters: readonly SqliteValue[],
  ): Promise<StatementResult> {
    const compiled = isKept(sql, parameters) ? await this.#compile(sql) : undefined;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        if (compiled === undefined) reject(named(error));
        // One that found the database busy would stay begun, and no other write be committed.
        else compiled.reset(() => reject(named(error)));
      };
      const all = (error: Error | null, rows: Record<string, unknown>[]): void => {
        if (error) fail(error);
        else resolve({ rows, changes: rows.length, lastInsertRowid: 0 });
      };
      const run = function (this: { changes: number; lastID: number }, error: Error | null): void {
        if (error) fail(error);
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
    const compiled = this.#compiled.get(sql) ?? (await this.#prepare(sql));
    // The map keeps the order of insertion: the first is the one used longest ago.
    this.#compiled.delete(sql);
    this.#compiled.set(sql, compiled);
    const [oldest] = this.#compiled;
    if (oldest !== undefined && this.#compiled.size > MAX_COMPILED) {
      this.#compiled.delete(oldest[0]);
      await finalize(oldest[1]);
    }
    return compiled;
  }

  #prepare(sql: string): Promise<Compiled> {
    return new Promise((resolve, reject) => {
      const made = this.database.prepare(sql, (error: Error | null) => {
        if (error) reject(named(error));
        else resolve(made);
      });
    });
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#close());
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#compiled.values()].map(finalize));
    this.#compiled.clear();
    return new Promise((resolve, reject) => {
      this.database.close((error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }
}
