import type { Table, TableColumn, TableForeignKey, TableIndex } from 'typeorm';
import { quote } from '../sql/quote';

const list = (names: readonly string[]): string => `(${names.map(quote).join(', ')})`;

/**
 * Renders a table with its primary key, uniques, CHECKs and foreign keys inline and named. SQLite
 * can't add a constraint to an existing table, and TypeORM leaves the primary key unnamed.
 */
export function createTableStatement(table: Table, type: (column: TableColumn) => string): string {
  const primary = table.columns.filter((column) => column.isPrimary);
  const incremented = primary.some((column) => column.generationStrategy === 'increment');
  const definitions = [
    ...table.columns.map((column) => columnDefinition(column, type(column), incremented)),
    ...(primary.length > 0 && !incremented ? [primaryKey(primary)] : []),
    ...table.uniques.map(({ name, columnNames }) => `${named(name)}UNIQUE ${list(columnNames)}`),
    ...table.checks.map(({ name, expression }) => `${named(name)}CHECK (${expression ?? 'true'})`),
    ...table.foreignKeys.map(foreignKey),
  ];
  const options = table.withoutRowid ? ' WITHOUT ROWID' : '';
  return `CREATE TABLE ${quote(table.name)} (\n  ${definitions.join(',\n  ')}\n)${options}`;
}

/** Renders an index of `table`, with its predicate if it is partial. */
export function createIndexStatement(table: Table, index: TableIndex): string {
  const kind = index.isUnique ? 'UNIQUE INDEX' : 'INDEX';
  const where = index.where ? ` WHERE ${index.where}` : '';
  return `CREATE ${kind} ${quote(index.name ?? '')} ON ${quote(table.name)} ${list(index.columnNames)}${where}`;
}

const named = (name: string | undefined): string => (name ? `CONSTRAINT ${quote(name)} ` : '');

function columnDefinition(column: TableColumn, type: string, incremented: boolean): string {
  const words = [quote(column.name), type];
  if (column.isPrimary && incremented) words.push('PRIMARY KEY AUTOINCREMENT');
  if (column.enum) {
    words.push(`CHECK (${quote(column.name)} IN (${column.enum.map((v) => `'${v}'`).join(', ')}))`);
  }
  if (column.collation) words.push(`COLLATE ${column.collation}`);
  if (!column.isNullable) words.push('NOT NULL');
  if (column.asExpression) {
    words.push(`AS (${column.asExpression}) ${column.generatedType ?? 'VIRTUAL'}`);
  } else if (column.default !== undefined && column.default !== null) {
    words.push(`DEFAULT ${defaultValue(String(column.default))}`);
  }
  return words.join(' ');
}

/** An expression needs parentheses, a literal does not. */
function defaultValue(text: string): string {
  return /^('(?:[^']|'')*'|[+-]?\d+(?:\.\d+)?|null|true|false)$/i.test(text) ? text : `(${text})`;
}

function primaryKey(columns: readonly TableColumn[]): string {
  const name = columns.find((column) => column.primaryKeyConstraintName)?.primaryKeyConstraintName;
  return `${named(name)}PRIMARY KEY ${list(columns.map((column) => column.name))}`;
}

function foreignKey(key: TableForeignKey): string {
  const target = `REFERENCES ${quote(key.referencedTableName)} ${list(key.referencedColumnNames)}`;
  return [
    `${named(key.name)}FOREIGN KEY ${list(key.columnNames)} ${target}`,
    key.onDelete ? `ON DELETE ${key.onDelete}` : '',
    key.onUpdate && key.onUpdate !== 'NO ACTION' ? `ON UPDATE ${key.onUpdate}` : '',
    key.deferrable ? `DEFERRABLE ${key.deferrable}` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
