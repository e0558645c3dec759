import type { DataSource } from 'typeorm';
import { buildDataSource } from './build';
import { FAMILY_MIGRATIONS } from '../migrations/families';
import type { Settings } from './settings';

/**
 * The DataSource that the settings describe, not yet initialised, and without its entities: enough
 * to migrate and to revert, as migrations are plain SQL, and quicker to start.
 */
export function createMigrationDataSource(settings: Settings): DataSource {
  return buildDataSource(settings, {
    entities: [],
    subscribers: [],
    migrations: settings.families.map((family) => FAMILY_MIGRATIONS[family]),
  });
}
