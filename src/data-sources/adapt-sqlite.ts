import type { DataSource } from 'typeorm';
import { useFamilyDriver } from '../driver/file/stock';
import { sqliteEngine } from '../engines/sqlite/engine';
import { registerEngine } from '../engines/registry';
import { withBillingSubscriber } from '../entities/billing-subscriber';
import { migrate, type MigrateOptions } from '../migrator/migrate';
import { revert, type RevertOptions } from '../migrator/revert';

registerEngine(sqliteEngine);

const adapted = new WeakSet<DataSource>();

/**
 * Makes TypeORM's own DataSource of type `better-sqlite3` hold billing's entities beside yours. It then
 * works as a `SqliteDataSource` does: each transaction has its own connection to the file, which is in WAL
 * mode, `runMigrations()` and `undoLastMigration()` are safe from many processes at once, and
 * `migration:generate` keeps what you added to billing's tables. `BillingSubscriber` is added. Queries on
 * your own entities stay as TypeORM writes them.
 *
 * Call it between `new DataSource(…)` and `initialize()`.
 *
 * @returns the same DataSource
 * @throws BillingError `CONFIGURATION_INVALID` for a DataSource of another type, for one that is open and
 *   for one with the option `readonly`
 *
 * @example
 * export const dataSource = adaptSqlite(
 *   new DataSource({
 *     type: 'better-sqlite3',
 *     database: 'app.sqlite',
 *     entities: [Organization, ...tenantBilling.entities],
 *     migrations: tenantBilling.migrations.sqlite,
 *   }),
 * );
 */
export function adaptSqlite<Stock extends DataSource>(dataSource: Stock): Stock {
  if (adapted.has(dataSource)) return dataSource;
  useFamilyDriver(dataSource);
  adapted.add(dataSource);
  dataSource.setOptions({ subscribers: withBillingSubscriber(dataSource.options.subscribers) });
  Object.assign(dataSource, {
    runMigrations: (options?: MigrateOptions) => migrate(dataSource, options),
    undoLastMigration: async (options?: RevertOptions) => {
      await revert(dataSource, options);
    },
  });
  return dataSource;
}
