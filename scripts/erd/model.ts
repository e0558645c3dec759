import 'reflect-metadata';
import { DataSource, type EntityMetadata } from 'typeorm';
import { tenantBilling, userBilling, type BillingFamily } from '../../src/billing';
import type { ColumnMetadata } from '../../src/driver/typeorm';

export type OnDelete = 'CASCADE' | 'RESTRICT' | 'SET NULL';

/** What a foreign key points at. */
export interface Reference {
  readonly table: string;
  readonly column: string;
  readonly onDelete: OnDelete;
}

export interface Column {
  readonly name: string;
  /** As Postgres writes it, with its length or precision. */
  readonly type: string;
  readonly nullable: boolean;
  readonly primary: boolean;
  /** Unique by itself. */
  readonly unique: boolean;
  readonly reference: Reference | undefined;
}

export interface Table {
  readonly name: string;
  /** Name of the entity class. */
  readonly entity: string;
  /** Owned by the host application: only the column that billing refers to is known. */
  readonly host: boolean;
  readonly columns: readonly Column[];
}

export interface Family {
  readonly name: 'tenant' | 'user';
  readonly title: string;
  readonly tables: readonly Table[];
}

/** The tables of both families, as TypeORM reads them from the entities. No database is asked. */
export async function readFamilies(): Promise<Family[]> {
  return [
    { name: 'tenant', title: 'Tenant billing', tables: await readTables(tenantBilling) },
    { name: 'user', title: 'User billing', tables: await readTables(userBilling) },
  ];
}

/** A DataSource that is only asked what its entities mean. */
class Unconnected extends DataSource {
  async readMetadata(): Promise<readonly EntityMetadata[]> {
    await this.buildMetadatas();
    return this.entityMetadatas;
  }
}

async function readTables({ entities }: BillingFamily): Promise<Table[]> {
  const metadata = await new Unconnected({ type: 'postgres', entities }).readMetadata();
  return metadata.map((table) => ({
    name: table.tableName,
    entity: table.name,
    host: !table.synchronize,
    columns: table.columns.map((column) => readColumn(table, column)),
  }));
}

function readColumn(table: EntityMetadata, column: ColumnMetadata): Column {
  const isAlone = (columns: readonly ColumnMetadata[]): boolean =>
    columns.length === 1 && columns[0] === column;
  return {
    name: column.databaseName,
    type: typeOf(column),
    nullable: column.isNullable,
    primary: column.isPrimary,
    unique: table.uniques.some(({ columns }) => isAlone(columns)),
    reference: referenceOf(table, column),
  };
}

function typeOf({ type, length, precision }: ColumnMetadata): string {
  const name = typeof type === 'string' ? type : type.name.toLowerCase();
  if (length !== '') return `${name}(${length})`;
  return precision === null || precision === undefined ? name : `${name}(${precision})`;
}

function referenceOf(table: EntityMetadata, column: ColumnMetadata): Reference | undefined {
  const key = table.foreignKeys.find(({ columns }) => columns[0] === column);
  const referenced = key?.referencedColumns[0];
  if (key === undefined || referenced === undefined) return undefined;
  const { onDelete } = key;
  if (onDelete !== 'CASCADE' && onDelete !== 'RESTRICT' && onDelete !== 'SET NULL') {
    throw new Error(`${key.name} says ON DELETE ${String(onDelete)}, which has no line style yet.`);
  }
  return {
    table: key.referencedEntityMetadata.tableName,
    column: referenced.databaseName,
    onDelete,
  };
}
