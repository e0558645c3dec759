import { BillingError } from '../../errors';
import { Statement } from '../sql/statement';
import type { SqliteConnection } from './connection';

/** Keeps a limited number of connections, each opened when it is first needed. */
export class ConnectionPool {
  readonly #idle: SqliteConnection[] = [];
  readonly #waiting: ((connection: Promise<SqliteConnection>) => void)[] = [];
  #count = 0;
  #closed = true;

  constructor(
    private readonly connect: () => Promise<SqliteConnection>,
    private readonly size: number,
    /** Milliseconds to wait for a free connection. */
    private readonly patience: number,
  ) {}

  open(): void {
    this.#closed = false;
  }

  /** Whether readers and the writer share one connection. */
  get single(): boolean {
    return this.size === 1;
  }

  /**
   * @param spare true for the holder of the write turn, who never waits for a connection: others
   *   may hold all of them while they wait for the turn
   * @throws BillingError `DATABASE_BUSY` if no connection becomes free in time
   */
  async take(spare = false): Promise<SqliteConnection> {
    if (this.#closed) throw BillingError.dataSourceClosed('SQLite');
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#count < this.size || (spare && !this.single)) return this.#open();
    return this.#wait();
  }

  /** Returns a connection to the pool. One that is not `clean` is reset or closed. */
  async give(connection: SqliteConnection, clean: boolean): Promise<void> {
    let usable = !this.#closed;
    if (usable && !clean) {
      if (this.single) {
        // Closing the only connection would delete the in-memory database.
        await connection.execute(new Statement('PRAGMA foreign_keys = ON'), []);
      } else {
        usable = false;
      }
    }
    if (!usable) {
      this.#count--;
      await connection.close().catch(() => undefined);
      if (!this.#closed) this.#waiting.shift()?.(this.#open());
      return;
    }
    const next = this.#waiting.shift();
    if (next) {
      next(Promise.resolve(connection));
    } else if (this.#count > this.size) {
      this.#count--;
      await connection.close().catch(() => undefined);
    } else {
      this.#idle.push(connection);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const idle = this.#idle.splice(0);
    this.#count -= idle.length;
    await Promise.all(idle.map((connection) => connection.close()));
  }

  async #open(): Promise<SqliteConnection> {
    this.#count++;
    try {
      return await this.connect();
    } catch (error) {
      this.#count--;
      throw error;
    }
  }

  #wait(): Promise<SqliteConnection> {
    return new Promise((resolve, reject) => {
      const receive = (connection: Promise<SqliteConnection>): void => {
        clearTimeout(timer);
        resolve(connection);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(receive), 1);
        reject(
          BillingError.databaseBusy(
            `None of the ${this.size} SQLite connection(s) became free within ${this.patience} ms`,
            'release query runners, and inside a transaction use its entity manager',
          ),
        );
      }, this.patience);
      this.#waiting.push(receive);
    });
  }
}
