import { resolve } from 'node:path';
import type { SqliteDatabase, SqliteSession, SqliteValue, StatementResult } from '../session';
import { SqliteConnection } from './connection';
import { Statement } from '../sql/statement';
import { ConnectionPool } from './pool';
import { type Release, WriteTurn } from './write-turn';

/** The turns of each file, shared by every DataSource of this process that has it open. */
const turns = new Map<string, WriteTurn>();

/** A SQLite file, or a database in memory, behind a pool of connections. */
export class SqliteFile implements SqliteDatabase {
  readonly #pool: ConnectionPool;
  readonly #turn: WriteTurn;

  constructor(file: string, busyTimeout: number) {
    const inMemory = file === ':memory:';
    const path = inMemory ? file : resolve(file);
    // Each connection to :memory: would be a database of its own, so there is just one.
    this.#pool = new ConnectionPool(
      () => SqliteConnection.open(path, busyTimeout),
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
  /** Whether the connection is still as it was lent. */
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
    if (this.#turnHeld || !statement.mayWrite) {
      return (await this.#connect()).execute(statement, parameters);
    }
    const release = await this.#takeTurn();
    try {
      return await (await this.#connect(true)).execute(statement, parameters);
    } finally {
      release();
    }
  }

  async begin(): Promise<void> {
    const release = await this.#takeTurn();
    try {
      // Taken now, not at the first write: a transaction that reads first could not write later.
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
        // Left in the middle, by an error or on purpose: nothing of it may reach the next user.
        await connection.execute(new Statement('ROLLBACK'), []).catch(() => undefined);
      }
      await this.pool.give(connection, this.#pristine && !this.#turnHeld);
    }
    this.#endTurn();
  }

  /** Where there is just one connection it comes first: nobody who waits for the turn holds it. */
  async #takeTurn(): Promise<Release> {
    if (this.pool.single) await this.#connect();
    return this.turn.take();
  }

  async #connect(hasTurn = false): Promise<SqliteConnection> {
    this.#connection ??= this.pool.take(hasTurn);
    try {
      return await this.#connection;
    } catch (error) {
      // The next statement may find one free.
      this.#connection = undefined;
      throw error;
    }
  }

  #endTurn(): void {
    this.#turnHeld?.();
    this.#turnHeld = undefined;
  }
}
