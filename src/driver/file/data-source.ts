import type { DataSourceOptions } from 'typeorm';
import type { BaseDataSourceOptions } from '../typeorm';
import { SqliteFamilyDriver } from '../driver';
import { SqliteFamilyDataSource } from '../queries/query-builder';
import { SqliteFile } from './database';

/** Options of a SQLite DataSource: TypeORM's own, without `type`, and these. */
export interface SqliteDataSourceOptions extends Omit<BaseDataSourceOptions, 'type'> {
  /** Path of the file, made with its folder if it is not there, or `:memory:`. */
  readonly database: string;
  /** Milliseconds to wait for another transaction or connection; 5000 if not given. */
  readonly busyTimeout?: number;
}

/** A TypeORM DataSource on a SQLite file, through the package `sqlite3`. */
export class SqliteFileDataSource extends SqliteFamilyDataSource {
  constructor(options: SqliteDataSourceOptions) {
    const { busyTimeout = 5000, ...rest } = options;
    // TypeORM knows no type for this driver; capacitor's stands for "SQLite, asynchronous", loads
    // no package, and is there in TypeORM's browser build too.
    super({ ...rest, type: 'capacitor', driver: undefined } as unknown as DataSourceOptions);
    this.driver = new SqliteFamilyDriver(this, new SqliteFile(options.database, busyTimeout));
  }
}
