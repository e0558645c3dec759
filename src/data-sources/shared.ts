import type { DataSource } from 'typeorm';
import '../backup/register';
import { tenantBilling, userBilling } from '../billing';
import { BillingSubscriber } from '../entities/billing-subscriber';
import { buildDataSource } from './build';
import { D1DataSource } from './d1';
import { PostgresDataSource } from './postgres';
import type { Settings } from './settings';
import { SqliteDataSource } from './sqlite';

const FAMILIES = { tenant: tenantBilling, user: userBilling };

/** The DataSource that the settings describe, not yet initialised. */
export function createDataSource(settings: Settings): DataSource {
  const families = settings.families.map((family) => FAMILIES[family]);
  return buildDataSource(
    settings,
    {
      entities: families.flatMap(({ entities }) => entities),
      subscribers: [BillingSubscriber],
      migrations: families.map(({ migrations }) => migrations),
    },
    { postgres: PostgresDataSource, sqlite: SqliteDataSource, d1: D1DataSource },
  );
}
