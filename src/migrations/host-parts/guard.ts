import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { BillingError } from '../../errors';
import { dataSourceOf } from '../../host/typeorm';
import { createdTables, type MigrationDialect, placeOn } from '../billing-tables';
import { followingHost, recordFor } from '../host-binding';
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
 * @throws BillingError `HOST_PARTS_IN_THE_WAY`, which names each
 */
export async function assertNoHostParts(
  queryRunner: QueryRunner,
  migration: MigrationInterface,
): Promise<void> {
  const dataSource = dataSourceOf(queryRunner) as DataSource | undefined;
  const { sql, tables } = (await hostPartsQuery(migration, dataSource)) ?? {};
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
export async function hostPartsQuery(
  migration: MigrationInterface,
  dataSource?: DataSource,
): Promise<{ readonly sql: string; readonly tables: readonly string[] } | undefined> {
  const found = knownOf(migration);
  if (found === undefined) return undefined;
  const { plain, list, dialect } = found;
  const statements = async (one: Plain): Promise<string[]> => {
    const recorded: string[] = [];
    const recorder = {
      query: (sql: string) => Promise.resolve(recorded.push(sql)),
    } as unknown as QueryRunner;
    if (dataSource !== undefined) recordFor(recorder, dataSource);
    await one.up.call(one.migration, followingHost(recorder, one.migration, dialect));
    return recorded;
  };
  // A migration that only changes a table may make it anew.
  const created = createdTables(plain.migration, placeOn(dialect, dataSource));
  const tables = ownedTables(await statements(plain))
    .map(({ name }) => name)
    .filter((name) => created.some(({ table }) => table === name));
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
