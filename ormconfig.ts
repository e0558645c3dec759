import { dataSource } from './src/data-source';

/**
 * The options of the shared DataSource, for tools that read this file. On SQLite they are for a
 * `SqliteDataSource`: TypeORM 1.x has no driver of its own for the package `sqlite3`.
 */
export default dataSource.options;
