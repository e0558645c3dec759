import type { DataSource, EntityMetadata, QueryRunner } from 'typeorm';
import { entityClassOf } from '../engines/entity-class';
import { engineOf } from '../engines/registry';
import type { Family } from '../host/families';
import { declaredBy, migrationsIn } from '../migrations/billing-migration';
import {
  billingTableNames,
  createdTables,
  placedTables,
  placeOn,
  type PlacedTable,
} from '../migrations/billing-tables';
import { ownedTables } from '../migrations/owned-tables';
import type { ValueKind } from './manifest';

/** A table of billing's, in the database and in a backup. */
export interface NamedTable extends PlacedTable {
  /** Without prefix. */
  readonly name: string;
}

/** The tables of the migrations and entities that a DataSource holds, whether they are there or not. */
export function tablesOf(dataSource: DataSource): readonly NamedTable[] {
  const { dialect } = engineOf(dataSource);
  const place = placeOn(dialect, dataSource);
  const made = dataSource.migrations.flatMap((one) =>
    createdTables(declaredBy(one, dialect) ?? one, place).map(({ table }) => table),
  );
  const mapped = dataSource.entityMetadatas
    .filter((one: EntityMetadata) => entityClassOf(one) !== undefined)
    .map(({ tableName }) => tableName);
  const held = new Set([...made, ...mapped]);
  return named(dataSource, placedTables(place)).filter(({ table }) => held.has(table));
}

/** Tables with the names that they have in a backup. A table that is not billing's keeps its own. */
export function named(dataSource: DataSource, tables: readonly PlacedTable[]): NamedTable[] {
  const { prefix } = placeOn(engineOf(dataSource).dialect, dataSource);
  return tables.map((one) => {
    const plain = one.table.startsWith(prefix) ? one.table.slice(prefix.length) : one.table;
    return { ...one, name: billingTableNames.has(plain) ? plain : one.table };
  });
}

/** The family that each of billing's tables belongs to. */
export function familyOf(name: string): Family | undefined {
  return migrationsIn('postgres')
    .map((Migration) => new Migration())
    .find(({ creates = [] }) => creates.includes(name))?.family;
}

/** By placed table and column, the kinds of billing's own columns: SQLite's types don't tell JSON from text. */
export type BillingKinds = ReadonlyMap<string, ReadonlyMap<string, ValueKind>>;

const COLUMN = /^\s*(?:ADD (?:COLUMN )?)?"(\w+)" (\w+)/gim;
const ADDED = /\bADD (?:COLUMN )?"(\w+)" (\w+)/gi;

/** What the migrations for Postgres say, whatever the database. */
export async function billingKinds(): Promise<BillingKinds> {
  const statements: string[] = [];
  const query = (sql: string): Promise<unknown[]> => {
    statements.push(sql.trim());
    return Promise.resolve([]);
  };
  for (const Migration of migrationsIn('postgres')) {
    // They are plain SQL and use nothing else.
    await new Migration().up({ query } as unknown as QueryRunner);
  }
  return new Map(
    ownedTables(statements).map(({ name, forms, columns }) => {
      const text = forms.at(-1) ?? '';
      const found = [...text.matchAll(COLUMN), ...text.matchAll(ADDED)];
      const kinds = found
        .filter(([, column = '']) => columns.includes(column))
        .map(([, column = '', type = '']) => [column, kindOf(type)] as const);
      return [name, new Map(kinds)];
    }),
  );
}

const KINDS: Readonly<Partial<Record<string, ValueKind>>> = {
  ...{ smallint: 'integer', integer: 'integer', bigint: 'integer', boolean: 'boolean' },
  ...{ timestamptz: 'instant', 'timestamp with time zone': 'instant', bytea: 'bytes' },
  ...{ real: 'number', 'double precision': 'number', jsonb: 'json', json: 'json' },
};

/** Of a type of Postgres'. */
export const kindOf = (type: string): ValueKind =>
  KINDS[type.toLowerCase().replace(/\(\d+\)/, '')] ?? 'text';
