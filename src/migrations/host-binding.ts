import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { familiesInUse, sqlOf, STAND_IN_TABLES, type HostTable } from '../host/bindings';
import { FAMILIES, type Family } from '../host/families';
import { hostTableIn } from '../host/host-key';
import { dataSourceOf } from '../host/typeorm';
import type { HostColumn, ReversibleMigration } from './reversible-migration';

/**
 * The migrations name the tables of the stand-ins. Where the host has bound its own, what they send
 * names those instead: the files themselves never change.
 */

/** The SQL that a list of migrations is written in, which is the list's name. */
export type MigrationDialect = 'postgres' | 'sqlite';

/** SQLite has no schemas, and TypeORM passes over those of entities. */
const DIALECTS: Readonly<
  Record<MigrationDialect, { readonly hasSchemas: boolean; readonly uuid: string }>
> = {
  postgres: { hasSchemas: true, uuid: 'uuid' },
  sqlite: { hasSchemas: false, uuid: 'text' },
};

/** The DataSource for which a query runner, which has none, records statements. */
const recordedFor = new WeakMap<object, DataSource>();

/** Has what is recorded name the host's tables as this DataSource does. */
export function recordFor(queryRunner: QueryRunner, dataSource: DataSource): QueryRunner {
  recordedFor.set(queryRunner, dataSource);
  return queryRunner;
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

/** A query runner that sends the statements of a migration with the host's tables in them. */
export function followingHost(
  queryRunner: QueryRunner,
  migration: MigrationInterface & { readonly family?: unknown },
  dialect: MigrationDialect | undefined,
): QueryRunner {
  const family = FAMILIES.find((one) => one === migration.family);
  if (family === undefined || dialect === undefined) return queryRunner;
  const dataSource = dataSourceOf(queryRunner) as DataSource | undefined;
  const host = hostTableIn(family, dataSource ?? recordedFor.get(queryRunner));
  familiesInUse.add(family);
  const follow = following(family, tableOn(dialect, host), dialect);
  if (follow === undefined) return queryRunner;
  const query = (sql: string, ...rest: []): Promise<unknown> =>
    queryRunner.query(follow(sql), ...rest);
  return new Proxy(queryRunner, {
    get(target, key) {
      if (key === 'query') return query;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
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
