import type { DataSource, EntitySchema } from 'typeorm';
import { tenantBilling, userBilling } from '../../src';
import { D1DataSource } from '../../src/data-sources/d1';
import { PostgresDataSource } from '../../src/data-sources/postgres';
import { SqliteDataSource } from '../../src/data-sources/sqlite';
import { postgresOpening } from '../../src/engines/postgres/opening';
import { opened } from '../support/data-source';
import type { TestDatabase } from '../support/engines';

/** A host's DataSource with its classes, both families and more options. */
export async function openHost(
  { url, binding, dialect }: TestDatabase,
  classes: readonly ((new () => object) | EntitySchema)[],
  options: object = {},
): Promise<DataSource> {
  const all = {
    entities: [...classes, ...tenantBilling.entities, ...userBilling.entities],
    migrations: [tenantBilling, userBilling].flatMap(({ migrations }) => migrations[dialect]),
    ...options,
  };
  if (binding !== undefined) return opened(new D1DataSource({ ...all, database: binding }));
  return dialect === 'postgres'
    ? opened(new PostgresDataSource({ ...all, ...postgresOpening.options(url), type: 'postgres' }))
    : opened(new SqliteDataSource({ ...all, database: url.slice('sqlite:'.length) }));
}
