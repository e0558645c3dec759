import { DataSource } from 'typeorm';
import { tenantBilling, userBilling } from '../../src';
import { D1BindingDataSource } from '../../src/driver/d1/data-source';
import { SqliteFileDataSource } from '../../src/driver/file/data-source';
import type { TestDatabase } from '../support/engines';

/** As a host may make its own, with nothing of ours but the entities. */
export async function openBareDataSource(
  database: TestDatabase,
  more: readonly (new () => object)[] = [],
  subscribers: (new () => object)[] = [],
): Promise<DataSource> {
  const entities = [...tenantBilling.entities, ...userBilling.entities, ...more];
  const { engine, url, binding } = database;
  if (binding)
    return new D1BindingDataSource({ database: binding, entities, subscribers }).initialize();
  const dataSource =
    engine === 'postgres'
      ? new DataSource({ type: engine, url, entities, subscribers, installExtensions: false })
      : new SqliteFileDataSource({ database: url.slice('sqlite:'.length), entities, subscribers });
  return dataSource.initialize();
}
