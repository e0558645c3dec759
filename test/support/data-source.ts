import type { DataSource } from 'typeorm';
import { tenantBilling, userBilling } from '../../src/billing';
import { createDataSource } from '../../src/data-sources/shared';
import { D1DataSource } from '../../src/data-sources/d1';
import type { WithHostTables } from '../../src/migrator/stand-ins';
import { type Environment, readSettings, type Settings } from '../../src/data-sources/settings';
import type { D1Binding } from '../../src/driver/d1/binding';
import { closeAfterwards } from './closing';
import type { CreateDatabaseOptions, TestDatabase, TestEngine } from './engines';

/** A new database with the billing tables, and the shared DataSource on it. */
export async function openBilling(
  createDatabase: TestEngine['createDatabase'],
  options: CreateDatabaseOptions = {},
): Promise<{ database: TestDatabase; dataSource: DataSource }> {
  const database = await createDatabase({ ...options, billing: true });
  return { database, dataSource: await openDataSource(database) };
}

/**
 * The shared DataSource on a test's own database, initialised: both families, host tables expected,
 * nothing migrated. `environment` overrides what it is built from (`BILLING_FAMILIES`, …). It is
 * destroyed when the test ends, or the file of tests if a `beforeAll` opened it.
 */
export async function openDataSource(
  database: TestDatabase,
  environment: Environment = {},
): Promise<DataSource> {
  const settings = readSettings({ DATABASE_URL: database.url, ...environment });
  const dataSource =
    database.binding === undefined
      ? createDataSource(settings)
      : onBinding(database.binding, settings);
  return opened(dataSource);
}

/** Initialises a DataSource, and has it destroyed afterwards if the test does not do it itself. */
export function opened<Opened extends DataSource>(dataSource: Opened): Promise<Opened> {
  closeAfterwards(() => (dataSource.isInitialized ? dataSource.destroy() : undefined));
  return dataSource.initialize();
}

/** What a Worker makes of the same settings: the binding is given, not looked for in a folder. */
function onBinding(
  binding: D1Binding,
  { families, hostTables, migrationsTable }: Settings,
): DataSource {
  const all = { tenant: tenantBilling, user: userBilling };
  const chosen = families.map((family) => all[family]);
  const dataSource = new D1DataSource({
    database: binding,
    entities: chosen.flatMap(({ entities }) => entities),
    migrationsTableName: migrationsTable,
    migrations: chosen.flatMap(({ migrations }) => migrations.sqlite),
  });
  const host: WithHostTables = { hostTables };
  return Object.assign(dataSource, host);
}
