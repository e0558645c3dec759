import type { QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';
import { BillingError } from '../errors';
import type { ReversibleMigration } from '../migrations/reversible-migration';

/** Whether the host's tables that a migration references are there. */
export async function hasHostTables(
  queryRunner: QueryRunner,
  engine: Engine,
  { references = [] }: ReversibleMigration,
): Promise<boolean> {
  const names = references.map(({ table }) => table);
  const tables = await engine.describe(queryRunner, names);
  return names.every((name) => tables.has(name));
}

/**
 * Checks that what a migration attaches to is there, and that what it creates is not.
 *
 * @throws BillingError `HOST_TABLE_MISSING`, `HOST_COLUMN_MISMATCH` or `TABLE_EXISTS`
 */
export async function assertHostIsReady(
  queryRunner: QueryRunner,
  engine: Engine,
  { name, references = [], creates = [] }: ReversibleMigration,
): Promise<void> {
  const tables = await engine.describe(queryRunner, [
    ...references.map(({ table }) => table),
    ...creates,
  ]);
  for (const { table, column, type } of references) {
    const columns = tables.get(table);
    if (!columns) {
      throw BillingError.hostTableMissing({ migration: name, table, column });
    }
    const actual = columns.find((candidate) => candidate.name === column);
    if (!actual || !engine.accepts(type, actual.type) || !actual.isKey) {
      throw BillingError.hostColumnMismatch({ migration: name, table, column }, type, actual);
    }
  }
  const standing = creates.filter((table) => tables.has(table));
  if (standing.length > 0) {
    throw BillingError.tableExists(name, standing);
  }
}
