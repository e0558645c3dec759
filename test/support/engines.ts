import type { D1Binding } from '../../src/driver/d1/binding';
import { createD1Database } from './d1-database';
import { createPostgresDatabase } from './postgres-database';
import { createSqliteDatabase } from './sqlite-database';
import { closeAfterwards } from './closing';
import { createFromTemplate } from './templates';
import { HOST_ROWS, HOST_SCHEMA } from './host-tables';

export { catalog, catalogOf, rowsOf } from './catalog';
export type { CatalogEntry } from './catalog';
export { HOST_TABLES, TENANT_IDS, USER_IDS } from './host-tables';

/** The SQL that a database speaks, and so which of the migrations it takes. */
export type Dialect = 'postgres' | 'sqlite';

export type EngineName = Dialect | 'd1';

/** A database of one test's own, spoken to by the plain driver: TypeORM is what is under test. */
export interface TestDatabase {
  readonly engine: EngineName;
  readonly dialect: Dialect;
  /**
   * A value for `DATABASE_URL`: `postgres://…`, `sqlite:` and an absolute path, or `d1:DB`, which
   * means this database in the working folder `cwd` only.
   */
  readonly url: string;
  /** The folder that a process has to run in to find the database; on D1 only. */
  readonly cwd?: string;
  /** On D1 only. */
  readonly binding?: D1Binding;
  /**
   * One statement, as the driver gives its rows. `$1` is a placeholder on all engines; on SQLite
   * and D1 a `Date` is bound as UTC text with milliseconds and an object as JSON text.
   */
  sql<Row = Record<string, unknown>>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** A statement without parameters that is run again and again: where it can be, it is compiled once. */
  prepared<Row = Record<string, unknown>>(text: string): () => Promise<Row[]>;
  /** Several statements, without parameters. */
  exec(text: string): Promise<void>;
  /**
   * Closes the connection, which is done without asking when the test ends, or the file of tests for
   * a database that a `beforeAll` made. The database is kept until the end of the run: dropping one
   * makes the next CREATE TABLEs of a Postgres server slower.
   */
  close(): Promise<void>;
}

export interface CreateDatabaseOptions {
  /** The host's tables: `none`, `empty` (the default) or with `rows`. */
  readonly host?: 'none' | 'empty' | 'rows';
  /** Whether it has the billing tables already, empty and as the migrations make them. */
  readonly billing?: boolean;
}

export interface TestEngine<Name extends EngineName = EngineName> {
  readonly name: Name;
  readonly dialect: Dialect;
  /**
   * `interactive`: a transaction reads what it wrote, has inner ones, and may hold all pending
   * migrations. `batch`: D1 has no BEGIN; the writes of a transaction are held and sent together when
   * it commits, reads in it see the state before, and each migration is a batch of its own.
   */
  readonly transactions: 'interactive' | 'batch';
  readonly createDatabase: (options?: CreateDatabaseOptions) => Promise<TestDatabase>;
}

const ALL: readonly TestEngine[] = [
  {
    name: 'postgres',
    dialect: 'postgres',
    transactions: 'interactive',
    createDatabase: (options) => create('postgres', createPostgresDatabase, options),
  },
  {
    name: 'sqlite',
    dialect: 'sqlite',
    transactions: 'interactive',
    createDatabase: (options) => create('sqlite', createSqliteDatabase, options),
  },
  {
    name: 'd1',
    dialect: 'sqlite',
    transactions: 'batch',
    createDatabase: (options) => create('d1', createD1Database, options),
  },
];

const chosen = new Set((process.env.TEST_ENGINES ?? '').split(','));

/**
 * Each engine the library runs on, or those that TEST_ENGINES names:
 * `describe.each(engines)('T3 on $name', ({ createDatabase }) => …)`.
 */
export const engines: readonly TestEngine[] = ALL.filter(({ name }) => chosen.has(name));

/**
 * The engines whose databases a process finds by `DATABASE_URL` in whatever folder it runs. D1 is not
 * among them: there the folder says which database it is. The commands in such a folder have their
 * tests in `test/d1`.
 */
export const enginesByUrl: readonly TestEngine<Dialect>[] = engines.filter(
  (engine): engine is TestEngine<Dialect> => engine.name !== 'd1',
);

/** One engine, for what holds on it alone. A SQLite file needs no server, and can be had always. */
export function engineNamed<Name extends EngineName>(name: Name): TestEngine<Name> {
  return ALL.find((engine): engine is TestEngine<Name> => engine.name === name)!;
}

/** A suite that needs this engine; where TEST_ENGINES leaves it out, the summary lists its tests. */
export function describeOn(engine: EngineName, title: string, body: () => void): void {
  (chosen.has(engine) ? describe : describe.skip)(title, body);
}

async function create(
  name: EngineName,
  createEmpty: () => Promise<TestDatabase>,
  { host = 'empty', billing = false }: CreateDatabaseOptions = {},
): Promise<TestDatabase> {
  const database = await (billing ? createFromTemplate(engineNamed(name), host) : createEmpty());
  closeAfterwards(() => database.close());
  if (billing) return database;
  if (host !== 'none') await database.exec(HOST_SCHEMA[database.dialect]);
  if (host === 'rows') await database.exec(HOST_ROWS);
  return database;
}
