import type { ColumnType, DataSource, ObjectLiteral, QueryRunner } from 'typeorm';
import {
  AbstractSqliteDriver,
  type ColumnMetadata,
  dataSourceOf,
  type RdbmsSchemaBuilder,
  OrmUtils,
} from './typeorm';
import type { EntityMetadata } from 'typeorm';
import { COPY, THIS_COPY } from '../copy';
import { entityClassOf } from './entity-class';
import { addForms } from './forms';
import { SqliteFamilyQueryRunner } from './query-runner';
import { SqliteFamilySchemaBuilder } from './schema/schema-builder';
import { setType } from './schema/spelling';
import type { SqliteDatabase } from './session';
import { NOW } from './sql/now';

/** The Postgres types that entities name, and the types that store the same values here. */
const TYPES: Readonly<Partial<Record<ColumnType & string, ColumnType>>> = {
  timestamptz: 'datetime',
  'timestamp with time zone': 'datetime',
  // D1 has no function jsonb(), which TypeORM calls for this type, so JSON is stored as text.
  jsonb: 'simple-json',
  uuid: 'text',
};

/**
 * TypeORM's driver for databases with SQLite's SQL: a file through `sqlite3`, or a D1 binding.
 * Entities use Postgres' types. This driver translates their types, defaults and CHECKs when a
 * DataSource is built, never at import, so one process can use several engines.
 */
export class SqliteFamilyDriver extends AbstractSqliteDriver {
  /** The SQL that migrations on it are written in, whatever type the DataSource has. */
  readonly dialect = 'sqlite';

  readonly [COPY] = THIS_COPY;

  constructor(
    dataSource: DataSource,
    readonly connections: SqliteDatabase,
    /** Whether queries on entities that are not the library's stay as TypeORM writes them. */
    readonly leavesHostQueries = false,
  ) {
    super(dataSource);
    this.supportedDataTypes = [
      ...this.supportedDataTypes,
      'char',
      ...(Object.keys(TYPES) as ColumnType[]),
    ];
    this.withLengthColumnTypes = [...this.withLengthColumnTypes, 'char'];
    this.mappedDataTypes = {
      ...this.mappedDataTypes,
      createDateDefault: NOW,
      updateDateDefault: NOW,
    };
  }

  override async connect(): Promise<void> {
    await this.connections.open();
  }

  override async disconnect(): Promise<void> {
    await this.connections.close();
  }

  /** Runs after the metadata of this DataSource is built and before the first statement. */
  override afterConnect(): Promise<void> {
    for (const metadata of dataSourceOf(this).entityMetadatas) translate(metadata);
    return Promise.resolve();
  }

  /** Returns a new query runner each time: two never share a transaction. */
  override createQueryRunner(): QueryRunner {
    return new SqliteFamilyQueryRunner(this);
  }

  override createSchemaBuilder(): RdbmsSchemaBuilder {
    return new SqliteFamilySchemaBuilder(dataSourceOf(this));
  }

  /** @param inserted the new row's id, or the columns that an upsert returned */
  override createGeneratedMap(
    metadata: EntityMetadata,
    inserted: unknown,
    index: number,
    count: number,
  ): ObjectLiteral | undefined {
    if (typeof inserted !== 'object' || inserted === null) {
      return super.createGeneratedMap(metadata, inserted, index, count);
    }
    // Merged as plain maps: the constructor of an embedded class may set other properties.
    return Object.entries(inserted).reduce<ObjectLiteral>((map, [name, value]) => {
      const column = metadata.findColumnWithDatabaseName(name);
      if (!column) return map;
      return OrmUtils.mergeDeep<ObjectLiteral>(
        map,
        column.createValueMap(this.prepareHydratedValue(value, column)),
      );
    }, {});
  }

  /** TypeORM 0.3 does not double a quote in a name. */
  override escape(name: string): string {
    return `"${name.replaceAll('"', '""')}"`;
  }

  override normalizeType(column: Parameters<AbstractSqliteDriver['normalizeType']>[0]): string {
    const type = typeof column.type === 'string' ? TYPES[column.type] : undefined;
    return super.normalizeType(type === undefined ? column : { ...column, type });
  }

  override normalizeDefault(column: ColumnMetadata): string | undefined {
    const value = super.normalizeDefault(column);
    if (typeof column.default !== 'function') return value;
    if (value === 'now()' || value === 'CURRENT_TIMESTAMP') return NOW;
    // TypeORM makes the uuid in JavaScript, because SQLite has no such function.
    if (value === 'gen_random_uuid()') return undefined;
    return value;
  }
}

/**
 * Skips the columns that need not be read again after an insert, as the class says. TypeORM reads
 * the rest. After an insert of several rows it pairs entities and rows by position, but the
 * database returns the rows in any order.
 */
function readLess(metadata: EntityMetadata): void {
  const entity = entityClassOf(metadata);
  if (entity === undefined) return;
  const columns = metadata
    .getInsertionReturningColumns()
    .filter(({ propertyName }) => !entity.isCompleteBeforeInsert(propertyName));
  metadata.getInsertionReturningColumns = () => [...columns];
}

/** Every time that is stored as text has such a year, or 0000. */
const FOUR_DIGIT_YEARS = / BETWEEN '0001-01-01 00:00:00\+00' AND '9999-12-31 23:59:59\.999\+00'/g;

function translate(metadata: EntityMetadata): void {
  readLess(metadata);
  addForms(metadata);
  for (const column of metadata.columns) {
    const type = typeof column.type === 'string' ? TYPES[column.type] : undefined;
    if (type === undefined) continue;
    setType(column, type);
    if (type === 'datetime') column.precision = null;
  }
  for (const check of metadata.checks) {
    check.expression = check.expression
      .replaceAll(/\bjsonb_typeof\(/g, 'json_type(')
      .replaceAll(FOUR_DIGIT_YEARS, " > '0001-'");
  }
}
