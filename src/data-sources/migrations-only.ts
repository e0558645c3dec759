import { DataSource } from 'typeorm';
import { D1BindingDataSource } from '../driver/d1/data-source';
import { SqliteFileDataSource } from '../driver/file/data-source';
import { FAMILY_MIGRATIONS } from '../migrations/families';
import { buildDataSource } from './build';
import type { Settings } from './settings';

/**
 * The DataSource that the settings describe, not yet initialised, and without its entities. It is
 * enough for `migrate()` and `revert()`, as migrations are plain SQL, and starts sooner. Its own
 * `runMigrations()` is TypeORM's, without a lock: the commands call `migrate()`.
 */
export function createMigrationDataSource(settings: Settings): DataSource {
  return buildDataSource(
    settings,
    {
      entities: [],
      subscribers: [],
      migrations: settings.families.map((family) => FAMILY_MIGRATIONS[family]),
    },
    { postgres: DataSource, sqlite: SqliteFileDataSource, d1: D1BindingDataSource },
  );
}
