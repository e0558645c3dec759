import type { DataSourceOptions } from 'typeorm';
import type { BaseDataSourceOptions } from '../typeorm';
import { SqliteFamilyDriver } from '../driver';
import { SqliteFamilyDataSource } from '../queries/query-builder';
import { SqliteFile } from './database';

/** Options of a SQLite DataSource: TypeORM's options without `type`, and two more. */
export interface SqliteDataSourceOptions extends Omit<BaseDataSourceOptions, 'type'> {
  /** Path of the file, or `:memory:`. A missing file is created, with its folder. */
  readonly database: string;
  /** Milliseconds to wait for another transaction or for a connection. Default: 5000. */
  readonly busyTimeout?: number;
}

/** A TypeORM DataSource on a SQLite file, through the package `sqlite3`. */
export class SqliteFileDataSource extends SqliteFamilyDataSource {
  constructor(options: SqliteDataSourceOptions) {
    const { busyTimeout = 5000, ...rest } = options;
    // TypeORM has no type for this driver. `capacitor` means an asynchronous SQLite, loads no
    // package and is part of TypeORM's browser build too.
    super({ ...rest, type: 'capacitor', driver: undefined } as unknown as DataSourceOptions);
    this.driver = new SqliteFamilyDriver(this, new SqliteFile(options.database, busyTimeout));
  }
}
