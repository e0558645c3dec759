import type { DataSourceOptions } from 'typeorm';
import { BillingError } from '../../errors';
import type { BaseDataSourceOptions } from '../typeorm';
import { SqliteFamilyDriver } from '../driver';
import { SqliteFamilyDataSource } from '../queries/query-builder';
import { betterSqlite3 } from './better-sqlite3-file';
import { SqliteFile } from './database';

/** Options of a SQLite DataSource: TypeORM's options without `type`, and three more. */
export interface SqliteDataSourceOptions extends Omit<BaseDataSourceOptions, 'type'> {
  /** Path of the file, or `:memory:`. A missing file is created, with its folder. */
  readonly database: string;
  /** Milliseconds to wait for another transaction or for a connection. Default: 5000. */
  readonly busyTimeout?: number;
  /**
   * The package `better-sqlite3`, as `require('better-sqlite3')`, to be used instead of `sqlite3`. Needed
   * where the same process has the file open through it: two copies of SQLite in one process do not see
   * each other's locks, and lose what the other one has written.
   */
  readonly driver?: unknown;
}

/** A TypeORM DataSource on a SQLite file, through the package `sqlite3` or `better-sqlite3`. */
export class SqliteFileDataSource extends SqliteFamilyDataSource {
  constructor(options: SqliteDataSourceOptions) {
    const { busyTimeout = 5000, driver, ...rest } = options;
    assertDatabase(options.database);
    const opens = driver === undefined ? undefined : betterSqlite3(driver);
    // TypeORM has no type for this driver. `capacitor` means an asynchronous SQLite, loads no
    // package and is part of TypeORM's browser build too.
    super({ ...rest, type: 'capacitor', driver: undefined } as unknown as DataSourceOptions);
    this.driver = new SqliteFamilyDriver(
      this,
      new SqliteFile(options.database, busyTimeout, opens),
    );
  }
}

/** It may come from a variable of the environment that is not set. */
function assertDatabase(database: unknown): void {
  if (typeof database === 'string' && database !== '') return;
  throw BillingError.configurationInvalid(
    `The option database of a DataSource on SQLite is ${database === '' ? 'empty' : `of type ${typeof database}`}`,
    'give it the path of a file, or ":memory:"',
  );
}
