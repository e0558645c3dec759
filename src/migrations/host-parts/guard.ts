import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { BillingError } from '../../errors';
import { dataSourceOf } from '../../host/typeorm';
import { createdTables, type MigrationDialect, placeOn } from '../billing-tables';
import { droppedColumns, ownedTables } from '../owned-tables';
import {
  type Direction,
  familyOf,
  originalOf,
  type PlainMigration,
  type Run,
  statementsOf,
} from '../plain-migrations';
import type { ReversibleMigrationClass } from '../reversible-migration';
import { postgresHostParts } from './postgres';
import { postgresColumnParts } from './postgres-columns';
import type { HostPartInTheWay, HostPartsQuery } from './query';
import { sqliteHostParts } from './sqlite';

const QUERIES: Readonly<Record<MigrationDialect, HostPartsQuery>> = {
  postgres: postgresHostParts,
  sqlite: sqliteHostParts,
};

/** On SQLite `changeTables()` keeps what is on a column that goes, or refuses. */
const COLUMN_QUERIES: Readonly<Partial<Record<MigrationDialect, typeof postgresColumnParts>>> = {
  postgres: postgresColumnParts,
};

/**
 * Has each migration of a list refuse to drop a table, or a column, with something of the host's on it,
 * whoever runs it: `revert()`, TypeORM's own `undoLastMigration()` or its CLI.
 */
export function keepingHostParts(migrations: readonly ReversibleMigrationClass[]): void {
  for (const Migration of migrations) {
    const prototype = Migration.prototype as Record<Direction, Run>;
    const { up, down } = prototype;
    const guarded = (direction: Direction, run: Run): Run =>
      async function (queryRunner) {
        // What only records the statements has no DataSource.
        const dataSource = dataSourceOf(queryRunner) as DataSource | undefined;
        if (dataSource !== undefined) await assertNoHostParts(queryRunner, this, { direction });
        await run.call(this, queryRunner);
      };
    Object.assign(prototype, { up: guarded('up', up), down: guarded('down', down) });
  }
}

/**
 * Refuses to revert or apply a migration that drops tables or columns which have something of the
 * host's on them.
 *
 * @param dialect by which a copy of the SQL of billing's is known too: it extends nothing that refuses
 * @throws BillingError `HOST_PARTS_IN_THE_WAY`, which names each
 */
export async function assertNoHostParts(
  queryRunner: QueryRunner,
  migration: MigrationInterface,
  { direction = 'down', dialect }: { direction?: Direction; dialect?: MigrationDialect } = {},
): Promise<void> {
  const dataSource = dataSourceOf(queryRunner) as DataSource | undefined;
  const found = originalOf(migration, dialect);
  const { sql, dropped } = (found && (await queryOf(found, direction, dataSource))) ?? {};
  if (sql === undefined || dropped === undefined) return;
  const rows = (await queryRunner.query(sql)) as HostPartInTheWay[];
  if (rows.length === 0) return;
  const parts = rows.map(({ table, kind, name }) => ({ table, kind, name }));
  const list = parts.map(({ table, kind, name }) => `${kind} ${name} (${table})`).join(', ');
  throw BillingError.hostPartsInTheWay(
    `${direction === 'down' ? 'Reverting' : 'Applying'} ${migration.name ?? migration.constructor.name} drops ${dropped.join(', ')}, and with them what is not billing's: ${list}. Nothing was changed`,
    { parts },
  );
}

/**
 * The query for what is in the way of reverting or applying a migration, and the tables and columns that
 * it would drop. Undefined for a migration that drops none, or is none of billing's.
 */
export async function hostPartsQuery(
  migration: MigrationInterface,
  direction: Direction = 'down',
): Promise<InTheWay | undefined> {
  const found = originalOf(migration);
  return found && (await queryOf(found, direction));
}

interface InTheWay {
  readonly sql: string;
  readonly dropped: readonly string[];
}

async function queryOf(
  { plain, dialect }: PlainMigration,
  direction: Direction,
  dataSource?: DataSource,
): Promise<InTheWay | undefined> {
  // A migration that only changes a table may make it anew.
  const created =
    direction === 'up' ? [] : createdTables(plain.migration, placeOn(dialect, dataSource));
  const columnParts = COLUMN_QUERIES[dialect];
  const columns = columnParts
    ? droppedColumns(await statementsOf({ plain, dialect }, direction, dataSource))
    : [];
  if (created.length + columns.length === 0) return undefined;
  const family = familyOf({ plain, dialect });
  const owned = ownedTables(
    (await Promise.all(family.map((one) => statementsOf(one, 'up', dataSource)))).flat(),
  );
  const tables = created.map(({ table }) => table);
  const queries = [
    ...(tables.length > 0 ? [QUERIES[dialect](owned, tables)] : []),
    ...(columnParts && columns.length > 0 ? [columnParts(owned, columns)] : []),
  ].map((sql) => sql.trim());
  return {
    sql:
      queries.length === 1
        ? queries.join('')
        : queries.map((sql) => `SELECT * FROM (\n${sql}\n) parts`).join('\nUNION\n'),
    dropped: [...tables, ...columns.map(({ table, column }) => `${table}.${column}`)],
  };
}
