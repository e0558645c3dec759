import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { tenantBilling, userBilling } from './billing';
import { PostgresSchemaBuilder } from './engines/postgres/schema-builder';
import type { WithHostTables } from './migrator/migrate';
import { withSafeMigrations } from './migrator/safe-migrations';
import type { Settings } from './settings';
import { SqliteDataSource } from './sqlite-data-source';

class PostgresDataSource extends withSafeMigrations(DataSource) {}

const FAMILIES = { tenant: tenantBilling, user: userBilling };

/** The DataSource that the settings describe, not yet initialised. */
export function createDataSource({ database, families, hostTables }: Settings): DataSource {
  const chosen = families.map((family) => FAMILIES[family]);
  const entities = chosen.flatMap((family) => family.entities);
  if (database.engine === 'sqlite') {
    const dataSource = new SqliteDataSource({
      database: database.file,
      entities,
      migrations: chosen.flatMap(({ migrations }) => migrations.sqlite),
    });
    return Object.assign(dataSource, { hostTables } satisfies WithHostTables);
  }
  const dataSource = new PostgresDataSource({
    type: 'postgres',
    url: database.url,
    applicationName: 'typeorm-billing',
    // gen_random_uuid() is built in; connecting must not install an extension.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    entities,
    migrations: chosen.flatMap(({ migrations }) => migrations.postgres),
  });
  // TypeORM's own builder would not see a changed CHECK or index predicate.
  dataSource.driver.createSchemaBuilder = () => new PostgresSchemaBuilder(dataSource);
  return Object.assign(dataSource, { hostTables } satisfies WithHostTables);
}
