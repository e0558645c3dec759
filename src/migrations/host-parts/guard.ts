import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { BillingError } from '../../errors';
import { dataSourceOf } from '../../host/typeorm';
import { createdTables, type MigrationDialect, placeOn } from '../billing-tables';
import { followingHost, recordFor } from '../host-binding';
import { droppedColumns, ownedTables } from '../owned-tables';
import type { ReversibleMigration, ReversibleMigrationClass } from '../reversible-migration';
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

type Run = (this: MigrationInterface, queryRunner: QueryRunner) => Promise<void>;

/** A migration as its file has it: what wraps it may need a database. */
interface Plain {
  readonly migration: ReversibleMigration;
  readonly up: Run;
  readonly down: Run;
}

type Direction = 'up' | 'down';

interface Known {
  readonly plain: Plain;
  readonly dialect: MigrationDialect;
}

const known = new WeakMap<object, Known>();
/** By dialect and name. */
const originals = new Map<string, Known>();

/** All migrations of billing's, oldest first. */
const all: Known[] = [];

/**
 * Has each migration of a list refuse to drop a table, or a column, with something of the host's on it,
 * whoever runs it: `revert()`, TypeORM's own `undoLastMigration()` or its CLI.
 */
export function keepingHostParts(
  dialect: MigrationDialect,
  migrations: readonly ReversibleMigrationClass[],
): void {
  for (const Migration of migrations) {
    const prototype = Migration.prototype as Record<Direction, Run>;
    const plain = { migration: new Migration(), ...runsOf(Migration) };
    all.push({ plain, dialect });
    known.set(prototype, { plain, dialect });
    originals.set(`${dialect} ${plain.migration.name}`, { plain, dialect });
    const guarded = (direction: Direction): Run =>
      async function (queryRunner) {
        // What only records the statements has no DataSource.
        const dataSource = dataSourceOf(queryRunner) as DataSource | undefined;
        if (dataSource !== undefined) await assertNoHostParts(queryRunner, this, { direction });
        await plain[direction].call(this, queryRunner);
      };
    Object.assign(prototype, { up: guarded('up'), down: guarded('down') });
  }
}

/** Before they are guarded. */
function runsOf(Migration: ReversibleMigrationClass): Record<Direction, Run> {
  const { up, down } = Migration.prototype as Record<Direction, Run>;
  return { up, down };
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
  const found = knownOf(migration) ?? copiedIn(migration, dialect);
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
  const found = knownOf(migration);
  return found && (await queryOf(found, direction));
}

interface InTheWay {
  readonly sql: string;
  readonly dropped: readonly string[];
}

async function queryOf(
  { plain, dialect }: Known,
  direction: Direction,
  dataSource?: DataSource,
): Promise<InTheWay | undefined> {
  const statements = async (one: Plain, which: Direction): Promise<string[]> => {
    const recorded: string[] = [];
    const recorder = {
      query: (sql: string) => Promise.resolve(recorded.push(sql)),
    } as unknown as QueryRunner;
    if (dataSource !== undefined) recordFor(recorder, dataSource);
    await one[which].call(one.migration, followingHost(recorder, one.migration, dialect));
    return recorded;
  };
  // A migration that only changes a table may make it anew.
  const created =
    direction === 'up' ? [] : createdTables(plain.migration, placeOn(dialect, dataSource));
  const columnParts = COLUMN_QUERIES[dialect];
  const columns = columnParts ? droppedColumns(await statements(plain, direction)) : [];
  if (created.length + columns.length === 0) return undefined;
  const family = all.filter(
    (one) => one.dialect === dialect && one.plain.migration.family === plain.migration.family,
  );
  const owned = ownedTables(
    (await Promise.all(family.map((one) => statements(one.plain, 'up')))).flat(),
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

function knownOf(migration: object): Known | undefined {
  for (let one: unknown = migration; one !== null; one = Object.getPrototypeOf(one)) {
    const found = known.get(one as object);
    if (found !== undefined) return found;
  }
  return undefined;
}

const copiedIn = (
  { billing }: MigrationInterface & { readonly billing?: unknown },
  dialect: MigrationDialect | undefined,
): Known | undefined => originals.get(`${String(dialect)} ${String(billing)}`);
