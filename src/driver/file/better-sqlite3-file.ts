import { setTimeout } from 'node:timers/promises';
import { BillingError } from '../../errors';
import type { SqliteValue, StatementResult } from '../session';
import type { Statement } from '../sql/statement';
import type { OpenFile, OpensFile } from './open-file';

/** What the package `better-sqlite3` exports, as far as it is used here. */
export type BetterSqlite3 = new (file: string, options: object) => Database;

interface Database {
  prepare(sql: string): Compiled;
  close(): unknown;
}

interface Compiled {
  /** Whether it returns rows. */
  readonly reader: boolean;
  all(...parameters: SqliteValue[]): unknown[];
  run(...parameters: SqliteValue[]): { changes: number; lastInsertRowid: number | bigint };
}

/** Between two attempts to get a lock. */
const RETRY_MS = 5;

/** Of a connection; the one used longest ago makes place for a new one. */
const MAX_COMPILED = 50;
/** A compiled statement takes memory for each. */
const MAX_PLACEHOLDERS = 1000;

/** How each connection is opened, beside the timeout. */
export interface BetterSqlite3Options {
  /** Options of the package's own, such as `nativeBinding`. */
  readonly options?: object;
  /** Called with each connection before its first statement. */
  readonly prepare?: (database: unknown) => unknown;
}

/**
 * Opens files through the package `better-sqlite3`, which the application has and hands over.
 *
 * @throws BillingError `CONFIGURATION_INVALID` if that is something else
 */
export function betterSqlite3(
  driver: unknown,
  { options, prepare }: BetterSqlite3Options = {},
): OpensFile {
  const exported = (driver as { default?: unknown } | null)?.default ?? driver;
  const prototype = (exported as { prototype?: Partial<Database> } | null)?.prototype;
  if (typeof exported !== 'function' || typeof prototype?.prepare !== 'function') {
    throw BillingError.configurationInvalid(
      `The option driver of a SqliteDataSource is ${describe(driver)}, not the package better-sqlite3`,
      "give it driver: require('better-sqlite3'), or leave it out for the package sqlite3",
    );
  }
  const Package = exported as BetterSqlite3;
  // A wait of the package's own would keep this process from ending the transaction it waits for.
  return async (file, busyTimeout) => {
    const database = new Package(file, { ...options, timeout: 0 });
    try {
      await prepare?.(database);
    } catch (error) {
      database.close();
      throw error;
    }
    return new BetterSqlite3File(database, busyTimeout);
  };
}

const describe = (value: unknown): string =>
  typeof value === 'string' ? `"${value}"` : value === null ? 'null' : `a ${typeof value}`;

/** One connection of the package `better-sqlite3`, which does each statement before it returns. */
class BetterSqlite3File implements OpenFile {
  readonly #compiled = new Map<string, Compiled>();

  constructor(
    private readonly database: Database,
    private readonly busyTimeout: number,
  ) {}

  async execute(
    { sql }: Pick<Statement, 'sql'>,
    parameters: readonly SqliteValue[],
  ): Promise<StatementResult> {
    const end = performance.now() + this.busyTimeout;
    for (;;) {
      try {
        return this.#run(sql, parameters);
      } catch (error) {
        // The lock of another one. What another one has changed meanwhile stays changed.
        const isBusy = codeOf(error) === 'SQLITE_BUSY';
        if (!isBusy || performance.now() >= end) throw asSqlite3Error(error);
      }
      await setTimeout(RETRY_MS);
    }
  }

  #run(sql: string, parameters: readonly SqliteValue[]): StatementResult {
    const isKept = parameters.length > 0 && parameters.length <= MAX_PLACEHOLDERS;
    const compiled = isKept ? this.#compile(sql) : this.database.prepare(sql);
    if (compiled.reader) {
      const rows = compiled.all(...parameters) as Record<string, unknown>[];
      return { rows, changes: rows.length, lastInsertRowid: 0 };
    }
    const { changes, lastInsertRowid } = compiled.run(...parameters);
    return { rows: [], changes, lastInsertRowid: Number(lastInsertRowid) };
  }

  #compile(sql: string): Compiled {
    const compiled = this.#compiled.get(sql) ?? this.database.prepare(sql);
    // The map keeps the order of insertion: the first is the one used longest ago.
    this.#compiled.delete(sql);
    this.#compiled.set(sql, compiled);
    const [oldest] = this.#compiled.keys();
    if (oldest !== undefined && this.#compiled.size > MAX_COMPILED) this.#compiled.delete(oldest);
    return compiled;
  }

  close(): Promise<void> {
    this.#compiled.clear();
    this.database.close();
    return Promise.resolve();
  }
}

const codeOf = (error: unknown): string | undefined => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
};

/** With the primary code, such as SQLITE_CONSTRAINT for SQLITE_CONSTRAINT_UNIQUE, as `sqlite3` has it. */
function asSqlite3Error(error: unknown): unknown {
  const code = codeOf(error)?.split('_').slice(0, 2).join('_');
  if (code === undefined || !(error instanceof Error)) return error;
  return Object.assign(new Error(`${code}: ${error.message}`, { cause: error }), { code });
}
