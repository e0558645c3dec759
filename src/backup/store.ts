import type { DataSource, QueryRunner } from 'typeorm';
import type { BillingKinds, NamedTable } from './billing-columns';
import type { BackupColumn } from './manifest';

/** A column of a live table. One that the database computes is left out. */
export interface LiveColumn extends BackupColumn {
  /** Whether a row can do without a value for it. */
  readonly isOptional: boolean;
}

/** A foreign key of a live table. */
export interface LiveKey {
  readonly columns: readonly string[];
  readonly parent: { readonly schema: string | undefined; readonly table: string };
  readonly parentColumns: readonly string[];
  /** Whether the database sets it to NULL when the row it refers to is deleted. */
  readonly setsNull: boolean;
}

/** Some rows of a table: lines of JSON, each of which ends in a newline. */
export interface Page {
  /** Bytes that the next page may use again. */
  readonly data: Buffer;
  readonly rows: number;
}

/** Reads rows as they are at one moment. */
export interface Snapshot {
  columns(table: NamedTable): Promise<readonly LiveColumn[]>;
  keys(table: NamedTable): Promise<readonly LiveKey[]>;
  count(table: NamedTable): Promise<number>;
  pages(table: NamedTable, columns: readonly LiveColumn[]): AsyncIterable<Page>;
  /**
   * Called once all is read and safe: where the tables could not be locked, makes the transaction that
   * the snapshot is within fail if they have changed. Not given where they are locked.
   */
  handOver?(): Promise<void>;
  /** Ends it; after an error too. */
  end(): Promise<void>;
}

/** A table whose rows are put back. */
export interface RestoredTable extends NamedTable {
  /** Those in the backup, as they are there. */
  readonly columns: readonly BackupColumn[];
  /** The same columns of the live table, in the same order. */
  readonly live: readonly LiveColumn[];
  readonly keys: readonly LiveKey[];
}

/** Rows whose key refers to a row that is gone. */
export interface Missing {
  readonly rows: number;
  /** Some of the values. */
  readonly values: readonly string[];
}

/**
 * Puts rows back in two steps: first into tables of its own, where they can be looked at, and from there
 * into the live ones, all or none.
 */
export interface Stage {
  columns(table: NamedTable): Promise<readonly LiveColumn[]>;
  keys(table: NamedTable): Promise<readonly LiveKey[]>;
  count(table: NamedTable): Promise<number>;
  /** Makes a table of its own for each. */
  prepare(tables: readonly RestoredTable[]): Promise<void>;
  /** @param lines the bytes of some whole lines */
  load(table: RestoredTable, lines: Buffer): Promise<void>;
  /** Called once for a table, after its last line. */
  loaded(table: RestoredTable): Promise<void>;
  missing(table: RestoredTable, key: LiveKey): Promise<Missing>;
  /** The loaded rows that have such a key. */
  missingRows(table: RestoredTable, key: LiveKey): AsyncIterable<Page>;
  /** Leaves these rows out or, if the key sets NULL, these keys. */
  leaveOut(table: RestoredTable, key: LiveKey): Promise<void>;
  /**
   * Moves all rows into the live tables, in this order, and commits.
   *
   * @param expected how many each then has; if one has another number, nothing is committed
   */
  finish(tables: readonly RestoredTable[], expected: Expected): Promise<void>;
  /** Ends it, and takes back what is not committed. */
  end(): Promise<void>;
}

/** Rows, by a table's name in the backup. */
export type Expected = ReadonlyMap<string, number>;

/** What differs between the databases. */
export interface Store {
  /**
   * @param within a transaction to read in; the tables are then locked until it ends. Without, the
   *   snapshot has a transaction of its own
   */
  snapshot(
    dataSource: DataSource,
    tables: readonly NamedTable[],
    kinds: BillingKinds,
    within?: QueryRunner,
  ): Promise<Snapshot>;

  /** Locks the tables against other writers, where there is a lock. */
  stage(dataSource: DataSource, tables: readonly NamedTable[], kinds: BillingKinds): Promise<Stage>;
}

/** Each column as it is in the backup, and as it is in the table. */
export const pairs = <Live extends LiveColumn>({
  columns,
  live,
}: {
  readonly columns: readonly BackupColumn[];
  readonly live: readonly Live[];
}): readonly (readonly [BackupColumn, Live])[] =>
  live.flatMap((target, index) => {
    const column = columns[index];
    return column === undefined ? [] : [[column, target] as const];
  });
