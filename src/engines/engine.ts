import type { DataSource, EntityMetadata, QueryRunner } from 'typeorm';
import type { ExtraPart } from '../driver/schema/extras';
import type { BillingError } from '../errors';
import type { HostKeyType } from '../host/bindings';
import type { Family } from '../host/families';
import type { EngineName } from './engine-name';
import type { Examination, Expected, Unchecked } from './examination';
import type { Refusal } from './refusal';
import type { Scripts } from './scripts';
import type { RdbmsSchemaBuilder } from './typeorm';

export type { EngineName, Unchecked };

/**
 * What the host added to a billing table: a column, the default of a column that has none, an index, a
 * trigger, or a constraint, which is a CHECK, a UNIQUE, a foreign key or, on Postgres, an exclusion.
 */
export type HostPart = ExtraPart;

/** How live tables compare with the entities. */
export interface Comparison {
  /** The statements that fix the differences, in the order to run them; empty if there are none. */
  readonly differences: readonly string[];
  /** What the host added. It is not a difference, and is never lost. */
  readonly hosts: readonly HostPart[];
  /** What could not be compared. Unless it is empty, `differences` may not be all. */
  readonly unchecked: readonly Unchecked[];
}

/** A column as the database itself describes it. */
export interface ColumnSummary {
  readonly name: string;
  /** Lower-case name of the type, as the engine writes it. */
  readonly type: string;
  /** Whether a foreign key can reference it: a primary key or a unique column. */
  readonly isKey: boolean;
}

/** A table of the database. */
export interface TableName {
  /** On Postgres, of a table that the search_path does not find. */
  readonly schema?: string | undefined;
  /** The schema that it is in, on Postgres. */
  readonly place?: string | undefined;
  readonly table: string;
}

/** The primary key of a table, where it is one column. */
export interface TableKey extends TableName {
  readonly column: string;
  /** Lower-case name of the type, as the engine writes it. */
  readonly type: string;
}

/** What migrations need of a database. */
export interface Needs {
  /** Columns of host tables that their foreign keys reference. */
  readonly references: readonly (TableName & { readonly column: string })[];
  /** The schemas in which they make tables; undefined: the first of the search_path. */
  readonly schemas: readonly (string | undefined)[];
  /** TypeORM's table of applied migrations. */
  readonly migrationsTable: string;
}

/** How a database is opened from `DATABASE_URL`: in Node only. */
export interface Opening {
  /** The forms of the URL, as an error lists them. */
  readonly forms: readonly string[];
  /** The part of the URL that says where the database is; undefined for a URL of another form. */
  read(url: string): string | undefined;
  /** The engine's part of a DataSource's options, for what {@link read} returned. */
  options(place: string): object;
  /** Whether a database is there, where opening it would make it. Default: it is. */
  isThere?(place: string): boolean;
}

/**
 * All that differs between databases: one row of the registry. A member whose docblock names a default
 * may be left out of a row, which then takes it from {@link DEFAULTS}; each row gives all others.
 */
export interface Engine {
  readonly name: EngineName;

  /** The SQL it speaks, which says which migrations and which stand-ins it takes. */
  readonly dialect: 'postgres' | 'sqlite';

  /** What a program on this database imports this package by. Default: `typeorm-billing`. */
  readonly frontDoor: string;

  /** Whether tables are in schemas. Default: false. */
  readonly hasSchemas: boolean;

  /** Whether a DataSource is on this database. */
  owns(dataSource: DataSource): boolean;

  /** Default: none, in a Worker, where a binding is passed in. */
  readonly opening: Opening | undefined;

  /**
   * What makes a migration and its record atomic: a `transaction`, which can read what it wrote, or a
   * `batch` of statements, which is sent as a whole and without a lock. Default: `transaction`.
   */
  readonly atomicity: 'transaction' | 'batch';

  /**
   * Takes the lock of this database's migrations until the transaction on `queryRunner` ends, if no other
   * process has it. Never waits. Default: taken, where each transaction has the database's only write
   * lock from its start.
   */
  tryLock(queryRunner: QueryRunner): Promise<boolean>;

  /** Whether one connection can hold that lock while another one migrates. Default: false. */
  readonly locksApart: boolean;

  /**
   * Takes that lock for the session of `queryRunner`, for work without a transaction where the
   * DataSource has one connection only. Default: taken at once, where it has more.
   *
   * @returns what releases it; undefined if another process has it
   * @throws BillingError `CONFIGURATION_INVALID` where the session is not the connection's own
   */
  tryLockSession(queryRunner: QueryRunner): Promise<(() => Promise<void>) | undefined>;

  /** Who holds that lock, in words. Default: not known. */
  lockHolder(queryRunner: QueryRunner): Promise<string | undefined>;

  /** Who holds a lock on one of the tables, in words. Default: not known. */
  tableHolders(queryRunner: QueryRunner, tables: readonly string[]): Promise<string | undefined>;

  /** Whether the DataSource has one connection, so that a second would wait for ever. Default: false. */
  hasOneConnection(dataSource: DataSource): boolean;

