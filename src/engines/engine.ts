import type { DataSource, QueryRunner } from 'typeorm';
import type { RdbmsSchemaBuilder } from 'typeorm/schema-builder/RdbmsSchemaBuilder.js';

/** A column as the database itself describes it. */
export interface ColumnSummary {
  readonly name: string;
  /** Lower-case name of the type, as the engine writes it. */
  readonly type: string;
  /** Whether a foreign key can reference it: a primary key or a unique column. */
  readonly isKey: boolean;
}

/** Everything that differs between databases, and nothing that does not. */
export interface Engine {
  readonly name: 'postgres' | 'sqlite' | 'd1';

  /**
   * What a migration and the record of it are made atomic by: a `transaction` that can read what it
   * wrote, or a `batch` of statements that is sent as a whole, without a lock around it.
   */
  readonly atomicity: 'transaction' | 'batch';

  /**
   * Waits until no other process is migrating this database, and keeps others waiting until the
   * transaction that is open on `queryRunner` ends.
   */
  lock(queryRunner: QueryRunner): Promise<void>;

  /** In which a transaction sees what others committed while it waited for the lock. */
  readonly migrationIsolation: 'READ COMMITTED' | undefined;

  /** Whether an error only says that another process holds the database for now. */
  readonly isBusy: (error: unknown) => boolean;

  /** Whether one connection can hold that lock while another one migrates. */
  readonly locksApart: boolean;

  /** The columns of those of the tables and views that are there, by lower-case name. One statement. */
  describe(
    queryRunner: QueryRunner,
    tables: readonly string[],
  ): Promise<ReadonlyMap<string, readonly ColumnSummary[]>>;

  /** Whether a column of `actual` type can be referenced by one of Postgres' type `wanted`. */
  accepts(wanted: string, actual: string): boolean;

  /** How many rows have a foreign key that points nowhere, by key; empty where the engine prevents them. */
  danglingKeys(queryRunner: QueryRunner): Promise<ReadonlyMap<string, number>>;

  /** Makes those of the stand-in host tables that are not there. */
  createHostTables(queryRunner: QueryRunner): Promise<void>;

  /**
   * Where there is no lock: adds to the transaction what makes it fail as a whole if another process
   * has meanwhile recorded the migration, or taken its record back.
   */
  guardRecord?(
    queryRunner: QueryRunner,
    migrationsTable: string,
    migration: string,
    record: 'absent' | 'present',
  ): Promise<void>;

  /** Tells another tool that keeps account of the same migrations that one was applied. */
  recordElsewhere?(queryRunner: QueryRunner, migration: string): Promise<void>;

  /** Tells it that the migration was reverted. */
  forgetElsewhere?(queryRunner: QueryRunner, migration: string): Promise<void>;

  /** Finds what differs between the entities and the database. */
  schemaBuilder(dataSource: DataSource): RdbmsSchemaBuilder;
}

/** Gathers the rows of a catalog query, which are in the order of the columns, by table. */
export function byTable(
  rows: readonly (ColumnSummary & { readonly table: string })[],
): ReadonlyMap<string, readonly ColumnSummary[]> {
  const tables = new Map<string, ColumnSummary[]>();
  for (const { table, ...column } of rows) {
    const name = table.toLowerCase();
    tables.set(name, [...(tables.get(name) ?? []), column]);
  }
  return tables;
}
