import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BillingError } from '../../errors';
import type { SqliteValue, StatementResult } from '../session';
import { namingLimit, SQLITE_LIMITS } from '../sql/limits';
import { Statement } from '../sql/statement';
import type { OpenFile, OpensFile } from './open-file';

/** A statement that is within SQLite's limits. */
export interface Part {
  readonly statement: Statement;
  readonly parameters: readonly SqliteValue[];
}

/** Between two attempts to change a file's journal. */
const JOURNAL_RETRY_MS = 10;

/** One connection to a file, in the state that all sessions count on. */
export class SqliteConnection {
  /** Ends when what was sent last has. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly opened: OpenFile) {}

  /**
   * Opens `file` and creates it, with its folder, if it does not exist. Foreign keys are enforced,
   * and the journal mode (WAL) lets others read while one transaction writes.
   *
   * @param busyTimeout milliseconds to wait for another process's transaction
   */
  static async open(
    opens: OpensFile,
    file: string,
    busyTimeout: number,
  ): Promise<SqliteConnection> {
    if (file !== ':memory:') await mkdir(dirname(file), { recursive: true });
    const connection = new SqliteConnection(await opens(file, busyTimeout));
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
   * Statements of one connection run in the order in which they were sent. None may run between the parts of another, whose savepoint
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
    statement: Statement,
    parameters: readonly SqliteValue[],
  ): Promise<StatementResult> {
    try {
      return await this.opened.execute(statement, parameters);
    } catch (error) {
      throw namingLimit(error, SQLITE_LIMITS);
    }
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.opened.close());
  }
}
