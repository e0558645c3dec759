import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/create-data-source';
import { type Environment, readSettings } from '../../src/settings';
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
  return createDataSource(settings).initialize();
}
