import { QueryFailedError, QueryRunnerAlreadyReleasedError, type Table } from 'typeorm';
import {
  Query,
  SqlInMemory,
  type AbstractSqliteDriver,
  AbstractSqliteQueryRunner,
  dataSourceOf,
  type IsolationLevel,
  setDataSource,
  validateIsolationLevel,
  Broadcaster,
  BroadcasterResult,
} from './typeorm';
import { BillingError } from '../errors';
import { toQueryResult } from './query-result';
import { withMilliseconds } from './sql/now';
import { emptying } from './schema/emptying';
import { type MasterRow, readTables } from './schema/definition';
import { aboutGeneratedColumns } from './schema/host-comparison';
import { readMaster, readSchema } from './schema/master';
import { planRecreation, withTable } from './schema/recreation';
import type { SqliteDatabase, SqliteSession, StatementResult } from './session';
import { Statement } from './sql/statement';
import { toSqliteValue } from './sql/values';

/** What a query runner needs of its driver. */
interface FamilyDriver extends AbstractSqliteDriver {
  readonly connections: SqliteDatabase;
}

/**
 * Each query runner has its own session, so that concurrent transactions never mix. As with a
 * connection of Postgres, the first statement takes it and `release()` returns it.
 */
export class SqliteFamilyQueryRunner extends AbstractSqliteQueryRunner {
  declare driver: FamilyDriver;
  #session: Promise<SqliteSession> | undefined;
  #collecting = false;
  /** Whether a transaction was begun by plain SQL. */
  #hasBegun = false;

  constructor(driver: FamilyDriver) {
    super();
    this.driver = driver;
    setDataSource(this, dataSourceOf(driver));
    this.broadcaster = new Broadcaster(this);
  }

  override connect(): Promise<SqliteSession> {
    if (this.isReleased) throw new QueryRunnerAlreadyReleasedError();
    this.#session ??= this.driver.connections.session();
    return this.#session;
  }

  override async release(): Promise<void> {
    if (this.isReleased) return;
    this.isReleased = true;
    this.isTransactionActive = false;
    this.transactionDepth = 0;
    this.loadedTables = [];
    this.clearSqlMemory();
    const session = await this.#session?.catch(() => undefined);
    await session?.release();
  }

  override async startTransaction(isolationLevel?: IsolationLevel): Promise<void> {
    if (this.isTransactionActive) return super.startTransaction(isolationLevel);
    // SQLite's only level, serializable, satisfies all levels that TypeORM offers for it.
    validateIsolationLevel(this.driver, isolationLevel);
    await this.broadcaster.broadcast('BeforeTransactionStart');
    const session = await this.connect();
    await this.#logged('BEGIN IMMEDIATE', () => session.begin().then(none));
    this.isTransactionActive = true;
    this.transactionDepth = 1;
    await this.broadcaster.broadcast('AfterTransactionStart');
  }

  override async commitTransaction(): Promise<void> {
    if (this.transactionDepth !== 1) return super.commitTransaction();
    await this.broadcaster.broadcast('BeforeTransactionCommit');
    const session = await this.connect();
    // If this throws, the transaction is still open and the caller has to roll it back.
    await this.#logged('COMMIT', () => session.commit().then(none));
    this.isTransactionActive = false;
    this.transactionDepth = 0;
    await this.broadcaster.broadcast('AfterTransactionCommit');
  }

  override async rollbackTransaction(): Promise<void> {
    if (this.transactionDepth !== 1) return super.rollbackTransaction();
    await this.broadcaster.broadcast('BeforeTransactionRollback');
    const session = await this.connect();
    this.isTransactionActive = false;
    this.transactionDepth = 0;
    await this.#logged('ROLLBACK', () => session.rollback().then(none));
    await this.broadcaster.broadcast('AfterTransactionRollback');
  }

  /** SQLite ignores the pragma inside a transaction: whoever begins one has to call this before. */
  override async beforeMigration(): Promise<void> {
    if (!this.isTransactionActive) await (await this.connect()).enforceForeignKeys(false);
  }

  override async afterMigration(): Promise<void> {
    if (!this.isTransactionActive) await (await this.connect()).enforceForeignKeys(true);
  }