  /**
   * The isolation level in which a transaction sees what others committed while it waited for the
   * lock. Default: the database's own.
   */
  readonly migrationIsolation: 'READ COMMITTED' | undefined;

  /** Whether an error only says that another process holds the database for now. Default: false. */
  isBusy(error: unknown): boolean;

  /**
   * Whether an error says that a migration gave up its wait for a table's lock, or was chosen to end a
   * deadlock. Its transaction can be run again. Default: false.
   */
  isTableBusy(error: unknown): boolean;

  /** A column's name as {@link describe} gives it. Default: the name itself. */
  fold(name: string): string;

  /**
   * The columns of those of the tables and views that are there, by lower-case name. One statement.
   *
   * @param schema where they are; not given, where the search_path finds them. On Postgres only
   */
  describe(
    queryRunner: QueryRunner,
    tables: readonly string[],
    schema?: string,
  ): Promise<ReadonlyMap<string, readonly ColumnSummary[]>>;

  /**
   * Refuses a table that is there and that the user may not see, where the database then hides it.
   * Default: nothing.
   */
  assertSeen(queryRunner: QueryRunner, table: string): Promise<void>;

  /**
   * What of the database itself keeps migrations from being run: its version, that it takes no writes, a right
   * that the user lacks. Nothing is changed. Default: none.
   */
  obstacles(queryRunner: QueryRunner, needs: Needs): Promise<readonly BillingError[]>;

  /** All tables outside the database's own schemas. */
  tables(queryRunner: QueryRunner): Promise<readonly TableName[]>;

  /** All of them that have a key of one column, with that key. */
  keys(queryRunner: QueryRunner): Promise<readonly TableKey[]>;

  /** Whether a column of `actual` type can be referenced by one of Postgres' type `wanted`. */
  accepts(wanted: HostKeyType, actual: string): boolean;

  /**
   * How many rows have a foreign key that points to no row, by key. Default: none, where the database
   * never lets it happen.
   */
  danglingKeys(queryRunner: QueryRunner): Promise<ReadonlyMap<string, number>>;

  /** The statements that create the stand-ins for a host's tables, unless they are there. */
  readonly standIns: Readonly<Record<Family, readonly string[]>>;

  /** Finds what differs between the entities and the database. */
  schemaBuilder(dataSource: DataSource): RdbmsSchemaBuilder;

  /** The same for the tables of some entities alone. Nothing that the entities don't name is dropped or lost. */
  compare(dataSource: DataSource, entities: ReadonlySet<EntityMetadata>): Promise<Comparison>;

  /** Finds what differs between the live tables and those that the applied migrations make. */
  examine(expected: Expected): Promise<Examination>;

  /** What is sent first in a transaction that tries statements, so that it holds nobody up. Default: nothing. */
  readonly trialSettings: readonly string[];

  /** What a driver's error says about a refused row; undefined if it is another error. */
  readRefusal(error: object, query: string | undefined): Refusal | undefined;

  /** How migrations are written as SQL files. Default: not at all. */
  readonly scripts: ((tables: ScriptTables) => Scripts) | undefined;

  /**
   * Where there is no lock: makes the transaction fail as a whole if another process has recorded the
   * migration, or removed its record, in the meantime. Default: nothing.
   */
  guardRecord(
    queryRunner: QueryRunner,
    migrationsTable: string,
    migration: string,
    record: 'absent' | 'present',
  ): Promise<void>;

  /**
   * Records an applied migration with another tool that applies the same migrations. Default: nothing.
   */
  recordElsewhere(queryRunner: QueryRunner, migration: string): Promise<void>;

  /** Removes that record when the migration is reverted. Default: nothing. */
  forgetElsewhere(queryRunner: QueryRunner, migration: string): Promise<void>;
}

/** The tables that record which migrations are applied. */
export interface ScriptTables {
  /** TypeORM's. */
  readonly migrations: string;
  /** wrangler's; `d1_migrations` if not given. */
  readonly wrangler?: string;
}

const nothing = (): Promise<void> => Promise.resolve();

export const DEFAULTS = {
  frontDoor: 'typeorm-billing',
  opening: undefined,
  hasSchemas: false,
  atomicity: 'transaction',
  tryLock: () => Promise.resolve(true),
  locksApart: false,
  tryLockSession: () => Promise.resolve(nothing),
  lockHolder: () => Promise.resolve(undefined),
  tableHolders: () => Promise.resolve(undefined),
  hasOneConnection: () => false,
  migrationIsolation: undefined,
  isBusy: () => false,
  isTableBusy: () => false,
  fold: (name: string) => name,
  danglingKeys: () => Promise.resolve(new Map<string, number>()),
  trialSettings: [],
  assertSeen: nothing,
  obstacles: () => Promise.resolve([]),
  scripts: undefined,
  guardRecord: nothing,
  recordElsewhere: nothing,
  forgetElsewhere: nothing,
} satisfies Partial<Engine>;
