import type { DataSource } from 'typeorm';
import { SqliteFamilyDataSource } from '../driver/queries/query-builder';
import { BillingError } from '../errors';
import { DriverFactory } from './typeorm';

/** The types of DataSource whose databases have the columns of billing's entities. */
const CAPABLE: readonly string[] = ['postgres', 'cockroachdb', 'aurora-postgres'];

/**
 * Refuses billing's entities in a DataSource of another type as soon as it is made: TypeORM would name
 * the package of its driver that is missing, or the first column type that the driver does not know.
 * There is nothing of TypeORM's to hook into before it looks for that package, so its factory of drivers
 * is extended, once in a process.
 */
function refuseStockDrivers(): void {
  const factory = DriverFactory.prototype as Factory;
  if (factory[REFUSES] === true) return;
  const { create } = factory;
  Object.assign(factory, {
    [REFUSES]: true,
    create(this: DriverFactory, dataSource: DataSource) {
      assertCapable(dataSource);
      return create.call(this, dataSource);
    },
  });
}

const REFUSES = Symbol.for('typeorm-billing: refuses stock drivers');

interface Factory {
  [REFUSES]?: true;
  create: (this: DriverFactory, dataSource: DataSource) => ReturnType<DriverFactory['create']>;
}

/** @throws BillingError `NOT_SUPPORTED` */
function assertCapable(dataSource: DataSource): void {
  const { type, entities = [] } = dataSource.options;
  if (CAPABLE.includes(type) || dataSource instanceof SqliteFamilyDataSource) return;
  const all: unknown[] = Array.isArray(entities) ? entities : Object.values(entities);
  const billing = all.find((one) => typeof one === 'function' && 'isCompleteBeforeInsert' in one);
  if (billing === undefined) return;
  throw BillingError.notSupported(
    `A DataSource of type "${type}" can't hold ${(billing as { name: string }).name}, an entity of billing`,
    'use a SqliteDataSource for a SQLite file, a D1DataSource for D1, or a DataSource of type "postgres"',
  );
}

// What imports this module has it done.
refuseStockDrivers();
