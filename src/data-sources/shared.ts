import type { DataSource } from 'typeorm';
import { tenantBilling, userBilling } from '../billing';
import { buildDataSource } from './build';
import { BillingSubscriber } from '../entities/billing-subscriber';
import type { Settings } from './settings';

const FAMILIES = { tenant: tenantBilling, user: userBilling };

/** The DataSource that the settings describe, not yet initialised. */
export function createDataSource(settings: Settings): DataSource {
  const families = settings.families.map((family) => FAMILIES[family]);
  return buildDataSource(settings, {
    entities: families.flatMap(({ entities }) => entities),
    subscribers: [BillingSubscriber],
    migrations: families.map(({ migrations }) => migrations),
  });
}
