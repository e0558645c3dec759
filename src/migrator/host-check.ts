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
      throw new BillingError(
        'HOST_TABLE_MISSING',
        `${name} references "${table}"."${column}", but there is no table "${table}" in this database: ` +
          'run the migrations of the application that owns it first, or, with the commands of this ' +
          'package, set BILLING_HOST_TABLES=create to have a stand-in made.',
        { details: { table } },
      );
    }
    const actual = columns.find((candidate) => candidate.name === column);
    if (!actual || !engine.accepts(type, actual.type) || !actual.isKey) {
      const found = actual
        ? `it is ${actual.type}${actual.isKey ? '' : ' and neither a primary key nor unique'}`
        : 'there is no such column';
      throw new BillingError(
        'HOST_COLUMN_MISMATCH',
        `${name} references "${table}"."${column}" as a key of type ${type}, but ${found}: ` +
          `give the table a ${type} key of that name.`,
        { details: { table, column, type: actual?.type } },
      );
    }
  }
  const standing = creates.filter((table) => tables.has(table));
  if (standing.length > 0) {
    throw new BillingError(
      'TABLE_EXISTS',
      `${name} creates ${standing.map((table) => `"${table}"`).join(', ')}, but a table of that name ` +
        'is already there: rename or drop it if it is not in use; if it is an earlier copy of the ' +
        'billing tables, compare it with `db:check` and record the migration with `migration:run --fake`.',
      { details: { tables: standing } },
    );
  }
}
