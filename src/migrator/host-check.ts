import type { DataSource, QueryRunner } from 'typeorm';
import type { ColumnSummary, Engine } from '../engines/engine';
import { BillingError } from '../errors';
import { sqlOf } from '../host/bindings';
import { boundReferences } from '../migrations/host-binding';
import type { HostColumn, ReversibleMigration } from '../migrations/reversible-migration';
import { adviceOn, nearTables } from './near-tables';

/** A migration that references the host's tables as they are bound on a DataSource. */
export const following = (
  migration: ReversibleMigration,
  { dialect }: Engine,
  dataSource: DataSource,
): ReversibleMigration => ({
  ...migration,
  references: boundReferences(migration, dialect, dataSource),
  up: (queryRunner) => migration.up(queryRunner),
  down: (queryRunner) => migration.down(queryRunner),
});

/** Whether the host's tables that a migration references are there. */
export async function hasHostTables(
  queryRunner: QueryRunner,
  engine: Engine,
  { references = [] }: ReversibleMigration,
): Promise<boolean> {
  for (const reference of references) {
    if ((await columnsOf(queryRunner, engine, reference)) === undefined) return false;
  }
  return true;
}

/**
 * Checks that what a migration attaches to is there, and that what it creates is not.
 *
 * @throws BillingError `HOST_TABLE_MISSING`, `HOST_COLUMN_MISMATCH` or `TABLE_EXISTS`
 */
export async function assertHostIsReady(
  queryRunner: QueryRunner,
  engine: Engine,
  { name, family, references = [], creates = [] }: ReversibleMigration,
): Promise<void> {
  // Mostly one statement for all.
  const plain = references.filter(({ schema }) => schema === undefined);
  const tables = await engine.describe(queryRunner, [
    ...plain.map(({ table }) => table),
    ...creates,
  ]);
  for (const reference of references) {
    const { schema, table, column, type } = reference;
    const columns =
      schema === undefined
        ? tables.get(table.toLowerCase())
        : await columnsOf(queryRunner, engine, reference);
    const actual = columns?.find((one) => one.name === engine.fold(column));
    if (actual !== undefined && engine.accepts(type, actual.type) && actual.isKey) continue;
    const place = { migration: name, path: sqlOf(reference).table, table, column };
    const { found, remedy } = adviceOn(
      family,
      await nearTables(queryRunner, engine, family, reference),
    );
    if (columns === undefined) throw BillingError.hostTableMissing(place, found, remedy);
    throw BillingError.hostColumnMismatch(place, type, actual, remedy);
  }
  const standing = creates.filter((table) => tables.has(table.toLowerCase()));
  if (standing.length > 0) {
    throw BillingError.tableExists(name, standing);
  }
}

async function columnsOf(
  queryRunner: QueryRunner,
  engine: Engine,
  { schema, table }: HostColumn,
): Promise<readonly ColumnSummary[] | undefined> {
  const tables = await engine.describe(queryRunner, [table], schema);
  return tables.get(table.toLowerCase());
}
