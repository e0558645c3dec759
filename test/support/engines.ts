import { createPostgresDatabase } from './postgres-database';
import { createSqliteDatabase } from './sqlite-database';
import { HOST_ROWS, HOST_SCHEMA } from './host-tables';

export { catalog, catalogOf, rowsOf } from './catalog';
export type { CatalogEntry } from './catalog';
export { HOST_TABLES, TENANT_IDS, USER_IDS } from './host-tables';

export type EngineName = 'postgres' | 'sqlite';

/** A database of one test's own, spoken to by the plain driver: TypeORM is what is under test. */
export interface TestDatabase {
  readonly engine: EngineName;
  /** A value for `DATABASE_URL`: `postgres://…`, or `sqlite:` and an absolute path. */
  readonly url: string;
  /**
   * One statement, as the driver gives its rows. `$1` is a placeholder on both engines; on SQLite
   * a `Date` is bound as UTC text with milliseconds and an object as JSON text.
   */
  sql<Row = Record<string, unknown>>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Several statements, without parameters. */
  exec(text: string): Promise<void>;
  /**
   * Closes the connection. The database is kept until the end of the run: dropping one makes the
   * next CREATE TABLEs of a Postgres server slower.
   */
  close(): Promise<void>;
}

export interface CreateDatabaseOptions {
  /** The host's tables: `none`, `empty` (the default) or with `rows`. */
  readonly host?: 'none' | 'empty' | 'rows';
}

export interface TestEngine {
  readonly name: EngineName;
  readonly createDatabase: (options?: CreateDatabaseOptions) => Promise<TestDatabase>;
}

/** Each engine the library runs on: `describe.each(engines)('T3 on $name', ({ createDatabase }) => …)`. */
export const engines: readonly TestEngine[] = [
  { name: 'postgres', createDatabase: (options) => withHost(createPostgresDatabase(), options) },
  { name: 'sqlite', createDatabase: (options) => withHost(createSqliteDatabase(), options) },
];

async function withHost(
  creation: Promise<TestDatabase>,
  { host = 'empty' }: CreateDatabaseOptions = {},
): Promise<TestDatabase> {
  const database = await creation;
  try {
    if (host !== 'none') await database.exec(HOST_SCHEMA[database.engine]);
    if (host === 'rows') await database.exec(HOST_ROWS);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
