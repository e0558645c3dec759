import {
  type ColumnType,
  type Driver,
  type EntityMetadata,
  type Table,
  TableCheck,
  type TableColumn,
  type TableForeignKey,
} from 'typeorm';
import { AbstractSqliteDriver, type ColumnMetadata } from '../typeorm';
import { NOW } from '../sql/now';
import { is, tokenize } from '../sql/tokens';
import type { TableDefinition } from './definition';

/** The types that columns have in their entities, where this driver has another for them. */
const types = new WeakMap<ColumnMetadata, ColumnType>();

/** Sets the type that this driver has for the entity's. TypeORM's own drivers may have another. */
export function setType(column: ColumnMetadata, type: ColumnType): void {
  types.set(column, column.type);
  column.type = type;
}

/**
 * Gives the parts of a live table that mean the same as those of the entity the entity's spelling,
 * for TypeORM's comparison: it compares types, defaults and the names of constraints as text.
 *
 * @param table the table as TypeORM read it
 * @param live the same table's text
 * @returns a function that gives the columns of `table` their own spelling again
 */
export function spellAlike(
  table: Table,
  metadata: EntityMetadata,
  live: TableDefinition,
  driver: Driver,
): (changed: Table) => void {
  const originals = new Map<TableColumn, Partial<TableColumn>>();
  const incremented = tokenize(live.sql).some((token) => is(token, 'autoincrement'));
  const keys = table.columns.filter(({ isPrimary }) => isPrimary);
  for (const column of table.columns) {
    const intended = metadata.columns.find(
      ({ databaseName, isVirtualProperty }) => !isVirtualProperty && databaseName === column.name,
    );
    if (!intended) continue;
    const { type } = column;
    const value = column.default as string | undefined;
    if (isSameType(column, intended, driver)) column.type = driver.normalizeType(intended);
    const wanted = driver.normalizeDefault(intended);
    if (meaningOf(wanted) === meaningOf(value)) column.default = wanted;
    originals.set(column, { type, default: value });
    if (column.precision === undefined && intended.precision === null) column.precision = null;
    if (!column.isPrimary) continue;
    if (keys.length === 1 && incremented) {
      column.isGenerated = true;
      column.generationStrategy = 'increment';
    }
    // SQLite lets neither of these be NULL, with NOT NULL or without.
    if ((keys.length === 1 && type === 'integer') || table.withoutRowid) column.isNullable = false;
  }
  for (const unique of table.uniques) {
    const intended = metadata.uniques.find(({ columns }) => sameNames(columns, unique.columnNames));
    if (intended) unique.name = intended.name;
  }
  nameForeignKeys(table, metadata);
  addChecks(table, metadata, live);
  return (changed) => {
    for (const [column, original] of originals) {
      const kept = changed.columns.find(
        (one) =>
          one.name === column.name && one.type === column.type && one.default === column.default,
      );
      if (kept) Object.assign(kept, original);
    }
  };
}

/** TypeORM finds a name only in its own spelling of the constraint. */
function nameForeignKeys(table: Table, metadata: EntityMetadata): void {
  for (const key of table.foreignKeys) {
    const intended = metadata.foreignKeys.find(
      ({ columns, referencedEntityMetadata, referencedColumns }) =>
        referencedEntityMetadata.tableName.toLowerCase() ===
          key.referencedTableName.toLowerCase() &&
        sameNames(columns, key.columnNames) &&
        sameNames(referencedColumns, referencedNames(key, referencedColumns)),
    );
    if (!intended) continue;
    key.name = intended.name;
    key.referencedTableName = intended.referencedEntityMetadata.tableName;
  }
}

/** `REFERENCES parent`, without columns, means the parent's primary key. */
const referencedNames = (
  { referencedColumnNames }: TableForeignKey,
  intended: readonly ColumnMetadata[],
): readonly string[] =>
  referencedColumnNames.every((name) => (name as string | null) === null)
    ? intended.filter(({ isPrimary }) => isPrimary).map(({ databaseName }) => databaseName)
    : referencedColumnNames;

/** TypeORM reads no CHECK without a name, nor one in another spelling than its own. */
function addChecks(table: Table, metadata: EntityMetadata, live: TableDefinition): void {
  const canonical = (sql: string): string =>
    tokenize(sql)
      .map(({ text }) => text)
      .join(' ');
  const texts = [...live.definitions.values()].map((part) => part.canonical);
  for (const check of metadata.checks) {
    if (table.checks.some(({ name }) => name === check.name)) continue;
    const isThere = live.definitions.has(`constraint ${check.name.toLowerCase()}`);
    const wanted = `check ( ${canonical(check.expression)} )`;
    if (!isThere && !texts.some((text) => text === wanted || text.includes(` ${wanted}`))) continue;
    table.checks.push(new TableCheck({ name: check.name, expression: check.expression }));
  }
}

const sameNames = (columns: readonly ColumnMetadata[], names: readonly string[]): boolean =>
  columns.length === names.length &&
  columns.every(({ databaseName }, index) => databaseName === names[index]);

function isSameType(
  { type, length, isPrimary }: TableColumn,
  intended: ColumnMetadata,
  driver: Driver,
): boolean {
  const original = types.get(intended);
  const ofTypeOrm = original && AbstractSqliteDriver.prototype.normalizeType({ type: original });
  if (type === ofTypeOrm && length === '') return true;
  // An INT PRIMARY KEY is not the row's own number, as an INTEGER PRIMARY KEY is.
  return !isPrimary && type === 'int' && driver.normalizeType(intended) === 'integer';
}

const NOWS: ReadonlySet<string> = new Set(
  [NOW, "datetime('now')", 'CURRENT_TIMESTAMP'].map((sql) => plain(sql)),
);

/** What a default gives, in one spelling. */
function meaningOf(value: string | null | undefined): string {
  const text = plain(value ?? 'null').replace(/^jsonb \( ('.*') \)$/, '$1');
  if (NOWS.has(text)) return 'now';
  if (text === 'true') return '1';
  if (text === 'false') return '0';
  return /^[+-]?[\d.]+$/.test(text) ? String(Number(text)) : text;
}

/** Without spaces and case outside strings, and without parentheses around all of it. */
function plain(sql: string): string {
  let words = tokenize(sql).map(({ text }) => text);
  while (words[0] === '(' && words.at(-1) === ')' && closesLast(words)) words = words.slice(1, -1);
  return words.join(' ').replace(/^([+-]) /, '$1');
}

function closesLast(words: readonly string[]): boolean {
  let depth = 0;
  return words.every((word, index) => {
    if (word === '(') depth++;
    if (word === ')') depth--;
    return depth > 0 || index === words.length - 1;
  });
}
