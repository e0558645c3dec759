import { QueryFailedError } from 'typeorm';
import { BillingError } from '../../errors';
import { canonical } from '../sqlite-family/definition';
import type {
  SqliteDatabase,
  SqliteSession,
  SqliteValue,
  StatementResult,
} from '../sqlite-family/session';
import { assertBinding, type D1Binding } from './binding';
import { HeldWrites, onlyReads } from './held-writes';
import { namingLimit } from './limits';
import { type BoundStatement, fit } from './statement';
import { WRANGLER_TABLE } from './wrangler-table';

/** A binding, how to let go of it, and what is known of the files that wrangler applies to it. */
export interface OpenBinding {
  readonly binding: D1Binding;
  dispose(): Promise<void>;
  /** Name of the file in wrangler's `migrations_dir`, by the name of the migration it holds. */
  readonly migrationFiles: ReadonlyMap<string, string>;
  /** Table in which wrangler keeps account of them. */
  readonly migrationsTable: string;
}

/** A binding that has to be opened first. */
export type BindingSource = () => Promise<OpenBinding>;

/** A D1 database, through the binding of a Worker or of wrangler's platform proxy. */
export class D1Database implements SqliteDatabase {
  #opened: OpenBinding | undefined;

  constructor(private readonly source: D1Binding | BindingSource) {}

  async open(): Promise<void> {
    this.#opened =
      typeof this.source === 'function'
        ? await this.source()
        : {
            binding: assertBinding(this.source),
            dispose: () => Promise.resolve(),
            migrationFiles: new Map(),
            migrationsTable: WRANGLER_TABLE,
          };
  }

  /** wrangler's record of the file that holds a migration, if it has such a file. */
  fileOf(migration: string): { readonly table: string; readonly file: string } | undefined {
    const file = this.#opened?.migrationFiles.get(migration);
    return this.#opened && file !== undefined
      ? { table: this.#opened.migrationsTable, file }
      : undefined;
  }

  session(): Promise<SqliteSession> {
    if (this.#opened) return Promise.resolve(new D1Session(this.#opened.binding));
    throw new BillingError(
      'NOT_SUPPORTED',
      'The D1 DataSource is not open: call and await initialize() before using it, and destroy() last.',
    );
  }

  async close(): Promise<void> {
    await this.#opened?.dispose();
    this.#opened = undefined;
  }
}

/** Of a write that is held: nothing is known of it yet. */
const NOTHING: StatementResult = { rows: [], changes: undefined, lastInsertRowid: undefined };

/**
 * D1 has no BEGIN. A transaction's writes are held and sent as one batch, which is atomic, when it
 * commits; what it reads is the state before it.
 */
class D1Session implements SqliteSession {
  #held: BoundStatement[] | undefined;
  #writes = new HeldWrites();

  constructor(private readonly binding: D1Binding) {}

  async execute(sql: string, parameters: readonly SqliteValue[]): Promise<StatementResult> {
    refuseTransactionControl(sql);
    const statements = fit(sql, parameters);
    if (!this.#held) {
      return /^\s*(?:update|delete)\b/i.test(sql)
        ? this.#sendCounting(statements)
        : this.#send(statements);
    }
    if (onlyReads(sql)) {
      this.#writes.assertLeftAlone(sql, parameters);
      return this.#send(statements);
    }
    if (/\breturning\b/i.test(canonical(sql))) {
      throw new BillingError(
        'NOT_SUPPORTED',
        'RETURNING has no result inside a transaction on D1, whose writes are sent when it commits: ' +
          'set the values in JavaScript, or read them after the transaction.',
      );
    }
    this.#held.push(...statements);
    this.#writes.add(sql, parameters);
    return NOTHING;
  }

  begin(): Promise<void> {
    this.#held = [];
    this.#writes = new HeldWrites();
    return Promise.resolve();
  }

  async commit(): Promise<void> {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (held.length === 0) return;
    try {
      await this.binding.batch(held.map((one) => this.#prepare(one)));
    } catch (cause) {
      const error = namingLimit(cause);
      if (error !== cause) throw error;
      // D1 does not say which of the statements it was: the error has them all.
      const sql = held.map((one) => one.sql).join(';\n');
      const values = held.flatMap((one) => one.values);
      throw new QueryFailedError(sql, values, error as Error);
    }
  }

  rollback(): Promise<void> {
    this.#held = undefined;
    return Promise.resolve();
  }

  /** They are always on: D1 accepts the pragma and ignores it. */
  enforceForeignKeys(): Promise<void> {
    return Promise.resolve();
  }

  release(): Promise<void> {
    this.#held = undefined;
    return Promise.resolve();
  }

  #prepare({ sql, values }: BoundStatement): ReturnType<D1Binding['prepare']> {
    return this.binding.prepare(sql).bind(...values);
  }

  /** What D1 itself counts has the rows in it that cascades and triggers changed. */
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
      throw namingLimit(error);
    });
    return {
      rows: outcomes.flatMap(({ results = [] }) => results),
      changes: outcomes.reduce((sum, { meta }) => sum + (meta.changes ?? 0), 0),
      lastInsertRowid: outcomes.at(-1)?.meta.last_row_id ?? 0,
    };
  }
}

function refuseTransactionControl(sql: string): void {
  if (!/^\s*(begin|savepoint|commit|rollback|release)\b/i.test(sql)) return;
  throw new BillingError(
    'NOT_SUPPORTED',
    `D1 has no ${sql.trim().split(/\s/)[0]?.toUpperCase() ?? ''}: use dataSource.transaction(), one level ` +
      'deep; an inner one can be run after it or be made part of it.',
  );
}
