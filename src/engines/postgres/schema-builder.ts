import { type EntityMetadata, Table, type TableColumnOptions, TableUnique } from 'typeorm';
import { type ColumnMetadata, Query, type QueryCollector, RdbmsSchemaBuilder } from '../typeorm';
import { changedParts } from './changed-parts';

/** The live table of an entity, which TypeORM names with its schema. */
export const liveTable = (tables: readonly Table[], metadata: EntityMetadata): Table | undefined =>
  tables.find(({ name }) => name.split('.').at(-1) === metadata.tableName);

/**
 * TypeORM's schema builder compares CHECKs and indexes by their names only. This one also sees a
 * changed CHECK text, index predicate or index column, such as a status added to a list, and keeps
 * the values of a column whose type or length changes.
 */
export class PostgresSchemaBuilder extends RdbmsSchemaBuilder {
  /** By entity: the columns with another name in the live table, which is the value. */
  protected readonly liveNames = new Map<EntityMetadata, ReadonlyMap<string, string>>();

  protected override async executeSchemaSyncOperationsInProperOrder(): Promise<void> {
    for (const metadata of this.entityToSyncMetadatas) {
      const table = liveTable(this.tables, metadata);
      if (table && metadata.checks.length + metadata.indices.length > 0) {
        await this.#dropChanged(metadata, table);
      }
      if (table) await this.#changeTypes(metadata, table);
    }
    await super.executeSchemaSyncOperationsInProperOrder();
  }

  /**
   * TypeORM would name the UNIQUE of a column by its own rule, not as the entity does, whether the
   * column is new or has lost it.
   */
  protected override async addNewColumns(): Promise<void> {
    this.#leaveOutUniques = true;
    await super.addNewColumns();
    this.#leaveOutUniques = false;
    for (const metadata of this.entityToSyncMetadatas) {
      const table = liveTable(this.tables, metadata);
      for (const unique of metadata.uniques) {
        const [column, ...more] = unique.columns;
        const there = table?.findColumnByName(column?.databaseName ?? '');
        if (!table || !there || more.length > 0 || there.isUnique) continue;
        await this.queryRunner.createUniqueConstraint(table, TableUnique.create(unique));
      }
    }
  }

  #leaveOutUniques = false;

  protected override metadataColumnsToTableColumnOptions(
    columns: ColumnMetadata[],
  ): TableColumnOptions[] {
    const options = super.metadataColumnsToTableColumnOptions(columns);
    return this.#leaveOutUniques ? options.map((one) => ({ ...one, isUnique: false })) : options;
  }

  /** Drops what has the right name and another meaning; TypeORM then creates it again. */
  async #dropChanged(metadata: EntityMetadata, live: Table): Promise<void> {
    const { driver } = this.dataSource;
    const shadow = this.dataSource.createQueryRunner();
    try {
      await shadow.startTransaction();
      const name = driver.escape(metadata.tableName);
      const intended = Table.create(metadata, driver);
      const changed = await changedParts(shadow, name, intended, this.liveNames.get(metadata));
      for (const check of [...live.checks]) {
        if (changed.has(check.name ?? '')) await this.queryRunner.dropCheckConstraint(live, check);
      }
      for (const index of [...live.indices]) {
        if (changed.has(index.name ?? '')) await this.queryRunner.dropIndex(live, index);
      }
    } finally {
      if (shadow.isTransactionActive) await shadow.rollbackTransaction();
      await shadow.release();
    }
  }

  /**
   * TypeORM would drop such a column and create an empty one. There is no USING: a conversion that
   * Postgres does not do by itself, or that would cut values off, fails and is left to a person.
   */
  async #changeTypes(metadata: EntityMetadata, live: Table): Promise<void> {
    const { driver } = this.dataSource;
    for (const wanted of Table.create(metadata, driver).columns) {
      const there = live.findColumnByName(wanted.name);
      if (!there || (there.type === wanted.type && there.length === wanted.length)) continue;
      if ([there, wanted].some((one) => one.isArray || (one.enum ?? one.generatedType))) continue;
      const alter = `ALTER TABLE ${driver.escape(metadata.tableName)} ALTER COLUMN ${driver.escape(wanted.name)} TYPE`;
      await (this.queryRunner as QueryCollector).executeQueries(
        new Query(`${alter} ${driver.createFullType(wanted)}`),
        new Query(`${alter} ${driver.createFullType(there)}`),
      );
      there.type = wanted.type;
      there.length = wanted.length;
    }
  }
}
