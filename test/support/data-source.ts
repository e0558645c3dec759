import type { DataSource } from 'typeorm';
import { tenantBilling, userBilling } from '../../src/billing';
import { createDataSource } from '../../src/data-sources/shared';
import { D1DataSource } from '../../src/data-sources/d1';
import type { WithHostTables } from '../../src/migrator/stand-ins';
import { type Environment, readSettings, type Settings } from '../../src/data-sources/settings';
import type { D1Binding } from '../../src/driver/d1/binding';
import type { TestDatabase } from './engines';

/**
 * The shared DataSource on a test's own database, initialised: both families, host tables expected,
 * nothing migrated. `environment` overrides what it is built from (`BILLING_FAMILIES`, …). The
 * caller destroys it.
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
