import type { Database as Sqlite3Database, Statement as Compiled } from 'sqlite3';
import { BillingError } from '../../errors';
import type { SqliteValue, StatementResult } from '../session';
import type { Statement } from '../sql/statement';
import type { OpenFile, OpensFile } from './open-file';

type Sqlite3 = typeof import('sqlite3');

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

/** One connection of the package `sqlite3`, with promises instead of callbacks. */
class Sqlite3File implements OpenFile {
  /** Statements with parameters, by their text: compiling a table's CHECKs takes longer than a row. */
  readonly #compiled = new Map<string, Compiled>();

  private constructor(private readonly database: Sqlite3Database) {}

  static async open(file: string, busyTimeout: number): Promise<OpenFile> {
    const { Database } = loadSqlite3();
    const database = await new Promise<Sqlite3Database>((resolve, reject) => {
      const opened = new Database(file, (error) => {
        if (error) reject(error);
        else resolve(opened);
      });
    });
    database.configure('busyTimeout', busyTimeout);
    return new Sqlite3File(database);
  }

  async execute(
    { sql, returnsRows }: Pick<Statement, 'sql' | 'returnsRows'>,
    parameters: readonly SqliteValue[],
  ): Promise<StatementResult> {
    const compiled = isKept(sql, parameters) ? await this.#compile(sql) : undefined;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        if (compiled === undefined) reject(error);
        // One that found the database busy would stay begun, and no other write be committed.
        else compiled.reset(() => reject(error));
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
        if (error) reject(error);
        else resolve(made);
      });
    });
  }

  async close(): Promise<void> {
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

/** Opens files through the package `sqlite3`. */
export const sqlite3: OpensFile = (file, busyTimeout) => Sqlite3File.open(file, busyTimeout);
