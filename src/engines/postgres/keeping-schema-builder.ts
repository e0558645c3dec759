import { type DataSource, type EntityMetadata, Table, type TableColumn } from 'typeorm';
import { withoutGeneratedColumns } from '../../driver/schema/generated-columns';
import { pairs } from '../../driver/schema/renames';
import type { HostPart } from '../engine';
import { entityClassOf } from '../entity-class';
import { dataSourceOf, Query, type QueryCollector } from '../typeorm';
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

/**
 * Hides from TypeORM's builder what the entities of billing don't name, so that it can't drop it. What
 * the host's own entities don't name is dropped, as TypeORM does.
 */
export class KeepingSchemaBuilder extends PostgresSchemaBuilder {
  /** Whether it is dropped from billing's tables too: only the library itself does that, for a migration. */
  dropsExtras = false;
  readonly hosts: HostPart[] = [];

  constructor(dataSource: DataSource) {
    super(withoutGeneratedColumns(dataSource));
  }

  protected keeps(metadata: EntityMetadata): boolean {
    return !this.dropsExtras && entityClassOf(metadata) !== undefined;
  }

  protected override async executeSchemaSyncOperationsInProperOrder(): Promise<void> {
    await this.resolveNames();
    for (const metadata of this.entityToSyncMetadatas.filter((one) => this.keeps(one))) {
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
      this.hosts.push(...hideDefaults(table, Table.create(metadata, dataSourceOf(this).driver)));
    }
    await super.executeSchemaSyncOperationsInProperOrder();
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

/** A default where the entity has none is the host's, and no difference. */
function hideDefaults(live: Table, intended: Table): HostPart[] {
  const hosts: HostPart[] = [];
  for (const column of live.columns) {
    const wanted = intended.findColumnByName(column.name);
    if (wanted === undefined || (wanted.default ?? null) !== null || wanted.isGenerated) continue;
    if (column.isGenerated) {
      hosts.push({
        table: intended.name,
        kind: 'default',
        name: column.name,
        definition: column.generationStrategy ?? '',
      });
      column.isGenerated = false;
      delete column.generationStrategy;
    } else if ((column.default ?? null) !== null && column.generatedType === undefined) {
      hosts.push({
        table: intended.name,
        kind: 'default',
        name: column.name,
        definition: String(column.default),
      });
      delete column.default;
    }
  }
  return hosts;
}
