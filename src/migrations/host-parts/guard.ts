import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { BillingError } from '../../errors';
import { dataSourceOf } from '../../host/typeorm';
import type { MigrationDialect } from '../billing-tables';
import { followingHost } from '../host-binding';
import { ownedTables } from '../owned-tables';
import type { ReversibleMigration, ReversibleMigrationClass } from '../reversible-migration';
import { postgresHostParts } from './postgres';
import type { HostPartInTheWay, HostPartsQuery } from './query';
import { sqliteHostParts } from './sqlite';

const QUERIES: Readonly<Record<MigrationDialect, HostPartsQuery>> = {
  postgres: postgresHostParts,
  sqlite: sqliteHostParts,
};

type Run = (this: MigrationInterface, queryRunner: QueryRunner) => Promise<void>;

/** A migration as its file has it: what wraps it may need a database. */
interface Plain {
  readonly migration: ReversibleMigration;
  readonly up: Run;
}

interface Known {
  readonly plain: Plain;
  readonly list: readonly Plain[];
  readonly dialect: MigrationDialect;
}

const known = new WeakMap<object, Known>();
/** By dialect and name. */
const originals = new Map<string, Known>();

/**
 * Has the `down` of each migration of a list refuse to drop a table with something of the host's on it,
 * whoever runs it: `revert()`, TypeORM's own `undoLastMigration()` or its CLI.
 */
export function keepingHostParts(
  dialect: MigrationDialect,
  migrations: readonly ReversibleMigrationClass[],
): void {
  const list = migrations.map((Migration) => ({
    migration: new Migration(),
    up: (Migration.prototype as { up: Run }).up,
  }));
  migrations.forEach((Migration, index) => {
    const prototype = Migration.prototype as { down: Run };
    const { down } = prototype;
    const plain = list[index];
    if (plain === undefined) return;
    known.set(prototype, { plain, list, dialect });
    originals.set(`${dialect} ${plain.migration.name}`, { plain, list, dialect });
    prototype.down = async function (queryRunner) {
      // What only records the statements has no DataSource.
      const dataSource = dataSourceOf(queryRunner) as DataSource | undefined;
      if (dataSource !== undefined) await assertNoHostParts(queryRunner, this);
      await down.call(this, queryRunner);
    };
  });
}

/**
 * Refuses to revert a migration whose tables have something of the host's on them.
 *
 * @param dialect by which a copy of the SQL of billing's is known too: it extends nothing that refuses
 * @throws BillingError `HOST_PARTS_IN_THE_WAY`, which names each
 */
export async function assertNoHostParts(
  queryRunner: QueryRunner,
  migration: MigrationInterface,
  dialect?: MigrationDialect,
): Promise<void> {
  const dataSource = dataSourceOf(queryRunner) as DataSource | undefined;
  const found = knownOf(migration) ?? copiedIn(migration, dialect);
  const { sql, tables } = (found && (await queryOf(found, dataSource))) ?? {};
  if (sql === undefined || tables === undefined) return;
  const rows = (await queryRunner.query(sql)) as HostPartInTheWay[];
  if (rows.length === 0) return;
  const parts = rows.map(({ table, kind, name }) => ({ table, kind, name }));
  const list = parts.map(({ table, kind, name }) => `${kind} ${name} (${table})`).join(', ');
  throw BillingError.hostPartsInTheWay(
    `Reverting ${migration.name ?? migration.constructor.name} drops ${tables.join(', ')}, and with them what is not billing's: ${list}. Nothing was changed`,
    { parts },
  );
}

/**
 * The query for what is in the way of reverting a migration, and the tables that it would drop.
 * Undefined for a migration that makes no table, or is none of billing's.
 */
export async function hostPartsQuery(migration: MigrationInterface): Promise<InTheWay | undefined> {
  const found = knownOf(migration);
  return found && (await queryOf(found));
}

interface InTheWay {
  readonly sql: string;
  readonly tables: readonly string[];
}

async function queryOf(
  { plain, list, dialect }: Known,
  dataSource?: DataSource,
): Promise<InTheWay | undefined> {
  const statements = async (one: Plain): Promise<string[]> => {
    const recorded: string[] = [];
    const recorder = {
      query: (sql: string) => Promise.resolve(recorded.push(sql)),
      ...(dataSource && { dataSource, connection: dataSource }),
    } as unknown as QueryRunner;
    await one.up.call(one.migration, followingHost(recorder, one.migration, dialect));
    return recorded;
  };
  const tables = ownedTables(await statements(plain)).map(({ name }) => name);
  if (tables.length === 0) return undefined;
  const all = await Promise.all(list.map(statements));
  return { sql: QUERIES[dialect](ownedTables(all.flat()), tables).trim(), tables };
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
