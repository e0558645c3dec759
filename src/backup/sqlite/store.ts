import type { QueryRunner } from 'typeorm';
import { quote } from '../../driver/sql/quote';
import type { BillingKinds, NamedTable } from '../billing-columns';
import { assertCount } from '../refusals';
import type { Expected, LiveColumn, LiveKey, Missing, RestoredTable, Stage, Store } from '../store';
import { columnsOf, countOf, keysOf, listOf } from './catalog';
import { load } from './load';
import { readPages } from './read';
import {
  copiedSnapshot,
  dropLeftovers,
  failing,
  fileSnapshot,
  isBatch,
  newPrefix,
} from './snapshot';

/** What `missing` lists. */
const LISTED = 20;

/** A file, or D1. */
export const sqliteStore: Store = {
  snapshot: (dataSource, ...rest) =>
    (isBatch(dataSource) ? copiedSnapshot : fileSnapshot)(dataSource, ...rest),

  async stage(dataSource, _tables, kinds) {
    const queryRunner = dataSource.createQueryRunner();
    try {
      if (isBatch(dataSource)) {
        await dropLeftovers(queryRunner);
        return new D1Stage(queryRunner, kinds, newPrefix());
      }
      // Takes the only write lock.
      await queryRunner.startTransaction();
      return new FileStage(queryRunner, kinds, 'billing_restore_');
    } catch (error) {
      await queryRunner.release();
      throw error;
    }
  },
};

abstract class SqliteStage implements Stage {
  protected tables: readonly RestoredTable[] = [];

  constructor(
    protected readonly queryRunner: QueryRunner,
    private readonly kinds: BillingKinds,
    private readonly prefix: string,
  ) {}

  protected abstract readonly create: string;
  protected abstract readonly schema: string;

  columns(table: NamedTable): Promise<readonly LiveColumn[]> {
    return columnsOf(this.queryRunner, this.kinds, table);
  }

  keys(table: NamedTable): Promise<LiveKey[]> {
    return keysOf(this.queryRunner, table);
  }

  count({ table }: NamedTable): Promise<number> {
    return countOf(this.queryRunner, quote(table));
  }

  async prepare(tables: readonly RestoredTable[]): Promise<void> {
    this.tables = tables;
    for (const { name, table, live } of tables) {
      await this.queryRunner.query(
        `${this.create} ${quote(this.prefix + name)} AS SELECT ${listOf(live)} FROM ${quote(table)} WHERE 0`,
      );
    }
  }

  load(table: RestoredTable, lines: Buffer): Promise<void> {
    return load(this.queryRunner, this.staged(table), table, lines);
  }

  async loaded(table: RestoredTable): Promise<void> {
    // What a self-reference and the children look their parents up by.
    const [key] = this.tables
      .flatMap(({ keys }) => keys)
      .filter(({ parent }) => parent.table === table.table);
    if (key === undefined) return;
    const index = quote(`${this.prefix}key_${table.name}`);
    await this.queryRunner.query(
      `CREATE INDEX ${this.schema}${index} ON ${quote(this.prefix + table.name)} (${key.parentColumns.map(quote).join(', ')})`,
    );
  }

  async missing(table: RestoredTable, key: LiveKey): Promise<Missing> {
    const [column = ''] = key.columns;
    const rows = (await this.queryRunner.query(
      `SELECT CAST(s.${quote(column)} AS TEXT) AS "value", count(*) AS "rows", sum(count(*)) OVER () AS "all" ` +
        `FROM ${this.staged(table)} s WHERE ${this.#isMissing(key)} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${LISTED}`,
    )) as { value: string; all: number }[];
    return { rows: rows[0]?.all ?? 0, values: rows.map(({ value }) => value) };
  }

