import type { DataSource } from 'typeorm';
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

/** The databases that are known here. */
export const engines = (): readonly Engine[] => [...rows.values()];

/** @throws BillingError `NOT_SUPPORTED` if the database is not known here, as Postgres in a Worker */
export function engineNamed(name: EngineName): Engine {
  const engine = rows.get(name);
  if (engine !== undefined) return engine;
  throw new BillingError(
    'NOT_SUPPORTED',
    `typeorm-billing/d1 does not know the database "${name}": import from typeorm-billing instead.`,
  );
}

/** @throws BillingError `NOT_SUPPORTED` for a DataSource of another database */
export function engineOf(dataSource: DataSource): Engine {
  const engine = engines().find((row) => row.owns(dataSource));
  if (engine !== undefined) return engine;
  const { type } = dataSource.options;
  throw new BillingError(
    'NOT_SUPPORTED',
    `A DataSource of type "${type}" can't hold billing tables here: use one of type "postgres" and ` +
      'import from typeorm-billing, or use a SqliteDataSource or a D1DataSource.',
  );
}