  /**
   * Empties the database in one transaction. On D1 foreign keys are always enforced, and its own
   * tables can't be dropped.
   */
  override async clearDatabase(database?: string): Promise<void> {
    const isAttached =
      database !== undefined && this.driver.getAttachedDatabaseHandleByRelativePath(database);
    if (isAttached) return super.clearDatabase(database);
    const statements = emptying(await readMaster(this));
    this.loadedTables = [];
    await this.beforeMigration();
    try {
      await this.#atomically(async () => {
        for (const sql of statements) await this.query(sql);
      });
    } finally {
      await this.afterMigration();
    }
  }

  // TypeORM's signature returns any: the shape of the raw result depends on the statement.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  override async query(query: string, parameters?: any, useStructuredResult = false): Promise<any> {
    if (this.isReleased) throw new QueryRunnerAlreadyReleasedError();
    if (parameters !== undefined && parameters !== null && !Array.isArray(parameters)) {
      throw BillingError.invalidCall(
        `query() takes its parameters as an array, and was given ${typeof parameters}`,
        'write ? in the SQL and pass the values in order',
      );
    }
    const statement = new Statement(withMilliseconds(query));
    if (statement.isSeveral) {
      throw BillingError.invalidCall(
        `SQLite runs one statement a query and would skip the others in "${query.trim().slice(0, 60)}…"`,
        'send each in its own query(), and take migrations from migrations.sqlite, not migrations.postgres',
      );
    }
    const { sql } = statement;
    const values = ((parameters ?? []) as unknown[]).map(toSqliteValue);
    const session = await this.connect();
    const outcome = await this.#logged(sql, () => session.execute(statement, values), values);
    this.#hasBegun = statement.isInTransactionAfter(this.#hasBegun);
    const result = toQueryResult(statement, outcome);
    return useStructuredResult ? result : (result.raw as unknown);
  }

  /** Public, because the schema builder calls it. */
  override executeQueries(up: Query | Query[], down: Query | Query[]): Promise<void> {
    return super.executeQueries(up, down);
  }

  /** D1 has no TEMP tables. */
  get keepsTemporary(): boolean {
    return !this.sqlMemoryMode;
  }

  /** What there is. A runner whose statements are held can't read it after a change. */
  protected readSchema(): Promise<MasterRow[]> {
    return readSchema(this);
  }

  /** Called with what there will be after a change. */
  protected schemaChanged(_rows: readonly MasterRow[]): void {
    // It can be read again.
  }

  /**
   * All of TypeORM's methods that change a table but its name and indexes call this. Its own deletes
   * the rows of children by cascade where foreign keys are enforced, and loses triggers.
   */
  protected override async recreateTable(newTable: Table, oldTable: Table): Promise<void> {
    const rows = this.#collecting ? [] : await this.readSchema();
    const live = readTables(rows);
    const definition = live.get(oldTable.name);
    if (!definition) return super.recreateTable(newTable, oldTable);
    // Names the constraints that have no name yet.
    this.createTableSql(newTable, true);
    const { driver } = this;
    const dataSource = dataSourceOf(this);
    const { table, up, down } = await planRecreation(this, rows, {
      live: definition,
      before: oldTable,
      after: newTable,
      type: (column) => driver.createFullType(column),
    });
    const stock = await this.collect(() => super.recreateTable(newTable, oldTable));
    try {
      await this.#atomically(() =>
        this.executeQueries(
          [...up, ...aboutGeneratedColumns(stock.upQueries, dataSource)],
          // TypeORM collects them in the order of the others and reverses them at the end.
          [...down.reverse(), ...aboutGeneratedColumns(stock.downQueries, dataSource)],
        ),
      );
      this.schemaChanged(withTable(rows, table));
    } catch (error) {
      this.loadedTables = [];
      throw error;
    }
  }

  /** Runs `work` in a transaction, unless there is one. */
  async #atomically(work: () => Promise<void>): Promise<void> {
    if (this.isTransactionActive || this.#hasBegun || this.sqlMemoryMode) return work();
    await this.startTransaction();
    try {
      await work();
      await this.commitTransaction();
    } catch (error) {
      await this.rollbackTransaction();
      throw error;
    }
  }

  /** Runs `work` and returns the schema changes that it asks for, which are not made. */
  async collect(work: () => Promise<void>): Promise<SqlInMemory> {
    const { sqlInMemory, sqlMemoryMode } = this;
    const isNested = this.#collecting;
    this.sqlInMemory = new SqlInMemory();
    this.sqlMemoryMode = true;
    this.#collecting = true;
    try {
      await work();
      return this.sqlInMemory;
    } finally {
      this.sqlInMemory = sqlInMemory;
      this.sqlMemoryMode = sqlMemoryMode;
      this.#collecting = isNested;
    }
  }

  protected override async loadTableRecords(
    tablePath: string,
    tableOrIndex: 'table' | 'index',
  ): Promise<unknown> {
    const key = tableOrIndex === 'table' ? 'name' : 'tbl_name';
    return this.query(
      `SELECT NULL AS "database", * FROM "sqlite_master" WHERE "type" = ? AND "${key}" = ?`,
      [tableOrIndex, tablePath],
    );
  }

  protected override async loadPragmaRecords(tablePath: string, pragma: string): Promise<unknown> {
    return this.query(`PRAGMA ${pragma}(${this.driver.escape(tablePath)})`);
  }

  /** Runs `work` with TypeORM's logging and events for a statement. */
  async #logged<T extends StatementResult | undefined>(
    sql: string,
    work: () => Promise<T>,
    parameters: unknown[] = [],
  ): Promise<T> {
    const { logger, options } = dataSourceOf(this);
    logger.logQuery(sql, parameters, this);
    await this.broadcaster.broadcast('BeforeQuery', sql, parameters);
    const events = new BroadcasterResult();
    const start = Date.now();
    try {
      const result = await work();
      const milliseconds = Date.now() - start;
      const slow = options.maxQueryExecutionTime;
      if (slow && milliseconds > slow) logger.logQuerySlow(milliseconds, sql, parameters, this);
      this.broadcaster.broadcastAfterQueryEvent(
        events,
        sql,
        parameters,
        true,
        milliseconds,
        result?.rows,
        undefined,
      );
      return result;
    } catch (cause) {
      logger.logQueryError(cause as Error, sql, parameters, this);
      this.broadcaster.broadcastAfterQueryEvent(
        events,
        sql,
        parameters,
        false,
        undefined,
        undefined,
        cause,
      );
      if (cause instanceof BillingError || cause instanceof QueryFailedError) throw cause;
      throw new QueryFailedError(sql, parameters, cause as Error);
    } finally {
      await events.wait();
    }
  }
}

/** The result of a statement that returns nothing. */
const none = (): undefined => undefined;
