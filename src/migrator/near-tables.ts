import type { DataSource, QueryRunner } from 'typeorm';
import type { Engine, TableKey, TableName } from '../engines/engine';
import { dataSourceOf } from '../engines/typeorm';
import { sqlOf, type HostKeyType } from '../host/bindings';
import type { Family } from '../host/families';
import { hostText } from '../host/host-text';
import { readKeyType } from '../host/key-types';
import { placedTables, placeOn } from '../migrations/billing-tables';
import type { HostColumn } from '../migrations/reversible-migration';

/** A table of the host's that billing could attach to. */
export type NearTable = Omit<TableKey, 'type' | 'place'> & { readonly keyType: HostKeyType };

/** What hosts call what is billed. */
const WORDS: Readonly<Record<Family, RegExp>> = {
  tenant:
    /tenant|organi[sz]ation|\borgs?\b|workspace|compan(?:y|ies)|accounts?$|teams?$|customers?$|shops?$|sites?$/,
  user: /users?$|accounts?$|members?$|customers?$|people|persons?$|profiles?$/,
};

const MOST = 4;

/** Tables of wrangler's and TypeORM's. */
const RECORDS: ReadonlySet<string> = new Set(['d1_migrations', 'typeorm_metadata']);

/**
 * The host's tables that may be meant by one that is missing or does not fit, the nearest by name first.
 *
 * @returns undefined if the host has no table at all in this database
 */
export async function nearTables(
  queryRunner: QueryRunner,
  engine: Engine,
  family: Family,
  { schema, table }: HostColumn,
): Promise<readonly NearTable[] | undefined> {
  if ((await hostTablesIn(queryRunner, engine)).length === 0) return undefined;
  const isOurs = oursOn(dataSourceOf(queryRunner), engine);
  const hosts = (await engine.keys(queryRunner)).filter((one) => !isOurs(one));
  const nearness = (one: TableKey): number => {
    const name = one.table.toLowerCase();
    if (name === table.toLowerCase()) return one.schema === schema ? 4 : 3;
    if (stemOf(name) === stemOf(table.toLowerCase())) return 2;
    return WORDS[family].test(name) ? 1 : 0;
  };
  const fit = hosts.flatMap(({ type, ...one }) => {
    const keyType = readKeyType(type);
    return keyType === undefined ? [] : [{ ...one, keyType, near: nearness({ ...one, type }) }];
  });
  const near = fit.filter((one) => one.near > 0).sort((a, b) => b.near - a.near);
  return (near.length > 0 ? near : fit)
    .slice(0, MOST)
    .map(({ schema: place, table: name, column, keyType }) => ({
      schema: place,
      ...{ table: name, column, keyType },
    }));
}

/** All tables of the host's, whatever their keys. */
export async function hostTablesIn(
  queryRunner: QueryRunner,
  engine: Engine,
): Promise<readonly TableName[]> {
  const isOurs = oursOn(dataSourceOf(queryRunner), engine);
  return (await engine.tables(queryRunner)).filter((one) => !isOurs(one));
}

/** Tells billing's tables, and those that record applied migrations, from a host's. */
function oursOn(dataSource: DataSource, { dialect }: Engine): (one: TableName) => boolean {
  const { migrationsTableName = 'migrations' } = dataSource.options;
  const place = placeOn(dialect, dataSource);
  const ours = new Set(placedTables(place).map(({ table }) => table));
  return ({ schema, place: there, table }) =>
    table === migrationsTableName ||
    RECORDS.has(table) ||
    (ours.has(table) &&
      (place.schema === undefined ? schema === undefined : there === place.schema));
}

/** `users`, `app_users` and `User` alike. */
const stemOf = (name: string): string =>
  name
    .replace(/^.*[_-]/, '')
    .replace(/ies$/, 'y')
    .replace(/s$/, '');

/** How to attach billing to what is there. */
export interface Advice {
  /** For the problem of an error: `; it has "users" ("id" integer)`, or nothing. */
  readonly found: string;
  readonly remedy: string;
}

export function adviceOn(family: Family, near: readonly NearTable[] | undefined): Advice {
  if (near === undefined) return SCRATCH;
  const list = near.map((one) => `${sqlOf(one).table} (${sqlOf(one).column} ${one.keyType})`);
  const [first] = near;
  const variable =
    first === undefined
      ? ''
      : `, with the class of ${sqlOf(first).table}, or, for commands and SQL files, BILLING_${family.toUpperCase()}=${hostText(first)}`;
  return {
    found: first === undefined ? '' : `; it has ${list.join(', ')}`,
    remedy:
      `name the table that is meant by bindHost({ ${family}: … })${variable}; if it is still to come, ` +
      'run the migrations that create it first, or name only the other family in BILLING_FAMILIES',
  };
}

/** A database without any table of a host's. */
const SCRATCH: Advice = {
  found: '',
  remedy:
    'run the migrations of the application that owns it first, or, with the commands of this package, ' +
    'name only the other family in BILLING_FAMILIES or, in a scratch database, set ' +
    'BILLING_HOST_TABLES=create to create a stand-in',
};
