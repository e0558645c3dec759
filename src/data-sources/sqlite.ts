import { registerEngine } from '../engines/registry';
import { sqliteEngine } from '../engines/sqlite/engine';
import { SqliteFileDataSource, type SqliteDataSourceOptions } from '../driver/file/data-source';
import { withBillingSubscriber } from '../entities/billing-subscriber';
import { withSafeMigrations } from '../migrator/safe-migrations';

registerEngine(sqliteEngine);

/**
 * A TypeORM DataSource on a SQLite file, through the package `sqlite3`. In all else it is TypeORM's:
 * repositories, query builders, transactions, migrations.
 *
 * - Values read back as on Postgres: `Date` to the millisecond, `boolean`, parsed JSON.
 * - Each transaction has a connection of its own and takes the write lock when it begins; foreign
 *   keys are always enforced.
 * - Entities and plain objects alike are completed and validated before they are written.
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
