import { registerEngine } from '../engines/registry';
import { sqliteEngine } from '../engines/sqlite/engine';
import { SqliteFileDataSource, type SqliteDataSourceOptions } from '../driver/file/data-source';
import { withBillingSubscriber } from '../entities/billing-subscriber';
import { withSafeMigrations } from '../migrator/safe-migrations';

registerEngine(sqliteEngine);

/**
 * A TypeORM DataSource on a SQLite file, through the package `sqlite3`. Repositories, query builders,
 * transactions and migrations work as in any other DataSource.
 *
 * - Values read back as on Postgres: `Date` to the millisecond, `boolean`, parsed JSON.
 * - Each transaction has its own connection and takes the write lock when it begins; foreign keys are
 *   always enforced.
 * - Entities and plain objects are completed and validated before they are written.
 * - `runMigrations()` and `undoLastMigration()` are safe from many processes at once.
 *
 * @example
 * new SqliteDataSource({
 *   database: 'app.sqlite',
 *   entities: tenantBilling.entities,
 *   migrations: tenantBilling.migrations.sqlite,
 * });
 */
export class SqliteDataSource extends withSafeMigrations(SqliteFileDataSource) {
  constructor(options: SqliteDataSourceOptions) {
    super({ ...options, subscribers: withBillingSubscriber(options.subscribers) });
  }
}
