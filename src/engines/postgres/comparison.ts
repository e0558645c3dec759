import {
  type DataSource,
  type EntityMetadata,
  type QueryFailedError,
  type QueryRunner,
  Table,
  type TableColumn,
} from 'typeorm';
import { pairs } from '../../driver/schema/renames';
import { entityClassOf } from '../entity-class';
import type { Comparison, HostPart, Unchecked } from '../engine';
import { dataSourceOf, Query, type QueryCollector } from '../typeorm';
import { hiddenTables } from './hidden-tables';
import { pathOf, PostgresSchemaBuilder } from './schema-builder';

/** All parts of a table but its primary key, NOT NULLs, and the indexes behind constraints. */
const PARTS = `
  SELECT 'column' AS "kind", attname AS "name", format_type(atttypid, atttypmod) AS "definition"
  FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT 'constraint', conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('c', 'u', 'f', 'x')
  UNION ALL
  SELECT 'index', c.relname, pg_get_indexdef(i.indexrelid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = $1::regclass AND NOT EXISTS (
    SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
  UNION ALL
  SELECT 'trigger', tgname, pg_get_triggerdef(oid)
  FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal
  ORDER BY 1, 2`;

/** Compares some tables, and keeps what they have besides what the entities name. */
export async function compareOnPostgres(
  dataSource: DataSource,
  entities: ReadonlySet<EntityMetadata>,
): Promise<Comparison> {
  const entityMetadatas = dataSource.entityMetadatas.filter((one) => entities.has(one));
  // TypeORM's builder compares all entities, and the table of its query cache with them.
  const scope = Object.create(dataSource, {
    entityMetadatas: { value: entityMetadatas },
    queryResultCache: { value: undefined },
    createQueryRunner: { value: () => withoutGeneratedColumns(dataSource.createQueryRunner()) },
  }) as DataSource;
  const builder = new KeepingSchemaBuilder(scope);
  const { upQueries } = await builder.log();
  const differences = upQueries.map(({ query }) => query);
  return { differences, hosts: builder.hosts, unchecked: builder.unchecked };
}

/**
 * TypeORM looks up a generated column, such as one the host added, in a table of its own, which is
 * not there unless an entity has one.
 */
function withoutGeneratedColumns(queryRunner: QueryRunner): QueryRunner {
  const query = queryRunner.query.bind(queryRunner) as (...all: unknown[]) => Promise<unknown>;
  return Object.assign(queryRunner, {
    query: (...all: unknown[]) =>
      /^SELECT .* FROM (?:"\w+"\.)*"typeorm_metadata"/s.test(String(all[0]))
        ? Promise.resolve([])
        : query(...all),
  });
}

/** Hides from TypeORM's builder what the entities don't name, so that it can't drop it. */
class KeepingSchemaBuilder extends PostgresSchemaBuilder {
  readonly hosts: HostPart[] = [];
  readonly unchecked: Unchecked[] = [];

  protected override async executeSchemaSyncOperationsInProperOrder(): Promise<void> {
    await this.resolveNames();
    const hidden = await hiddenTables(this.queryRunner, this.entityToSyncMetadatas);
    this.unchecked.push(...hidden.values());
    // They would look as if they, or some of their columns, were missing.
    this.leaveOut(new Set(hidden.keys()));
    for (const metadata of this.entityToSyncMetadatas) {
      const table = this.liveTable(metadata);
      if (table === undefined) continue;
      const names = namesOf(metadata);
      const renamed = new Set(await this.#renameColumns(metadata, table, names));
      const known = new Set(takeNames(table, metadata, names));
      const parts = (await this.queryRunner.query(PARTS, [pathOf(metadata)])) as Omit<
        HostPart,
        'table'
      >[];
      this.hosts.push(
        ...parts
          .filter(({ kind, name: part }) =>
            kind === 'column'
              ? !names.columns.has(part) && !renamed.has(part)
              : !names.others.has(part) && !known.has(part),
          )
          .map((part) => ({ table: metadata.tableName, ...part })),
      );
      hideExtras(table, metadata, names);
    }
    await super.executeSchemaSyncOperationsInProperOrder();
  }

  protected override onRefused({ tableName }: EntityMetadata, error: QueryFailedError): void {
    this.unchecked.push({
      object: `the CHECKs and indexes of ${tableName}`,
      reason: `Postgres refused the temporary table that they are compared on: ${error.message}`,
    });
  }

  /** @returns the names that columns of the entity have in the live table */
  async #renameColumns(metadata: EntityMetadata, table: Table, names: Names): Promise<string[]> {
    const { driver } = dataSourceOf(this);
    const found = renamesOf(Table.create(metadata, driver), table, names, (column) =>
      driver.createFullType(column),
    );
    this.liveNames.set(metadata, found);
    const alter = `ALTER TABLE ${pathOf(metadata)} RENAME COLUMN`;
    for (const [name, live] of found) {
      const [to, from] = [driver.escape(name), driver.escape(live)];
      await (this.queryRunner as QueryCollector).executeQueries(
        new Query(`${alter} ${from} TO ${to}`),
        new Query(`${alter} ${to} TO ${from}`),
      );
      for (const part of partsOf(table)) {
        part.columnNames = part.columnNames?.map((one) => (one === live ? name : one));
      }
      const column = table.findColumnByName(live);
      if (column) column.name = name;
    }
    return [...found.values()];
  }
}

