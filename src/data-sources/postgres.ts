import { DataSource, type DataSourceOptions } from 'typeorm';
import { postgresEngine } from '../engines/postgres/engine';
import { registerEngine } from '../engines/registry';
import { withSafeMigrations } from '../migrator/safe-migrations';

registerEngine(postgresEngine);

/** The shared DataSource on Postgres. */
export class PostgresDataSource extends withSafeMigrations(DataSource) {
  constructor(options: DataSourceOptions) {
    super(options);
    // TypeORM's own builder does not see a changed CHECK or index predicate.
    this.driver.createSchemaBuilder = () => postgresEngine.schemaBuilder(this);
  }
}
