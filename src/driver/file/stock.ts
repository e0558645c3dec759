import type { DataSource } from 'typeorm';
import { BillingError } from '../../errors';
import { SqliteFamilyDriver } from '../driver';
import { refineQueryBuilders } from '../queries/query-builder';
import { dataSourceOf } from '../typeorm';
import { betterSqlite3 } from './better-sqlite3-file';
import { SqliteFile } from './database';

/** Options of TypeORM's own DataSource on `better-sqlite3`, as far as they are read here. */
interface StockOptions {
  readonly type: string;
  readonly database: string;
  readonly timeout?: number;
  readonly readonly?: boolean;
  readonly fileMustExist?: boolean;
  readonly verbose?: unknown;
  readonly nativeBinding?: string;
  readonly key?: string;
  readonly prepareDatabase?: (database: unknown) => unknown;
}

/** What the package gives for a connection. */
interface Connection {
  pragma(text: string): unknown;
}

/**
 * Gives a DataSource of TypeORM's own class and of type `better-sqlite3` the driver of this folder, on the
 * same package and with the same options.
 *
 * @throws BillingError `CONFIGURATION_INVALID` for another type, for an open DataSource and for a file that
 *   is only read
 */
export function useFamilyDriver(dataSource: DataSource): void {
  assertIsDataSource(dataSource);
  const options = dataSource.options as unknown as StockOptions;
  assertStock(dataSource, options);
  const { database, timeout = 5000, key, prepareDatabase, nativeBinding, verbose } = options;
  // TypeORM's own driver has loaded the package, or has it from the option `driver`.
  const { sqlite } = dataSource.driver as unknown as { sqlite: unknown };
  const opens = betterSqlite3(sqlite, {
    options: {
      fileMustExist: options.fileMustExist ?? false,
      nativeBinding: nativeBinding ?? null,
      verbose: verbose ?? null,
    },
    async prepare(connection) {
      if (key) (connection as Connection).pragma(`key = ${JSON.stringify(key)}`);
      await prepareDatabase?.(connection);
    },
  });
  const file = new SqliteFile(database, timeout, opens);
  dataSource.driver = new StockDriver(dataSource, file, true);
  refineQueryBuilders(dataSource);
}

/** What is not typed may pass the options alone. */
function assertIsDataSource(given: DataSource | undefined | null): void {
  if ((given?.options as unknown) !== undefined) return;
  throw BillingError.configurationInvalid(
    'adaptSqlite() got no DataSource',
    'give it one: adaptSqlite(new DataSource({ type: "better-sqlite3", … }))',
  );
}

function assertStock({ isInitialized }: DataSource, { type, readonly }: StockOptions): void {
  if (type !== 'better-sqlite3') {
    throw BillingError.configurationInvalid(
      // It may come from a variable of the environment that is not set.
      `adaptSqlite() got a DataSource ${(type as unknown) === undefined ? 'without a type' : `of type "${type}"`}`,
      'give it one of type "better-sqlite3", or use a SqliteDataSource, which needs no such call',
    );
  }
  if (isInitialized) {
    throw BillingError.configurationInvalid(
      'adaptSqlite() got a DataSource that is initialised already',
      'call it between new DataSource(…) and initialize()',
    );
  }
  if (readonly === true) {
    throw BillingError.configurationInvalid(
      'adaptSqlite() got a DataSource with the option readonly',
      'leave the option out: each connection puts the file into WAL mode, which writes to it',
    );
  }
}

/** TypeORM's driver attaches the files that entities name; this one has several connections. */
class StockDriver extends SqliteFamilyDriver {
  override afterConnect(): Promise<void> {
    const { entityMetadatas, options } = dataSourceOf(this);
    const other = entityMetadatas.find(
      ({ database }) => database !== undefined && database !== options.database,
    );
    if (other !== undefined) {
      throw BillingError.notSupported(
        `${other.name} is in the file ${other.database}, and no second file is attached after adaptSqlite()`,
        'put it into the main file, or into a DataSource of its own',
      );
    }
    return super.afterConnect();
  }
}
