import type { DataSource, Driver } from 'typeorm';
import { COPY } from '../copy';
import { BillingError } from '../errors';
import { DriverFactory } from './typeorm';

/** The types of DataSource whose databases have the columns of billing's entities. */
const CAPABLE: readonly string[] = ['postgres', 'cockroachdb', 'aurora-postgres'];

/** Whether a DataSource of this type can be given to `adaptSqlite()` before it is initialised. */
const ADAPTABLE = 'better-sqlite3';

/**
 * Refuses billing's entities in a DataSource of another type as soon as it is made: TypeORM would name
 * the package of its driver that is missing, or the first column type that the driver does not know.
 * There is nothing of TypeORM's to hook into before it looks for that package, so its factory of drivers
 * is extended, once in a process. A DataSource that `adaptSqlite()` can still adapt is refused by
 * `initialize()`.
 */
function refuseStockDrivers(): void {
  const factory = DriverFactory.prototype as Factory;
  if (factory[REFUSES] === true) return;
  const { create } = factory;
  Object.assign(factory, {
    [REFUSES]: true,
    create(this: DriverFactory, dataSource: DataSource) {
      const isAdaptable = dataSource.options.type === ADAPTABLE;
      if (!isAdaptable) assertCapable(dataSource, INSTEAD);
      const driver = created(() => create.call(this, dataSource), dataSource);
      if (!isAdaptable) return driver;
      const connect = driver.connect.bind(driver);
      return Object.assign(driver, {
        connect: () => {
          assertCapable(dataSource, ADAPT);
          return connect();
        },
      });
    },
  });
}

/** Where the package of the driver is missing, its entities are what is wrong, if they are billing's. */
function created(create: () => Driver, dataSource: DataSource): Driver {
  try {
    return create();
  } catch (error) {
    assertCapable(dataSource, INSTEAD);
    throw error;
  }
}

const REFUSES = Symbol.for('typeorm-billing: refuses stock drivers');

interface Factory {
  [REFUSES]?: true;
  create: (this: DriverFactory, dataSource: DataSource) => Driver;
}

const INSTEAD =
  'use a SqliteDataSource for a SQLite file, a D1DataSource for D1, or a DataSource of type "postgres"';
const ADAPT = 'call adaptSqlite(dataSource) before initialize(), or use a SqliteDataSource';

/**
 * TypeScript asks for the option, so that it lacks at run time alone, as where a variable of the
 * environment is not set.
 */
function assertType({ options }: DataSource): void {
  const { type } = options as { type?: unknown };
  if (type !== undefined && type !== '') return;
  throw BillingError.configurationInvalid(
    'A DataSource has no type',
    'give its options a type, such as "postgres", or set the environment variable that they take it from',
  );
}

/** @throws BillingError `NOT_SUPPORTED`, or `CONFIGURATION_INVALID` if it has no type */
function assertCapable(dataSource: DataSource, remedy: string): void {
  const { type, entities = [] } = dataSource.options;
  // Of any copy of this package: the first one that is loaded asks for all.
  if (CAPABLE.includes(type) || COPY in dataSource) return;
  const all: unknown[] = Array.isArray(entities) ? entities : Object.values(entities);
  const billing = all.find((one) => typeof one === 'function' && 'isCompleteBeforeInsert' in one);
  if (billing === undefined) return;
  assertType(dataSource);
  throw BillingError.notSupported(
    `A DataSource of type "${type}" can't hold ${(billing as { name: string }).name}, an entity of billing`,
    remedy,
  );
}

// What imports this module has it done.
refuseStockDrivers();
