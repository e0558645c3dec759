import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { familiesInUse, sqlOf, STAND_IN_TABLES, type HostTable } from '../host/bindings';
import { FAMILIES, type Family } from '../host/families';
import { hostTableIn } from '../host/host-key';
import { dropSchema, makeSchema, usePlacing, boundPlacing } from '../host/placing';
import { dataSourceOf } from '../host/typeorm';
import { billingTableNames, DIALECTS, placeOn, type MigrationDialect } from './billing-tables';
import { placedSql } from './placed-sql';
import type { HostColumn, ReversibleMigration } from './reversible-migration';

/**
 * The migrations name the tables of the stand-ins, and billing's without prefix and schema. Where the
 * host has bound others, what they send names those instead: the files themselves never change.
 */

/** For a query runner that has no DataSource and records statements: for which one it does. */
const recordedFor = new WeakMap<object, DataSource>();

/** What reads the live tables that recorded statements are for. */
const readers = new WeakMap<object, QueryRunner>();

/**
 * Has what is recorded name the host's tables as this DataSource does.
 *
 * @param reader if the statements are for the tables that are there now
 */
export function recordFor(
  queryRunner: QueryRunner,
  dataSource: DataSource,
  reader?: QueryRunner,
): QueryRunner {
  recordedFor.set(queryRunner, dataSource);
  if (reader !== undefined) readers.set(queryRunner, reader);
  return queryRunner;
}

/** What a migration's query runner stands for. */
export interface Bound {
  /** Sends a statement as it is. */
  readonly queryRunner: QueryRunner;
  /** Reads the live tables; undefined where statements are recorded for any database. */
  readonly reader: QueryRunner | undefined;
  /** A statement of a migration with the names of tables as they are bound. */
  readonly follow: (sql: string) => string;
}

const bound = new WeakMap<object, Bound>();

/** For a migration that sends more than its own text. */
export const boundOf = (queryRunner: QueryRunner): Bound =>
  bound.get(queryRunner) ?? { queryRunner, reader: undefined, follow: (sql) => sql };

/** Has `proxy` stand for the same as the query runner that it is a proxy of. */
export function boundAs(queryRunner: QueryRunner, proxy: QueryRunner): QueryRunner {
  bound.set(proxy, boundOf(queryRunner));
  return proxy;
}

/** The host's columns that a migration references, as they are bound. */
export function boundReferences(
  { family, references = [] }: Pick<ReversibleMigration, 'family' | 'references'>,
  dialect: MigrationDialect,
  dataSource?: DataSource,
): readonly HostColumn[] {
  return references.map((reference) => {
    const { table, column } = STAND_IN_TABLES[family];
    if (reference.table !== table || reference.column !== column) return reference;
    const host = tableOn(dialect, hostTableIn(family, dataSource));
    familiesInUse.add(family);
    return {
      ...(host.schema !== undefined && { schema: host.schema }),
      ...{ table: host.table, column: host.column, type: host.keyType },
    };
  });
}

/** A query runner that sends the statements of a migration with the names of tables as they are bound. */
export function followingHost(
  queryRunner: QueryRunner,
  migration: MigrationInterface & { readonly family?: unknown },
  dialect: MigrationDialect | undefined,
): QueryRunner {
  const family = FAMILIES.find((one) => one === migration.family);
  if (family === undefined || dialect === undefined) return queryRunner;
  const dataSource = dataSourceOf(queryRunner) as DataSource | undefined;
  const of = dataSource ?? recordedFor.get(queryRunner);
  const host = hostTableIn(family, of);
  familiesInUse.add(family);
  usePlacing();
  const place = placeOn(dialect, of);
  const hosts = following(family, tableOn(dialect, host), dialect) ?? ((sql: string) => sql);
  // Billing's own names first: a table of the host's may have one of them.
  const follow = (sql: string): string => hosts(placedSql(sql, billingTableNames, place));
  const query = (sql: string, ...rest: []): Promise<unknown> =>
    queryRunner.query(follow(sql), ...rest);
  const proxy = new Proxy(queryRunner, {
    get(target, key) {
      if (key === 'query') return query;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const reader = dataSource === undefined ? readers.get(queryRunner) : queryRunner;
  bound.set(proxy, { queryRunner, reader, follow });
  return proxy;
}

/** Makes the schema that the host has bound, unless it is there. */
export async function makePlace(
  queryRunner: QueryRunner,
  dialect: MigrationDialect | undefined,
): Promise<void> {
  const { schema } = boundPlacing();
  if (dialect !== undefined && DIALECTS[dialect].hasSchemas && schema !== undefined)
    await queryRunner.query(makeSchema(schema));
}

/** Drops that schema again, if nothing is left in it. */
export async function leavePlace(
  queryRunner: QueryRunner,
  dialect: MigrationDialect | undefined,
): Promise<void> {
  const { schema } = boundPlacing();
  if (dialect !== undefined && DIALECTS[dialect].hasSchemas && schema !== undefined)
    await queryRunner.query(dropSchema(schema));
}

const tableOn = (dialect: MigrationDialect, host: HostTable): HostTable =>
  DIALECTS[dialect].hasSchemas ? host : { ...host, schema: undefined };

/** What puts the host's table into a statement; undefined if that is the stand-in's. */
function following(
  family: Family,
  host: HostTable,
  dialect: MigrationDialect,
): ((sql: string) => string) | undefined {
  const standIn = STAND_IN_TABLES[family];
  const [from, to] = [sqlOf(standIn), sqlOf(host)];
  const [wanted, bound] = [standIn, host].map(({ keyType }) => typeOn(dialect, keyType));
  if (from.table === to.table && from.column === to.column && wanted === bound) return undefined;
  const reference = `REFERENCES ${from.table} (${from.column})`;
  const key = `"${family}_id" ${wanted} NOT NULL`;
  return (sql) =>
    sql
      .replaceAll(reference, () => `REFERENCES ${to.table} (${to.column})`)
      .replaceAll(key, () => `"${family}_id" ${bound} NOT NULL`);
}

const typeOn = (dialect: MigrationDialect, keyType: HostTable['keyType']): string =>
  keyType === 'uuid' ? DIALECTS[dialect].uuid : keyType;
