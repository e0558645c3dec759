import type { DataSource } from 'typeorm';
import { assertThisCopy } from '../copy';
import { BillingError } from '../errors';
import type { Engine, EngineName } from './engine';

const rows = new Map<EngineName, Engine>();

/**
 * Adds a database. `rows.ts` adds all of them, for Node; the D1 DataSource adds its own, so that a
 * Worker's bundle carries no other. A row without an opening never replaces one that has it.
 */
export function registerEngine(engine: Engine): void {
  if (rows.get(engine.name)?.opening === undefined) rows.set(engine.name, engine);
}

const ORDER: readonly EngineName[] = ['postgres', 'sqlite', 'd1'];

/** The databases that are known here, always in the same order. */
export const engines = (): readonly Engine[] => ORDER.flatMap((name) => rows.get(name) ?? []);

/** @throws BillingError `NOT_SUPPORTED` if the database is not known here, as Postgres in a Worker */
export function engineNamed(name: EngineName): Engine {
  const engine = rows.get(name);
  if (engine !== undefined) return engine;
  throw BillingError.notSupported(
    `The database "${name}" is not known here, where there is ${engines()
      .map((row) => `"${row.name}"`)
      .join(', ')}`,
    'import from typeorm-billing, not from typeorm-billing/d1, or name one of these',
  );
}

/**
 * @throws BillingError `NOT_SUPPORTED` for a DataSource of another database, `DATA_SOURCE_CLOSED` for
 *   one that is not initialised, `CONFIGURATION_INVALID` for one of another copy of this package
 */
export function engineOf(dataSource: DataSource): Engine {
  const engine = engines().find((row) => row.owns(dataSource));
  const { type } = dataSource.options;
  if (engine !== undefined) {
    if (!dataSource.isInitialized) throw BillingError.dataSourceClosed(engine.name);
    for (const { target, name } of dataSource.entityMetadatas) {
      if (typeof target === 'function') assertThisCopy(target, name, 'what was called is');
    }
    return engine;
  }
  assertThisCopy(dataSource.driver, 'The DataSource', 'what was called is');
  throw BillingError.notSupported(
    `A DataSource of type "${type}" can't hold billing tables here`,
    type === 'better-sqlite3'
      ? 'call adaptSqlite(dataSource) before initialize(), or use a SqliteDataSource'
      : 'use a SqliteDataSource, a D1DataSource, or, imported from typeorm-billing and not from ' +
          'typeorm-billing/d1, one of type "postgres"',
  );
}
