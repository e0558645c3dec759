import type { DataSource, QueryRunner } from 'typeorm';
import { dataSourceOf } from '../engines/typeorm';
import { engineOf } from '../engines/registry';
import { BillingError } from '../errors';
import { FAMILIES } from '../host/families';
import { hostTableIn } from '../host/host-key';
import { placeOn, type PlacedTable } from '../migrations/billing-tables';
import { BillingMigrationExecutor } from '../migrator/executor';
import { billingKinds, familyOf, named, type NamedTable, tablesOf } from './billing-columns';
import { BackupFolder } from './folder';
import {
  type BackupHost,
  type BackupManifest,
  type BackupTable,
  FORMAT,
  FORMAT_VERSION,
} from './manifest';
import { parentsFirst } from './order';
import type { OnProgress } from './progress';
import type { Snapshot } from './store';
import { storeOf } from './stores';

export interface BackupOptions {
  /** Called as rows are written. */
  readonly onProgress?: OnProgress;
}

/**
 * Writes the rows of billing's tables to a folder: a file of JSON Lines for each table, and a manifest with
 * their counts and SHA-256 sums. All are from one moment, whatever is written meanwhile. The host's own
 * columns are in it; columns that the database computes are not.
 *
 * The rows are streamed. The manifest is written last, so that a backup which was interrupted is never
 * taken for one. {@link restore} puts it back, on any engine.
 *
 * @param directory a new or empty folder, or one with a backup that was interrupted
 * @returns the manifest
 * @throws BillingError `INVALID_CALL` if the folder has anything else in it, which is left as it is;
 *   `CONFIGURATION_INVALID` if the database has none of the DataSource's billing tables
 */
export async function backup(
  dataSource: DataSource,
  directory: string,
  options: BackupOptions = {},
): Promise<BackupManifest> {
  engineOf(dataSource);
  return write(dataSource, directory, tablesOf(dataSource), options);
}

export interface WriteBackupOptions extends BackupOptions {
  /** Adds the tables to the backup in the folder, as where each of several migrations has its own. */
  readonly isContinued?: boolean;
}

/**
 * Does the same for some tables in the transaction of a query runner, which drops them afterwards. Nobody
 * can add a row in between: the tables are locked or, on D1, the transaction then fails as a whole.
 */
export async function writeBackup(
  queryRunner: QueryRunner,
  directory: string,
  tables: readonly PlacedTable[],
  options: WriteBackupOptions = {},
): Promise<BackupManifest> {
  const dataSource = dataSourceOf(queryRunner);
  const each = new Map(named(dataSource, tables).map((one) => [one.name, one]));
  return write(dataSource, directory, [...each.values()], options, queryRunner);
}

async function write(
  dataSource: DataSource,
  directory: string,
  tables: readonly NamedTable[],
  { onProgress, isContinued }: WriteBackupOptions,
  within?: QueryRunner,
): Promise<BackupManifest> {
  const migrations = await appliedMigrations(dataSource, within);
  const snapshot = await storeOf(dataSource).snapshot(
    dataSource,
    tables,
    await billingKinds(),
    within,
  );
  try {
    const there = await liveTables(snapshot, tables);
    const folder = await BackupFolder.open(directory, isContinued);
    const written: BackupTable[] = [];
    for (const table of there) written.push(await writeTable(snapshot, folder, table, onProgress));
    const manifest = manifestOf(dataSource, folder.before, migrations, written);
    await folder.complete(manifest);
    await snapshot.handOver?.();
    return manifest;
  } finally {
    await snapshot.end();
  }
}

async function liveTables(
  snapshot: Snapshot,
  tables: readonly NamedTable[],
): Promise<(NamedTable & { columns: Awaited<ReturnType<Snapshot['columns']>> })[]> {
  const there = [];
  for (const table of tables) {
    const columns = await snapshot.columns(table);
    if (columns.length > 0) there.push({ ...table, columns, keys: await snapshot.keys(table) });
  }
  if (there.length > 0) return parentsFirst(there);
  throw BillingError.configurationInvalid(
    tables.length === 0
      ? 'The DataSource has neither migrations nor entities of billing, so there is nothing to back up'
      : `The database has none of ${tables.map(({ table }) => table).join(', ')}, so there is nothing to back up`,
    'give it those of tenantBilling or userBilling, and the database that they were migrated in',
  );
}

async function writeTable(
  snapshot: Snapshot,
  folder: BackupFolder,
  { columns, ...table }: Awaited<ReturnType<typeof liveTables>>[number],
  onProgress: OnProgress | undefined,
): Promise<BackupTable> {
  const total = onProgress === undefined ? 0 : await snapshot.count(table);
  const file = `${table.name}.jsonl`;
  const found = await folder.writeRows(file, snapshot.pages(table, columns), (rows) =>
    onProgress?.({ step: 'backup', table: table.name, rows, total }),
  );
  return {
    table: table.name,
    file,
    ...found,
    columns: columns.map(({ name, kind, type }) => ({ name, kind, type })),
  };
}

function manifestOf(
  dataSource: DataSource,
  before: BackupManifest | undefined,
  migrations: readonly string[],
  written: readonly BackupTable[],
): BackupManifest {
  const { name, dialect } = engineOf(dataSource);
  const { prefix, schema } = placeOn(dialect, dataSource);
  const others = (before?.tables ?? []).filter(
    (one) => !written.some(({ table }) => table === one.table),
  );
  const tables = [...others, ...written];
  const families = FAMILIES.filter((family) =>
    tables.some(({ table }) => familyOf(table) === family),
  );
  const hosts = families.map((family) => {
    const { schema: place, table, column, keyType } = hostTableIn(family, dataSource);
    const host: BackupHost = {
      ...(place !== undefined && { schema: place }),
      ...{ table, column, type: keyType },
    };
    return [family, host] as const;
  });
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    createdAt: new Date().toISOString(),
    engine: name,
    migrations: before?.migrations ?? migrations,
    hosts: Object.fromEntries(hosts),
    prefix,
    ...(schema !== undefined && { schema }),
    tables,
  };
}

async function appliedMigrations(
  dataSource: DataSource,
  within: QueryRunner | undefined,
): Promise<string[]> {
  const executor = new BillingMigrationExecutor(dataSource, engineOf(dataSource), within);
  const applied = await executor.getExecutedMigrations();
  return applied.map(({ name }) => name).reverse();
}
