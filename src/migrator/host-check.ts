import type { DataSource, QueryRunner } from 'typeorm';
import type { ColumnSummary, Engine } from '../engines/engine';
import { BillingError } from '../errors';
import { sqlOf } from '../host/bindings';
import { createdTables, placeOn, type PlacedTable } from '../migrations/billing-tables';
import { boundReferences } from '../migrations/host-binding';
import type { HostColumn, ReversibleMigration } from '../migrations/reversible-migration';
import { adviceOn, nearTables } from './near-tables';

/** A migration as it is on a DataSource: with the names that are bound there. */
export interface Following extends ReversibleMigration {
  readonly placed: readonly PlacedTable[];
}

/** A migration with the host's tables and billing's as they are bound on a DataSource. */
export const following = (
  migration: ReversibleMigration,
  { dialect }: Engine,
  dataSource: DataSource,
): Following => ({
  ...migration,
  placed: createdTables(migration, placeOn(dialect, dataSource)),
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
  migration: Following,
): Promise<void> {
  const [first] = await hostProblems(queryRunner, engine, migration);
  if (first !== undefined) throw first;
}

/** All that is in the way of a migration, the host's tables first. */
export async function hostProblems(
  queryRunner: QueryRunner,
  engine: Engine,
  { name, family, references = [], placed }: Following,
): Promise<readonly BillingError[]> {
  const problems: BillingError[] = [];
  // Mostly one statement for all.
  const found = await describeAll(queryRunner, engine, [...references, ...placed]);
  for (const reference of references) {
    const { table, column, type } = reference;
    const columns = found(reference);
    const actual = columns?.find((one) => one.name === engine.fold(column));
    if (actual !== undefined && engine.accepts(type, actual.type) && actual.isKey) continue;
    const place = { migration: name, path: sqlOf(reference).table, table, column };
    const advice = adviceOn(family, await nearTables(queryRunner, engine, family, reference));
    problems.push(
      columns === undefined
        ? BillingError.hostTableMissing(place, advice.found, advice.remedy)
        : BillingError.hostColumnMismatch(place, type, actual, advice.remedy),
    );
  }
  const standing = placed.filter((one) => found(one) !== undefined);
  if (standing.length > 0) {
    problems.push(
      BillingError.tableExists(
        name,
        standing.map(({ table }) => table),
        standing.map((one) => sqlOf({ ...one, column: '' }).table),
        beside(engine),
      ),
    );
  }
  return problems;
}

/** What to do about a table that has the name of one of billing's. */
const beside = ({ hasSchemas }: Engine): string =>
  "if it is yours, give billing's tables a prefix by bindHost({ prefix: 'billing_' }) or BILLING_PREFIX=billing_" +
  (hasSchemas ? ", or a schema by bindHost({ schema: 'billing' }) or BILLING_SCHEMA=billing" : '') +
  '; if it is not in use, rename or drop it; if it is an earlier copy of the billing tables, or ' +
  '`synchronize: true` made it, bring it up to date with `check` and record the migration with ' +
  '`migrate(dataSource, { fake: true })`';

/** Finds the columns of tables, each in its schema. */
export async function describeAll(
  queryRunner: QueryRunner,
  engine: Engine,
  wanted: readonly { readonly schema?: string | undefined; readonly table: string }[],
): Promise<(one: (typeof wanted)[number]) => readonly ColumnSummary[] | undefined> {
  const bySchema = new Map<string | undefined, Awaited<ReturnType<Engine['describe']>>>();
  for (const schema of new Set(wanted.map((one) => one.schema))) {
    const names = wanted.filter((one) => one.schema === schema).map(({ table }) => table);
    bySchema.set(schema, await engine.describe(queryRunner, names, schema));
  }
  return ({ schema, table }) => bySchema.get(schema)?.get(table.toLowerCase());
}

async function columnsOf(
  queryRunner: QueryRunner,
  engine: Engine,
  { schema, table }: HostColumn,
): Promise<readonly ColumnSummary[] | undefined> {
  const tables = await engine.describe(queryRunner, [table], schema);
  return tables.get(table.toLowerCase());
}
