import type { DataSource } from 'typeorm';
import { BillingError } from '../errors';
import { d1Engine } from './d1/engine';
import type { Engine } from './engine';
import { postgresEngine } from './postgres/engine';
import { SqliteFamilyDriver } from '../driver/driver';
import { sqliteEngine } from './sqlite/engine';

/** @throws BillingError `NOT_SUPPORTED` for a DataSource of another database. */
export function engineOf(dataSource: DataSource): Engine {
  if (dataSource.driver instanceof SqliteFamilyDriver) {
    return dataSource.driver.writesAreHeld ? d1Engine : sqliteEngine;
  }
  if (dataSource.options.type === 'postgres') return postgresEngine;
  throw new BillingError(
    'NOT_SUPPORTED',
    `A DataSource of type "${dataSource.options.type}" can't hold billing tables: ` +
      'use type "postgres", or a SqliteDataSource.',
  );
}
