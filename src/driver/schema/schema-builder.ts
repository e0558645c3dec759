import { Table, TableForeignKey } from 'typeorm';
import { dataSourceOf, Query, type QueryCollector, RdbmsSchemaBuilder, viewsOf } from '../typeorm';
import type { DataSource, EntityMetadata } from 'typeorm';
import { createIndexStatement, createTableStatement } from './create-table';
import { readTable, readTables, type TableDefinition } from './definition';
import { type ExtraPart, extrasOf, withExtras } from './extras';
import { withoutGeneratedColumns } from './generated-columns';
import { HostComparison, isManaged } from './host-comparison';
import { readMaster, readSchema } from './master';
import { planned } from './planned';
import type { Schema } from './plan';
import { renameBack, type Renames, renamesOf, underLiveNames } from './renames';

/**
 * Finds the differences between the entities and a SQLite-family database, and the SQL that removes
 * them without losing a row.
 *
 * TypeORM's builder creates tables without foreign keys and rebuilds each to add them, drops a
 * parent before its children, and misses a changed CHECK or partial index. This one compares the
 * definitions word by word. TypeORM's CLI uses it for `migration:generate` and `schema:log`.
 */
export class SqliteFamilySchemaBuilder extends RdbmsSchemaBuilder {
  declare protected queryRunner: QueryCollector;

  /**
   * Whether columns, constraints and indexes of the library's tables that the entities don't name are
   * dropped. Somebody else may have added them, so only the library itself does that, for a migration.
   */
  dropsExtras = false;

  constructor(dataSource: DataSource) {
    super(withoutGeneratedColumns(dataSource));
  }

  /**
   * Every table that an entity of the library defines is compared word by word. The host's own are
   * compared as TypeORM compares them.
   */
  protected override async executeSchemaSyncOperationsInProperOrder(): Promise<void> {
    // Before the views: on D1 nothing can be read once a statement is held.
    const all = await readSchema(this.queryRunner);
    const live = readTables(all);
    const metadatas = this.entityToSyncMetadatas;
    const hosts = metadatas.filter((metadata) => !isManaged(metadata));
    const host = await new HostComparison(dataSourceOf(this), this.queryRunner, hosts).run(live);

    const views = [...viewsOf(this)];
    await this.dropOldViews();
    // Where statements are only collected, the views are still there.
    const dropped = new Set(
      views.filter((view) => !viewsOf(this).includes(view)).map(({ name }) => name.toLowerCase()),
    );
    const rows = all.filter(
      ({ type, tbl_name: table }) => type === 'table' || !dropped.has(table.toLowerCase()),
    );
    const { intended, renames } = this.#intended(live, metadatas.filter(isManaged));
    for (const metadata of hosts) {
      if (!live.has(metadata.tableName)) {
        intended.set(metadata.tableName, this.#define(metadata, undefined));
      }
    }
    for (const table of host.tables) intended.set(table.name, table);
    const change = await planned(this.queryRunner, { live, intended, rows, renames });
    const queries = (statements: string[]): Query[] => statements.map((sql) => new Query(sql));
    const up = [...queries(change.up), ...host.up];
    const down = [...queries(change.down), ...host.down];
    // TypeORM collects the down statements in the order of the up ones and reverses them at the end.
    if (up.length > 0) await this.queryRunner.executeQueries(up, down.reverse());
    await this.createViews();
  }

  /**
   * Compares some tables alone, and keeps what they have besides what the entities name.
   *
   * @returns the statements that fix the differences, and what is kept
   */
  async compare(
    tables: ReadonlySet<string>,
  ): Promise<{ readonly statements: string[]; readonly extras: ExtraPart[] }> {
    const queryRunner = dataSourceOf(this).createQueryRunner();
    try {
      const rows = await readMaster(queryRunner);
      const live = readTables(rows);
      const metadatas = this.entityToSyncMetadatas.filter(({ tableName }) => tables.has(tableName));
      const { intended, renames, extras } = this.#intended(live, metadatas);
      const { up } = await planned(queryRunner, { live, intended, rows, renames });
      return { statements: up, extras };
    } finally {
      await queryRunner.release();
    }
  }

  /** The live schema, with the tables of some entities as the entities define them. */
  #intended(live: Schema, metadatas: readonly EntityMetadata[]): Intended {
    const defined = metadatas.map((metadata) =>
      this.#define(metadata, live.get(metadata.tableName)),
    );
    const names: Renames = new Map(
      this.dropsExtras
        ? []
        : defined.map((table) => [
            table.name.toLowerCase(),
            renamesOf(table, live.get(table.name)),
          ]),
    );
    const intended = new Map(live);
    const extras: ExtraPart[] = [];
    for (const table of defined) {
      const present = live.get(table.name);
      const named = underLiveNames(table, names);
      intended.set(table.name, present && !this.dropsExtras ? withExtras(named, present) : named);
      if (present) extras.push(...extrasOf(named, present));
    }
    const renames = {
      up: defined.flatMap((table) => renameBack(table, names)),
      down: defined.flatMap((table) => renameBack(table, names, 'down')),
    };
    return { intended, extras, renames };
  }

  #define(metadata: EntityMetadata, live: TableDefinition | undefined): TableDefinition {
    const { driver } = dataSourceOf(this);
    const table = Table.create(metadata, driver);
    table.foreignKeys = metadata.foreignKeys.map((key) => TableForeignKey.create(key, driver));
    const unmanaged = metadata.indices
      .filter(({ synchronize }) => !synchronize)
      .map(({ name }) => live?.indexes.get(name.toLowerCase())?.sql)
      .filter((sql) => sql !== undefined);
    return readTable(
      table.name,
      createTableStatement(table, (column) => driver.createFullType(column)),
      [...table.indices.map((index) => createIndexStatement(table, index)), ...unmanaged],
      live?.triggers,
    );
  }
}

interface Intended {
  readonly intended: Map<string, TableDefinition>;
  readonly extras: ExtraPart[];
  /** The statements that rename columns after the change, and those that undo it. */
  readonly renames: { readonly up: readonly string[]; readonly down: readonly string[] };
}
