import { QueryFailedError } from 'typeorm';
import { BillingError } from '../../errors';
import type { SqliteDatabase, SqliteSession, SqliteValue, StatementResult } from '../session';
import type { Statement } from '../sql/statement';
import { assertBinding, type D1Binding } from './binding';
import { type Cascades, HeldWrites } from './held-writes';
import { type BoundStatement, fit } from '../sql/fit';
import { D1_LIMITS, namingLimit } from '../sql/limits';

/** An open binding, with the function that closes it. */
export interface OpenBinding {
  readonly binding: D1Binding;
  dispose(): Promise<void>;
}

/** Opens a binding. */
export type BindingSource = () => Promise<OpenBinding>;

/** A D1 database, through a binding of a Worker or of wrangler's platform proxy. */
export class D1Database implements SqliteDatabase {
  #opened: OpenBinding | undefined;

  constructor(
    private readonly source: D1Binding | BindingSource,
    private readonly cascades?: Cascades,
  ) {}

  /** One that is open already, on a binding that nobody has to close. */
  static opened(binding: D1Binding, cascades?: Cascades): D1Database {
    const database = new D1Database(binding, cascades);
    database.#opened = { binding, dispose: () => Promise.resolve() };
    return database;
  }

  async open(): Promise<void> {
    this.#opened =
      typeof this.source === 'function'
        ? await this.source()
        : { binding: assertBinding(this.source), dispose: () => Promise.resolve() };
  }

  /** Undefined before {@link open} and after {@link close}. */
  get binding(): D1Binding | undefined {
    return this.#opened?.binding;
  }

  session(): Promise<SqliteSession> {
    if (this.#opened) return Promise.resolve(new D1Session(this.#opened.binding, this.cascades));
    throw BillingError.dataSourceClosed('D1');
  }

  async close(): Promise<void> {
    await this.#opened?.dispose();
    this.#opened = undefined;
  }
}

/** The result of a held write: nothing is known yet. */
const NOTHING: StatementResult = { rows: [], changes: undefined, lastInsertRowid: undefined };

/**
 * D1 has no BEGIN. A transaction's writes are held and sent as one atomic batch when it commits.
 * Its reads see the state before it.
 */
class D1Session implements SqliteSession {
  #held: BoundStatement[] | undefined;
  /** Whether a commit has failed and the transaction is not rolled back yet. */
  #failed = false;
  #writes: HeldWrites;

  constructor(
    private readonly binding: D1Binding,
    private readonly cascades?: Cascades,
  ) {
    this.#writes = new HeldWrites(cascades);
  }

  async execute(
    statement: Statement,
    parameters: readonly SqliteValue[],
  ): Promise<StatementResult> {
    this.#assertNotFailed();
    refuseTransactionControl(statement);
    const statements = fit(statement, parameters, D1_LIMITS);
    if (!this.#held) {
      return statement.verb === 'update' || statement.verb === 'delete'
        ? this.#sendCounting(statements)
        : this.#send(statements);
    }
    if (statement.onlyReads) {
      this.#writes.assertLeftAlone(statement, parameters);
      return this.#send(statements);
    }
    // A setting such as defer_foreign_keys is for the batch.
    if (statement.returnsRows && statement.keyword !== 'pragma') {
      throw BillingError.notSupported(
        'RETURNING has no result inside a transaction on D1, because writes are sent at commit',
        'set the values in JavaScript or read them after the transaction, and write an entity with a ' +
          '@VersionColumn by update({ id, version }, …) and check how many rows it changed',
      );
    }
    this.#held.push(...statements);
    this.#writes.add(statement, parameters);
    return NOTHING;
  }

  begin(): Promise<void> {
    this.#held = [];
    this.#writes = new HeldWrites(this.cascades);
    return Promise.resolve();
  }

  async commit(): Promise<void> {
    this.#assertNotFailed();
    const held = this.#held ?? [];
    this.#held = undefined;
    if (held.length === 0) return;
    try {
      await this.binding.batch(held.map((one) => this.#prepare(one)));
    } catch (cause) {
      this.#held = [];
      this.#failed = true;
      const error = namingLimit(cause, D1_LIMITS);
      if (error !== cause) throw error;
      // D1 does not say which statement failed, so the error contains all of them.
      const sql = held.map((one) => one.sql).join(';\n');
      const values = held.flatMap((one) => one.values);
      throw new QueryFailedError(sql, values, error as Error);
    }
  }

  rollback(): Promise<void> {
    this.#held = undefined;
    this.#failed = false;
    return Promise.resolve();
  }

  /** Does nothing: D1 always enforces them and ignores the pragma. */
  enforceForeignKeys(): Promise<void> {
    return Promise.resolve();
  }

  release(): Promise<void> {
    return this.rollback();
  }

  /** A failed batch is never sent again: after a network error it may have been executed. */
  #assertNotFailed(): void {
    if (this.#failed) throw BillingError.commitFailed();
  }

  #prepare({ sql, values }: BoundStatement): ReturnType<D1Binding['prepare']> {
    return this.binding.prepare(sql).bind(...values);
  }

  /** D1's count includes the rows that cascades and triggers changed; `changes()` does not. */
  async #sendCounting(statements: readonly BoundStatement[]): Promise<StatementResult> {
    const count = { sql: 'SELECT changes() AS "changes"', values: [] };
    const { rows, ...rest } = await this.#send([...statements, count]);
    return { ...rest, rows: rows.slice(0, -1), changes: Number(rows.at(-1)?.changes) };
  }

  async #send(statements: readonly BoundStatement[]): Promise<StatementResult> {
    const prepared = statements.map((one) => this.#prepare(one));
    const sent =
      prepared.length === 1 && prepared[0]
        ? prepared[0].all().then((outcome) => [outcome])
        : this.binding.batch(prepared);
    const outcomes = await sent.catch((error: unknown) => {
      throw namingLimit(error, D1_LIMITS);
    });
    return {
      rows: outcomes.flatMap(({ results = [] }) => results.map(withBytes)),
      changes: outcomes.reduce((sum, { meta }) => sum + (meta.changes ?? 0), 0),
      lastInsertRowid: outcomes.at(-1)?.meta.last_row_id ?? 0,
    };
  }
}

/** D1 returns a BLOB as an array of numbers, and no other value as an array. */
function withBytes(row: Record<string, unknown>): Record<string, unknown> {
  if (!Object.values(row).some(Array.isArray)) return row;
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      Array.isArray(value) ? Uint8Array.from(value as number[]) : value,
    ]),
  );
}

function refuseTransactionControl({ controlsTransaction, keyword }: Statement): void {
  if (!controlsTransaction) return;
  throw BillingError.notSupported(
    `D1 has no ${keyword.toUpperCase()}`,
    'use dataSource.transaction(), one level deep',
  );
}
