import type { DataSource, EntityMetadata, Table, TableIndex } from 'typeorm';
import { entityClassOf } from '../entity-class';
import {
  dataSourceOf,
  type Query,
  type QueryCollector,
  RdbmsSchemaBuilder,
  setTables,
  tablesOf,
} from '../typeorm';
import { createIndexStatement, createTableStatement } from './create-table';
import { readTable, type TableDefinition } from './definition';
import type { Schema } from './plan';
import { spellAlike } from './spelling';

/** Whether a table's definition is the library's own. All other tables are the host's. */
export const isManaged = (metadata: EntityMetadata): boolean =>
  entityClassOf(metadata) !== undefined;

/** What TypeORM's own comparison makes of the host's tables. */
export interface HostChanges {
  /** The host's tables that exist, as they shall be. */
  readonly tables: readonly TableDefinition[];
  /** The rows of generated columns in TypeORM's own table, up and down. */
  readonly up: readonly Query[];
  readonly down: readonly Query[];
}

/**
 * Compares the host's tables as TypeORM does: its own comparison runs, and its statements are
 * collected and not sent. The tables that it arrives at are made by this library's plan, which loses
 * no row of a child where foreign keys can't be turned off.
 */
export class HostComparison extends RdbmsSchemaBuilder {
  declare protected queryRunner: QueryCollector;

  constructor(
    dataSource: DataSource,
    queryRunner: QueryCollector,
    private readonly metadatas: readonly EntityMetadata[],
  ) {
    super(dataSource);
    this.queryRunner = queryRunner;
  }

  protected override get entityToSyncMetadatas(): EntityMetadata[] {
    return [...this.metadatas];
  }

  /** The views are compared with all others. */
  protected override get viewEntityToSyncMetadatas(): EntityMetadata[] {
    return [];
  }

  async run(live: Schema): Promise<HostChanges> {
    if (this.metadatas.length === 0) return { tables: [], up: [], down: [] };
    const dataSource = dataSourceOf(this);
    setTables(
      this,
      await this.queryRunner.getTables(this.metadatas.map(({ tableName }) => tableName)),
    );
    const existing = tablesOf(this).flatMap((table) => {
      const definition = live.get(table.name);
      const metadata = this.metadatas.find(({ tableName }) => tableName === table.name);
      if (!definition || !metadata) return [];
      const respell = spellAlike(table, metadata, definition, dataSource.driver);
      return [{ table, definition, respell, before: snapshot(table) }];
    });
    const { upQueries, downQueries } = await this.queryRunner.collect(() =>
      this.executeSchemaSyncOperationsInProperOrder(),
    );
    return {
      tables: existing.map(({ table, definition, respell, before }) => {
        const after = snapshot(table);
        const indexes = keptIndexes(table, definition, before.indexes);
        if (after.parts === before.parts) {
          return after.all === before.all
            ? definition
            : readTable(table.name, definition.sql, indexes, definition.triggers);
        }
        respell(table);
        const sql = createTableStatement(table, (column) =>
          dataSource.driver.createFullType(column),
        );
        return readTable(table.name, sql, indexes, definition.triggers);
      }),
      up: aboutGeneratedColumns(upQueries, dataSource),
      down: aboutGeneratedColumns(downQueries, dataSource),
    };
  }
}

/** Those of TypeORM's statements that write to its own table. */
export function aboutGeneratedColumns(queries: readonly Query[], dataSource: DataSource): Query[] {
  const table = dataSource.driver.escape(dataSource.metadataTableName);
  return queries.filter(
    ({ query }) =>
      /^(?:INSERT INTO|DELETE FROM) /.test(query) && query.split(' ')[2]?.startsWith(table),
  );
}

/** An index that stays keeps its text, with what TypeORM doesn't read of it. */
export function keptIndexes(
  table: Table,
  live: TableDefinition,
  before: ReadonlySet<string>,
): string[] {
  return table.indices.map((index) => {
    const text = live.indexes.get((index.name ?? '').toLowerCase())?.sql;
    return text !== undefined && before.has(indexText(index))
      ? text
      : createIndexStatement(table, index);
  });
}

export const indexText = ({ name, columnNames, isUnique, where }: TableIndex): string =>
  JSON.stringify([name, columnNames, isUnique, where]);

interface Snapshot {
  /** The table without its indexes. */
  readonly parts: string;
  readonly all: string;
  readonly indexes: ReadonlySet<string>;
}

function snapshot(table: Table): Snapshot {
  const parts = JSON.stringify([table.columns, table.uniques, table.checks, table.foreignKeys]);
  const indexes = table.indices.map(indexText).sort();
  return { parts, all: [parts, ...indexes].join('\n'), indexes: new Set(indexes) };
}
