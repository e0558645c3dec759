import { resolve } from 'node:path';
import type { SqliteDatabase, SqliteSession, SqliteValue, StatementResult } from '../session';
import { type Part, SqliteConnection } from './connection';
import { fit } from '../sql/fit';
import { SQLITE_LIMITS } from '../sql/limits';
import { Statement } from '../sql/statement';
import type { OpensFile } from './open-file';
import { ConnectionPool } from './pool';
import { sqlite3 } from './sqlite3-file';
import { type Release, WriteTurn } from './write-turn';

/** One write turn per file, shared by all DataSources of this process that have the file open. */
const turns = new Map<string, WriteTurn>();

/** A pool of connections to a SQLite file or an in-memory database. */
export class SqliteFile implements SqliteDatabase {
  readonly #pool: ConnectionPool;
  readonly #turn: WriteTurn;

  constructor(file: string, busyTimeout: number, opens: OpensFile = sqlite3) {
    const inMemory = file === ':memory:';
    const path = inMemory ? file : resolve(file);
    // Each connection to :memory: opens a separate database, so the pool has exactly one.
    this.#pool = new ConnectionPool(
      () => SqliteConnection.open(opens, path, busyTimeout),
      inMemory ? 1 : 10,
      busyTimeout,
    );
    this.#turn = (inMemory ? undefined : turns.get(path)) ?? new WriteTurn(path, busyTimeout);
    if (!inMemory) turns.set(path, this.#turn);
  }

  async open(): Promise<void> {
    this.#pool.open();
    await this.#pool.give(await this.#pool.take(), true);
  }

  session(): Promise<SqliteSession> {
    return Promise.resolve(new SqliteFileSession(this.#pool, this.#turn));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

class SqliteFileSession implements SqliteSession {
  #connection: Promise<SqliteConnection> | undefined;
  #turnHeld: Release | undefined;
  /** Whether the connection is still in the state in which the pool handed it out. */
  #pristine = true;

  constructor(
    private readonly pool: ConnectionPool,
    private readonly turn: WriteTurn,
  ) {}

  async execute(
    statement: Statement,
    parameters: readonly SqliteValue[],
  ): Promise<StatementResult> {
    if (statement.changesConnection) this.#pristine = false;
    const parts = this.#inParts(statement, parameters);
    if (this.#turnHeld || !statement.mayWrite) {
      return (await this.#connect()).executeAll(parts);
    }
    const release = await this.#takeTurn();
    try {
      return await (await this.#connect(true)).executeAll(parts);
    } finally {
      release();
    }
  }

  /** Almost every statement is within the limits, and is not read for this. */
  #inParts(statement: Statement, parameters: readonly SqliteValue[]): Part[] {
    if (parameters.length <= SQLITE_LIMITS.parameters) return [{ statement, parameters }];
    return fit(statement, parameters, SQLITE_LIMITS).map(({ sql, values }) => ({
      statement: new Statement(sql),
      parameters: values,
    }));
  }

  async begin(): Promise<void> {
    const release = await this.#takeTurn();
    try {
      // IMMEDIATE takes the lock now: a transaction that reads first may fail to get it later.
      await (await this.#connect(true)).execute(new Statement('BEGIN IMMEDIATE'), []);
      this.#turnHeld = release;
    } catch (error) {
      release();
      throw error;
    }
  }

  async commit(): Promise<void> {
    await (await this.#connect()).execute(new Statement('COMMIT'), []);
    this.#endTurn();
  }

  async rollback(): Promise<void> {
    try {
      await (await this.#connect()).execute(new Statement('ROLLBACK'), []);
    } finally {
      this.#endTurn();
    }
  }

  async enforceForeignKeys(enforce: boolean): Promise<void> {
    this.#pristine = false;
    const pragma = new Statement(`PRAGMA foreign_keys = ${enforce ? 'ON' : 'OFF'}`);
    await (await this.#connect()).execute(pragma, []);
  }

  async release(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    if (connection) {
      if (this.#turnHeld || !this.#pristine) {
        // The transaction was left open. The next user of the connection must not inherit it.
        await connection.execute(new Statement('ROLLBACK'), []).catch(() => undefined);
      }
      await this.pool.give(connection, this.#pristine && !this.#turnHeld);
    }
    this.#endTurn();
  }

  /**
   * A pool of one hands out its connection first, so that no session waits for the turn while
   * another holds the connection.
   */
  async #takeTurn(): Promise<Release> {
    if (this.pool.single) await this.#connect();
    return this.turn.take();
  }

  async #connect(hasTurn = false): Promise<SqliteConnection> {
    this.#connection ??= this.pool.take(hasTurn);
    try {
      return await this.#connection;
    } catch (error) {
      // Let the next statement try again.
      this.#connection = undefined;
      throw error;
    }
  }

  #endTurn(): void {
    this.#turnHeld?.();
    this.#turnHeld = undefined;
  }
}