  missingRows(table: RestoredTable, key: LiveKey): ReturnType<Stage['missingRows']> {
    return readPages(this.queryRunner, this.staged(table), table.live, this.#isMissing(key));
  }

  async leaveOut(table: RestoredTable, key: LiveKey): Promise<void> {
    const staged = this.staged(table);
    // The condition is about `s`, and an UPDATE of SQLite's may have that name too.
    const nulls = key.columns.map((column) => `${quote(column)} = NULL`).join(', ');
    await this.queryRunner.query(
      key.setsNull
        ? `UPDATE ${staged} AS s SET ${nulls} WHERE ${this.#isMissing(key)}`
        : `DELETE FROM ${staged} AS s WHERE ${this.#isMissing(key)}`,
    );
  }

  abstract finish(tables: readonly RestoredTable[], expected: Expected): Promise<void>;
  abstract end(): Promise<void>;

  protected staged({ name }: NamedTable): string {
    return this.schema + quote(this.prefix + name);
  }

  protected move(table: RestoredTable): Promise<unknown> {
    const list = listOf(table.live);
    return this.queryRunner.query(
      `INSERT INTO ${quote(table.table)} (${list}) SELECT ${list} FROM ${this.staged(table)} ORDER BY rowid`,
    );
  }

  #isMissing({ columns, parent, parentColumns }: LiveKey): string {
    const restored = this.tables.find(
      ({ table }) => table.toLowerCase() === parent.table.toLowerCase(),
    );
    const there = restored === undefined ? quote(parent.table) : this.staged(restored);
    const isGiven = columns.map((column) => `s.${quote(column)} IS NOT NULL`);
    const same = columns.map(
      (column, index) => `p.${quote(parentColumns[index] ?? '')} = s.${quote(column)}`,
    );
    return `${isGiven.join(' AND ')} AND NOT EXISTS (SELECT 1 FROM ${there} p WHERE ${same.join(' AND ')})`;
  }
}

/** One transaction, with temporary tables. */
class FileStage extends SqliteStage {
  protected override readonly create = 'CREATE TEMP TABLE';

  protected override readonly schema = 'temp.';

  override async finish(tables: readonly RestoredTable[], expected: Expected): Promise<void> {
    for (const table of tables) {
      await this.move(table);
      assertCount(table, await this.count(table), expected);
      // The only connection to a database in memory is not closed.
      await this.queryRunner.query(`DROP TABLE ${this.staged(table)}`);
    }
    await this.queryRunner.commitTransaction();
  }

  override async end(): Promise<void> {
    if (this.queryRunner.isTransactionActive) {
      await this.queryRunner.rollbackTransaction().catch(() => undefined);
    }
    await this.queryRunner.release();
  }
}

/** Tables of its own, from which one batch moves the rows. */
class D1Stage extends SqliteStage {
  protected override readonly create = 'CREATE TABLE';
  protected override readonly schema = '';
  #isDone = false;

  override async finish(tables: readonly RestoredTable[], expected: Expected): Promise<void> {
    const { queryRunner } = this;
    await queryRunner.startTransaction();
    for (const table of tables) {
      const path = quote(table.table);
      const [column] = table.live;
      const refuse = (message: string, where: string): Promise<unknown> =>
        queryRunner.query(failing(path, column?.name ?? '', message, where));
      await refuse(
        `Rows were written to ${table.table} meanwhile. Nothing was restored`,
        `EXISTS (SELECT 1 FROM ${path})`,
      );
      await this.move(table);
      const rows = expected.get(table.name) ?? 0;
      await refuse(
        `${table.table} has another number of rows than the backup. Nothing was restored`,
        `(SELECT count(*) FROM ${path}) <> ${rows}`,
      );
    }
    for (const table of tables) await queryRunner.query(`DROP TABLE ${this.staged(table)}`);
    await queryRunner.commitTransaction();
    this.#isDone = true;
  }

  override async end(): Promise<void> {
    const { queryRunner } = this;
    if (queryRunner.isTransactionActive) await queryRunner.rollbackTransaction();
    if (!this.#isDone) {
      for (const table of this.tables) {
        await queryRunner
          .query(`DROP TABLE IF EXISTS ${this.staged(table)}`)
          .catch(() => undefined);
      }
    }
    await queryRunner.release();
  }
}
