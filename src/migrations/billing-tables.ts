import type { DataSource, MigrationInterface } from 'typeorm';
import { boundPlacing, placedTable, schemaOption } from '../host/placing';
import type { Place } from './placed-sql';

/** The SQL that a list of migrations is written in, which is the list's name. */
export type MigrationDialect = 'postgres' | 'sqlite';

/** SQLite has no schemas, and TypeORM passes over those of entities. */
export const DIALECTS: Readonly<
  Record<
    MigrationDialect,
    {
      readonly hasSchemas: boolean;
      /** Whether a statement waits for the locks of single tables, and others behind it. */
      readonly hasTableLocks: boolean;
      readonly uuid: string;
    }
  >
> = {
  postgres: { hasSchemas: true, hasTableLocks: true, uuid: 'uuid' },
  sqlite: { hasSchemas: false, hasTableLocks: false, uuid: 'text' },
};

/** The names that billing's migrations give their tables. */
const names = new Set<string>();

/** As the migrations write them. */
export const billingTableNames: ReadonlySet<string> = names;

/** Notes the tables that a migration of billing's makes. */
export function noteTables({ creates = [] }: { readonly creates?: readonly string[] }): void {
  for (const name of creates) names.add(name);
}

/** What billing's tables are called on a DataSource, and where they are. */
export function placeOn(dialect: MigrationDialect, dataSource?: DataSource): Place {
  const { prefix, schema } = boundPlacing();
  const { hasSchemas } = DIALECTS[dialect];
  return { prefix, schema: hasSchemas ? (schema ?? schemaOption(dataSource)) : undefined };
}

/** A table that a migration creates, as it is called here. */
export interface PlacedTable {
  readonly schema: string | undefined;
  readonly table: string;
}

/** The tables that a migration creates. Those of a host's own migration have the names that it gives. */
export function createdTables(
  { creates = [] }: MigrationInterface & { readonly creates?: readonly string[] },
  { prefix, schema }: Place,
): readonly PlacedTable[] {
  return creates.map((name) =>
    names.has(name)
      ? { schema, table: placedTable(name, prefix) }
      : { schema: undefined, table: name },
  );
}

/** All tables of billing's, as they are called here. */
export const placedTables = ({ prefix, schema }: Place): readonly PlacedTable[] =>
  [...names].map((name) => ({ schema, table: placedTable(name, prefix) }));
