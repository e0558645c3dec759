import 'reflect-metadata';
import { DataSource } from 'typeorm';
import type { BaseDataSourceOptions } from 'typeorm/data-source/BaseDataSourceOptions.js';
import { D1BindingDataSource } from '../driver/d1/data-source';
import { openLocalBinding } from '../engines/d1/local-binding';
import { PostgresSchemaBuilder } from '../engines/postgres/schema-builder';
import { SqliteFileDataSource } from '../driver/file/data-source';
import type { FamilyMigrations } from '../migrations/families';
import type { WithHostTables } from '../migrator/migrate';
import { withSafeMigrations } from '../migrator/safe-migrations';
import type { Settings } from './settings';

class PostgresDataSource extends withSafeMigrations(DataSource) {}
class D1DataSource extends withSafeMigrations(D1BindingDataSource) {}
class SqliteDataSource extends withSafeMigrations(SqliteFileDataSource) {}

/** What a DataSource is to hold. */
export interface Contents extends Required<
  Pick<BaseDataSourceOptions, 'entities' | 'subscribers'>
> {
  readonly migrations: readonly FamilyMigrations[];
}

/** A DataSource on the database that the settings name, not yet initialised. */
export function buildDataSource(
  { database, hostTables, migrationsTable }: Settings,
  { migrations, ...contents }: Contents,
): DataSource {
  const host: WithHostTables = { hostTables };
  if (database.engine === 'd1') {
    const dataSource = new D1DataSource({
      ...contents,
      database: () => openLocalBinding(database.binding),
      migrationsTableName: migrationsTable,
      migrations: migrations.flatMap(({ sqlite }) => sqlite),
    });
    return Object.assign(dataSource, host);
  }
  if (database.engine === 'sqlite') {
    const dataSource = new SqliteDataSource({
      ...contents,
      database: database.file,
      migrationsTableName: migrationsTable,
      migrations: migrations.flatMap(({ sqlite }) => sqlite),
    });
    return Object.assign(dataSource, host);
  }
  const dataSource = new PostgresDataSource({
    ...contents,
    type: 'postgres',
    url: database.url,
    migrationsTableName: migrationsTable,
    applicationName: 'typeorm-billing',
    // gen_random_uuid() is built in; connecting must not install an extension.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    migrations: migrations.flatMap(({ postgres }) => postgres),
  });
  // TypeORM's own builder would not see a changed CHECK or index predicate.
  dataSource.driver.createSchemaBuilder = () => new PostgresSchemaBuilder(dataSource);
  return Object.assign(dataSource, host);
}
