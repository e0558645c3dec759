import type { DataSource, QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';
import { BillingError } from '../errors';
import { sqlOf } from '../host/bindings';
import { declaredBy } from '../migrations/billing-migration';
import { TABLE_LOCK_TIMEOUT } from '../migrations/table-locks';
import { following } from './host-check';

/** How migrations wait for others that use the database. */
export interface WaitOptions {
  /**
   * Milliseconds to wait, in all, for another process that is migrating, and for tables that others have
   * locked. Default: 60,000.
   */
  readonly lockTimeout?: number;
  /**
   * Milliseconds that a statement of billing's migrations waits for a table's lock on Postgres, with all
   * other statements on that table behind it. The migrations are then rolled back and tried again.
   * 0: without end. Default: 3,000.
   */
  readonly tableLockTimeout?: number;
  /** Is told, once, whom a migration waits for. Default: the DataSource's logger. */
  readonly onWait?: (message: string) => void;
}

const LOCK_TIMEOUT = 60_000;
/** A person is told of a wait that is longer. */
const QUIET_MS = 1000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;

/** The wait of one migration for others, which ends with an error. */
export class Patience {
  readonly tableLockTimeout: number;
  readonly #lockTimeout: number;
  readonly #begun = performance.now();
  readonly #tell: (message: string) => void;
  #told = false;
  #pause = FIRST_PAUSE_MS;

  /** @throws BillingError `INVALID_CALL` for a time that is none */
  constructor(
    private readonly place: { readonly dataSource: DataSource; readonly engine: Engine },
    { lockTimeout = LOCK_TIMEOUT, tableLockTimeout = TABLE_LOCK_TIMEOUT, onWait }: WaitOptions = {},
  ) {
    this.#lockTimeout = milliseconds('lockTimeout', lockTimeout);
    this.tableLockTimeout = milliseconds('tableLockTimeout', tableLockTimeout);
    this.#tell =
      onWait ?? ((message) => void place.dataSource.logger.logSchemaBuild(`${message}.`));
  }

  /**
   * Begins a transaction that has the lock of the migrations. Between two tries there is none, so that
   * whoever waits holds no connection of a pooler's, without which the one that has the lock may not go on.
   */
  async beginLocked(queryRunner: QueryRunner): Promise<void> {
    await this.lock(queryRunner, async () => {
      await this.#begin(queryRunner);
      if (await this.place.engine.tryLock(queryRunner)) return true;
      await queryRunner.rollbackTransaction();
      return undefined;
    });
  }

  /** As soon as no other process has the database's only write lock. */
  async #begin(queryRunner: QueryRunner): Promise<void> {
    const timer = setTimeout(() => {
      this.#say('Waiting for the process that holds the write lock of this database');
    }, QUIET_MS);
    try {
      for (;;) {
        try {
          await queryRunner.startTransaction(this.place.engine.migrationIsolation);
          return;
        } catch (error) {
          if (!this.place.engine.isBusy(error)) throw error;
          if (this.#isOver()) {
            throw BillingError.databaseBusy(
              `Another process has held the write lock of this database for over ${this.#lockTimeout} ms`,
              'wait until it has finished and retry, or give a longer lockTimeout (--lock-timeout)',
              error,
            );
          }
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Tries to take the lock of the migrations until it is free. */
  async lock<Taken>(
    queryRunner: QueryRunner,
    take: () => Promise<Taken | undefined>,
  ): Promise<Taken> {
    for (;;) {
      const taken = await take();
      if (taken !== undefined) return taken;
      if (this.#isOver()) {
        throw BillingError.databaseBusy(
          `Another process has been migrating this database for over ${this.#lockTimeout} ms (${await this.#holder(queryRunner)})`,
          'wait until it has finished and retry, give a longer lockTimeout (--lock-timeout) or, if it hangs, end it',
        );
      }
      if (!this.#told && this.#waited() > QUIET_MS) {
        this.#say(
          `Waiting for the process that is migrating this database (${await this.#holder(queryRunner)})`,
        );
      }
      await this.#rest();
    }
  }

  /**
   * Waits before the migrations that were rolled back, as a table was locked, are tried again.
   *
   * @throws BillingError `DATABASE_BUSY` if there is no time left
   */
  async again(queryRunner: QueryRunner, cause: unknown): Promise<void> {
    const holders = await this.place.engine
      .tableHolders(queryRunner, this.#tables())
      .catch(() => undefined);
    const who = holders === undefined ? '' : ` (${holders})`;
    if (this.#isOver()) {
      throw BillingError.databaseBusy(
        `A migration needs a table that others have held for over ${this.#lockTimeout} ms${who}`,
        'end their transactions or wait for them and retry, or give a longer lockTimeout (--lock-timeout); nothing was changed',
        cause,
      );
    }
    this.#say(`Waiting for a table that others hold${who}`);
    await this.#rest();
  }

  #tables(): string[] {
    const { dataSource, engine } = this.place;
    return dataSource.migrations.flatMap((one) => {
      const billing = declaredBy(one, engine.dialect);
      if (billing === undefined) return [];
      const { references = [], placed } = following(billing, engine, dataSource);
      return [...references, ...placed.map((table) => ({ ...table, column: '' }))].map(
        (table) => sqlOf(table).table,
      );
    });
  }

  async #holder(queryRunner: QueryRunner): Promise<string> {
    return (await this.place.engine.lockHolder(queryRunner)) ?? 'one that has just ended';
  }

  #say(message: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#tell(message);
  }

  readonly #waited = (): number => performance.now() - this.#begun;

  readonly #isOver = (): boolean => this.#waited() >= this.#lockTimeout;

  /** Longer each time, and never the same for two processes. */
  async #rest(): Promise<void> {
    const pause = this.#pause * (0.5 + Math.random());
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function milliseconds(name: string, value: number): number {
  if (value >= 0) return value;
  throw BillingError.invalidCall(
    `${name} is ${value}`,
    'give a number of milliseconds from 0 on; Infinity waits without end',
  );
}
