import {
  type EntityMetadata,
  QueryFailedError,
  Table,
  type TableColumnOptions,
  TableUnique,
} from 'typeorm';
import { quote } from '../../driver/sql/quote';
import {
  type ColumnMetadata,
  dataSourceOf,
  Query,
  type QueryCollector,
  RdbmsSchemaBuilder,
  setTables,
  tablesOf,
} from '../typeorm';
import { changedParts } from './changed-parts';
import { orderIndexColumns } from './index-columns';
import { asResolved, resolve } from './search-path';

/** SQLSTATE of a type that is not there. */
const UNDEFINED_OBJECT = '42704';

/** What a query runner has collected, and whether it sends nothing meanwhile. */
interface Collecting extends QueryCollector {
  sqlMemoryMode: boolean;
  sqlInMemory: { upQueries: Query[]; downQueries: Query[] };
}

/** The entity's table as a statement names it. */
export const pathOf = ({ schema, tableName }: EntityMetadata): string =>
  [schema, tableName].flatMap((part) => (part === undefined ? [] : quote(part))).join('.');

/**
 * TypeORM's schema builder compares CHECKs and indexes by their names only. This one also sees a
 * changed CHECK text, index predicate or index column, such as a status added to a list, and keeps
 * the values of a column whose type or length changes.
 */
export class PostgresSchemaBuilder extends RdbmsSchemaBuilder {
  /** By entity: the columns with another name in the live table, which is the value. */
  protected readonly liveNames = new Map<EntityMetadata, ReadonlyMap<string, string>>();

  protected override async executeSchemaSyncOperationsInProperOrder(): Promise<void> {
    await this.resolveNames();
    await orderIndexColumns(this.queryRunner, tablesOf(this));
    for (const metadata of this.entityToSyncMetadatas) {
      const table = this.liveTable(metadata);
      if (table && metadata.checks.length + metadata.indices.length > 0) {
        await this.#dropChanged(metadata, table);
      }
      if (table) await this.#changeTypes(metadata, table);
    }
    await super.executeSchemaSyncOperationsInProperOrder();
  }

  /** Compares and changes nothing of these entities. */
  protected leaveOut(entities: ReadonlySet<EntityMetadata>): void {
    this.#leftOut = entities;
  }

  protected override get entityToSyncMetadatas(): EntityMetadata[] {
    return super.entityToSyncMetadatas.filter((one) => !this.#leftOut.has(one));
  }

  #leftOut: ReadonlySet<EntityMetadata> = new Set();

  protected liveTable(metadata: EntityMetadata): Table | undefined {
    return tablesOf(this).find((table) => this.#pathOf(table) === this.#pathOf(metadata));
  }

  /**
   * Takes each name without a schema as the server does, by the whole search_path. TypeORM takes it to
   * be in the first schema of the path.
   */
  protected async resolveNames(): Promise<void> {
    if (this.#isResolved) return;
    this.#isResolved = true;
    const first = dataSourceOf(this).driver.schema ?? '';
    const found = await resolve(this.queryRunner, this.entityToSyncMetadatas);
    const elsewhere = this.entityToSyncMetadatas.filter((metadata) => {
      const schema = metadata.schema === undefined ? found.get(metadata.tableName) : undefined;
      return schema !== undefined && schema !== first;
    });
    if (elsewhere.length > 0) {
      const paths = this.entityToSyncMetadatas.map((metadata) =>
        elsewhere.includes(metadata)
          ? `${found.get(metadata.tableName) ?? first}.${metadata.tableName}`
          : this.#pathOf(metadata),
      );
      setTables(this, await this.queryRunner.getTables(paths));
    }
    for (const metadata of this.entityToSyncMetadatas)
      asResolved(tablesOf(this), metadata, found, first);
  }

  #isResolved = false;

  /** With the schema, as TypeORM tells tables apart. */
  #pathOf(target: EntityMetadata | Table): string {
    const { schema = '', tableName } = dataSourceOf(this).driver.parseTableName(target);
    return `${schema}.${tableName}`;
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
      const table = this.liveTable(metadata);
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
    const changed = await this.#changedParts(metadata);
    if (changed instanceof QueryFailedError) {
      this.onRefused(metadata, changed);
      return;
    }
    for (const check of [...live.checks]) {
      if (changed.has(check.name ?? '')) await this.queryRunner.dropCheckConstraint(live, check);
    }
    for (const index of [...live.indices]) {
      if (changed.has(index.name ?? '')) await this.queryRunner.dropIndex(live, index);
    }
  }

  /** On the builder's own connection, as there may be no other: sent now, and rolled back. */
  async #changedParts(metadata: EntityMetadata): Promise<ReadonlySet<string> | QueryFailedError> {
    const { driver } = dataSourceOf(this);
    const queryRunner = this.queryRunner as Collecting;
    const { sqlMemoryMode, sqlInMemory } = queryRunner;
    queryRunner.sqlMemoryMode = false;
    queryRunner.sqlInMemory = { upQueries: [], downQueries: [] };
    await queryRunner.startTransaction();
    try {
      return await changedParts(
        queryRunner,
        pathOf(metadata),
        Table.create(metadata, driver),
        this.liveNames.get(metadata),
      );
    } finally {
      await queryRunner.rollbackTransaction();
      Object.assign(queryRunner, { sqlMemoryMode, sqlInMemory });
    }
  }

  /** A type that does not exist yet, such as a new enum of the host's, hides nothing of a table. */
  protected onRefused(_metadata: EntityMetadata, error: QueryFailedError): void {
    if ((error.driverError as { code?: unknown }).code !== UNDEFINED_OBJECT) throw error;
  }

  /**
   * TypeORM would drop such a column and create an empty one. There is no USING: a conversion that
   * Postgres does not do by itself, or that would cut values off, fails and is left to a person.
   */
  async #changeTypes(metadata: EntityMetadata, live: Table): Promise<void> {
    const { driver } = dataSourceOf(this);
    for (const wanted of Table.create(metadata, driver).columns) {
      const there = live.findColumnByName(wanted.name);
      if (!there || (there.type === wanted.type && there.length === wanted.length)) continue;
      if ([there, wanted].some((one) => one.isArray || (one.enum ?? one.generatedType))) continue;
      const alter = `ALTER TABLE ${pathOf(metadata)} ALTER COLUMN ${driver.escape(wanted.name)} TYPE`;
      await (this.queryRunner as QueryCollector).executeQueries(
        new Query(`${alter} ${driver.createFullType(wanted)}`),
        new Query(`${alter} ${driver.createFullType(there)}`),
      );
      there.type = wanted.type;
      there.length = wanted.length;
    }
  }
}
