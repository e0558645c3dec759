import { Table, TableForeignKey } from 'typeorm';
import { Query, type QueryCollector, RdbmsSchemaBuilder } from '../typeorm';
import type { EntityMetadata, QueryRunner } from 'typeorm';
import { createIndexStatement, createTableStatement } from './create-table';
import { type MasterRow, readTable, readTables, type TableDefinition } from './definition';
import { type ExtraPart, extrasOf, withExtras } from './extras';
import { planChange, type Schema } from './plan';
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

  protected override async executeSchemaSyncOperationsInProperOrder(): Promise<void> {
    const views = [...this.views];
    await this.dropOldViews();
    // Where statements are only collected, the views are still there.
    const dropped = new Set(
      views.filter((view) => !this.views.includes(view)).map(({ name }) => name),
    );
    const rows = (await readMaster(this.queryRunner)).filter(
      ({ type, tbl_name: table }) => type === 'table' || !dropped.has(table),
    );
    const live = readTables(rows);
    const intended = this.#intended(live);
    const statements = planChange(live, intended, rows);
    if (statements.length > 0) {
      const back = planChange(intended, live, rows);
      // TypeORM collects the down statements in the order of the up ones and reverses them at the
      // end.
      await this.queryRunner.executeQueries(
        statements.map((sql) => new Query(sql)),
        back.reverse().map((sql) => new Query(sql)),
      );
    }
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
    const queryRunner = this.dataSource.createQueryRunner();
    try {
      const rows = await readMaster(queryRunner);
      const live = readTables(rows);
      const defined = this.entityToSyncMetadatas
        .filter(({ tableName }) => tables.has(tableName))
        .map((metadata) => this.#define(metadata, live.get(metadata.tableName)));
      const renames: Renames = new Map(
        defined.map((table) => [table.name.toLowerCase(), renamesOf(table, live.get(table.name))]),
      );
      const intended = new Map(live);
      const extras: ExtraPart[] = [];
      for (const table of defined) {
        const present = live.get(table.name);
        const named = underLiveNames(table, renames);
        intended.set(table.name, present ? withExtras(named, present) : named);
        if (present) extras.push(...extrasOf(named, present));
      }
      const statements = [
        ...planChange(live, intended, rows),
        ...defined.flatMap((table) => renameBack(table, renames)),
      ];
      return { statements, extras };
    } finally {
      await queryRunner.release();
    }
  }

  /** The live schema, with the tables of the entities as the entities define them. */
  #intended(live: Schema): Schema {
    const tables = new Map(live);
    for (const metadata of this.entityToSyncMetadatas) {
      const table = this.#define(metadata, live.get(metadata.tableName));
      tables.set(table.name, table);
    }
    return tables;
  }

  #define(metadata: EntityMetadata, live: TableDefinition | undefined): TableDefinition {
    const { driver } = this.dataSource;
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

async function readMaster(queryRunner: QueryRunner): Promise<MasterRow[]> {
  return (await queryRunner.query(
    `SELECT "type", "name", "tbl_name", "sql" FROM "sqlite_master" WHERE "name" NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
  )) as MasterRow[];
}