interface Names {
  readonly columns: ReadonlySet<string>;
  readonly others: ReadonlySet<string | undefined>;
}

/** What of a table names columns. */
const partsOf = (table: Table): { name?: string; columnNames?: string[] | undefined }[] => [
  ...table.indices,
  ...table.checks,
  ...table.uniques,
  ...table.foreignKeys,
];

/** As on SQLite: one column more and one less that are otherwise the same. */
function renamesOf(
  intended: Table,
  live: Table,
  { columns, others }: Names,
  type: (column: TableColumn) => string,
): ReadonlyMap<string, string> {
  const isRequired = ({ isNullable, default: value }: TableColumn): boolean =>
    !isNullable && (value ?? null) === null;
  return pairs(
    intended.columns.filter(({ name }) => !live.findColumnByName(name)),
    live.columns.filter(({ name }) => !columns.has(name)),
    (column, other) => {
      const isSame =
        type(column) === type(other) &&
        column.isNullable === other.isNullable &&
        isRequired(column) === isRequired(other);
      if (!isSame) return 0;
      const isNamed = partsOf(live).some(
        ({ name, columnNames }) =>
          others.has(name) &&
          columnNames?.includes(other.name) &&
          partsOf(intended).some((part) => part.name === name && names(part, column.name)),
      );
      return isNamed ? 2 : isRequired(column) ? 1 : 0;
    },
  );
}

/** TypeORM does not list the columns of a CHECK of an entity. */
const names = (part: object, column: string): boolean =>
  'expression' in part
    ? new RegExp(`\\b${column}\\b`).test(String(part.expression))
    : (part as { columnNames?: string[] }).columnNames?.includes(column) === true;

function namesOf(metadata: EntityMetadata): Names {
  const { columns, checks, uniques, foreignKeys, indices, exclusions } = metadata;
  return {
    columns: new Set(
      columns.filter((one) => !one.isVirtualProperty).map((one) => one.databaseName),
    ),
    others: new Set(
      [...checks, ...uniques, ...foreignKeys, ...indices, ...exclusions].map(({ name }) => name),
    ),
  };
}

/**
 * TypeORM names the UNIQUE of a column that it adds by its own rule, whatever the entity calls it. For a
 * column of the host's, that is no difference.
 *
 * @returns the names that such constraints have in the live table
 */
function takeNames(table: Table, metadata: EntityMetadata, { others }: Names): string[] {
  const own = entityClassOf(metadata);
  return metadata.uniques.flatMap(({ name, columns }) => {
    const isBillings = columns.every((one) => own?.isCompleteBeforeInsert(one.propertyName));
    if (isBillings || table.uniques.some((one) => one.name === name)) return [];
    const wanted = columns.map(({ databaseName }) => databaseName).sort();
    const live = table.uniques.find(
      (one) => !others.has(one.name) && [...one.columnNames].sort().join() === wanted.join(),
    );
    const { name: found } = live ?? {};
    if (live === undefined || found === undefined) return [];
    live.name = name;
    return [found];
  });
}

function hideExtras(table: Table, metadata: EntityMetadata, { columns, others }: Names): void {
  const isNamed = ({ name }: { name?: string | undefined }): boolean => others.has(name);
  table.columns = table.columns.filter(({ name }) => columns.has(name));
  table.indices = table.indices.filter(isNamed);
  table.checks = table.checks.filter(isNamed);
  table.uniques = table.uniques.filter(isNamed);
  table.foreignKeys = table.foreignKeys.filter(isNamed);
  table.exclusions = table.exclusions.filter(isNamed);
  if (metadata.comment === undefined) delete table.comment;
  for (const column of table.columns) {
    column.isUnique = table.uniques.some(
      ({ columnNames }) => columnNames.length === 1 && columnNames[0] === column.name,
    );
    const wanted = metadata.columns.find(({ databaseName }) => databaseName === column.name);
    if (wanted?.comment === undefined) delete column.comment;
  }
}
