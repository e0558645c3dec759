import type { DataSource } from 'typeorm';
import { FAMILIES } from '../host/families';
import { hostTableIn } from '../host/host-key';
import { columnTypeOf } from '../host/key-types';
import type { HostKeyType } from '../host/bindings';
import { familyOf, type NamedTable } from './billing-columns';
import type { BackupManifest, BackupTable } from './manifest';
import { refused } from './refusals';
import type { RestoredTable, Stage } from './store';

/** @throws BillingError `RESTORE_REFUSED` if billing is attached to a key of another type here */
export function assertHosts(dataSource: DataSource, { hosts, tables }: BackupManifest): void {
  for (const family of FAMILIES) {
    const host = hosts[family];
    const isUsed = tables.some(({ table, rows }) => rows > 0 && familyOf(table) === family);
    if (host === undefined || !isUsed) continue;
    const here = hostTableIn(family, dataSource);
    if (classOf(host.type) === classOf(here.keyType)) continue;
    throw refused(
      `The backup's rows refer to ${host.table}.${host.column} of type ${host.type}, and billing here to ${here.table}.${here.column} of type ${here.keyType}`,
      'restore it in a database whose host has keys of that type, or bind that host',
    );
  }
}

/** Keys of one class have the same values. */
function classOf(keyType: string): string {
  const { type } = columnTypeOf(keyType as HostKeyType);
  if (type.includes('int')) return 'integer';
  return type.endsWith('char') ? 'text' : type;
}

/**
 * The tables of a backup as they are in the database. One without rows may be missing.
 *
 * @throws BillingError `RESTORE_REFUSED` if a table or a column is not there, or if a column that is not
 *   in the backup needs a value
 */
export async function fitting(
  stage: Stage,
  known: readonly NamedTable[],
  { tables, migrations }: BackupManifest,
): Promise<RestoredTable[]> {
  const found: RestoredTable[] = [];
  for (const one of tables) {
    if (one.rows === 0) continue;
    const table = known.find(({ name }) => name === one.table);
    const columns = table === undefined ? [] : await stage.columns(table);
    if (table === undefined || columns.length === 0) {
      throw refused(
        `The backup has ${one.rows} rows of ${one.table}, and there is no such table here`,
        `migrate first, with a DataSource that holds these migrations: ${migrations.join(', ')}`,
        { table: one.table },
      );
    }
    found.push(matched(one, table, columns, await stage.keys(table)));
  }
  return found;
}

function matched(
  backup: BackupTable,
  table: NamedTable,
  columns: RestoredTable['live'],
  keys: RestoredTable['keys'],
): RestoredTable {
  const named = new Map(columns.map((one) => [one.name, one]));
  const unknown = backup.columns.map(({ name }) => name).filter((name) => !named.has(name));
  if (unknown.length > 0) {
    throw refused(
      `The backup has ${unknown.join(', ')} of ${table.table}, which the table lacks or computes`,
      'add the column, by the migration that added it where the backup was taken, and retry',
      { table: table.table, columns: unknown },
    );
  }
  const given = new Set(backup.columns.map(({ name }) => name));
  const needed = columns
    .filter(({ name, isOptional }) => !given.has(name) && !isOptional)
    .map(({ name }) => name);
  if (needed.length > 0) {
    throw refused(
      `${table.table} needs a value for ${needed.join(', ')}, which the backup does not have`,
      'give the column a default, restore, and then fill it',
      { table: table.table, columns: needed },
    );
  }
  const live = backup.columns.flatMap(({ name }) => named.get(name) ?? []);
  return { ...table, columns: backup.columns, live, keys };
}

/** @throws BillingError `RESTORE_REFUSED` if one of the tables has rows */
export async function assertRoom(stage: Stage, tables: readonly RestoredTable[]): Promise<void> {
  const rows: Record<string, number> = {};
  for (const one of tables) {
    const count = await stage.count(one);
    if (count > 0) rows[one.table] = count;
  }
  const names = Object.keys(rows);
  if (names.length === 0) return;
  throw refused(
    `There are rows already: ${names.map((name) => `${rows[name]} in ${name}`).join(', ')}`,
    'restore into empty tables, as they are after `migrate`',
    { rows },
  );
}
