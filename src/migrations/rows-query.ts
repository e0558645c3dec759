import { BillingError } from '../errors';
import { sqlOf } from '../host/bindings';
import type { MigrationDialect } from './billing-tables';
import type { DroppedData, DroppedTable, DroppedValues } from './dropped-data';

/** The rows of a table that a rollback drops. */
export interface TableRows {
  /** On Postgres, where billing's tables have a schema of their own. */
  readonly schema?: string;
  readonly table: string;
  readonly rows: number;
}

/** The rows that have a value in a column that a rollback drops. */
export interface ColumnRows extends TableRows {
  readonly column: string;
}

/** `details` of the error `ROWS_IN_THE_WAY`. */
export interface RowsInTheWay {
  readonly tables: readonly TableRows[];
  readonly columns: readonly ColumnRows[];
}

export const pathOf = ({ schema, table }: DroppedTable): string =>
  sqlOf({ schema, table, column: '' }).table;

/** What is counted: a table, or the values of a column. */
type Counted = DroppedTable | DroppedValues;

export const countedIn = ({ tables, columns }: DroppedData): readonly Counted[] => [
  ...tables,
  ...columns,
];

/**
 * A common table expression with the columns `part`, which is the name, `unit`, `row` or `value`, and
 * `rows`. All of it is counted at one moment. D1 allows five SELECTs in a UNION, and any VALUES.
 */
export const countingSql = (counted: readonly Counted[], dialect: MigrationDialect): string =>
  `WITH counted ("part", "unit", "rows") AS (VALUES\n${counted.map((one) => `  (${termsOf(one, dialect).join(', ')})`).join(',\n')}\n)`;

/** Keeps everybody else from writing to the tables, and from reading them, until the transaction ends. */
export const lockSql = (counted: readonly Counted[]): string =>
  `LOCK TABLE ${[...new Set(counted.map(pathOf))].join(', ')} IN ACCESS EXCLUSIVE MODE`;

/** A query for those that are there, as rows with the `index` in the list. */
export function presentSql(counted: readonly Counted[], dialect: MigrationDialect): string {
  const values = counted.map((one, index) => {
    const column = 'column' in one ? one.column : '';
    return `(${index}, ${text(WORDINGS[dialect].nameOf(one))}, ${text(column)})`;
  });
  return `WITH sought ("index", "table", "column") AS (VALUES ${values.join(', ')}) SELECT "index" FROM sought WHERE ${WORDINGS[dialect].isThere}`;
}

/** What the two write differently. */
interface Wording {
  /** Whether tables are locked by a statement, outside of which others can write to them. */
  readonly locks: boolean;
  /** The name by which {@link Wording.isThere} looks for a table. */
  readonly nameOf: (table: DroppedTable) => string;
  /** The condition for `table` and `column` being there. */
  readonly isThere: string;
  readonly differs: (column: string, literal: string) => string;
  readonly join: string;
}

export const WORDINGS: Readonly<Record<MigrationDialect, Wording>> = {
  postgres: {
    locks: true,
    nameOf: pathOf,
    isThere: `to_regclass("table") IS NOT NULL AND ("column" = '' OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass("table") AND attname = "column" AND NOT attisdropped))`,
    differs: (column, literal) => `${column}::text <> (${literal})::text`,
    join: 'string_agg',
  },
  sqlite: {
    locks: false,
    nameOf: ({ table }) => table,
    isThere: `EXISTS (SELECT 1 FROM "sqlite_master" WHERE "type" = 'table' AND lower("name") = lower("table")) AND ("column" = '' OR EXISTS (SELECT 1 FROM pragma_table_xinfo("table") c WHERE lower(c."name") = lower("column")))`,
    differs: (column, literal) => `${column} <> ${literal}`,
    join: 'group_concat',
  },
};

function termsOf(one: Counted, dialect: MigrationDialect): string[] {
  const isColumn = 'column' in one;
  const condition = isColumn ? ` WHERE ${isLost(one, dialect)}` : '';
  return [
    text(nameOf(one)),
    text(isColumn ? 'value' : 'row'),
    `(SELECT count(*) FROM ${pathOf(one)}${condition})`,
  ];
}

/** Null and the default are back with the next `up`. */
function isLost({ column, literal }: DroppedValues, dialect: MigrationDialect): string {
  const name = sqlOf({ table: '', column }).column;
  const isSet = `${name} IS NOT NULL`;
  return literal === undefined ? isSet : `${isSet} AND ${WORDINGS[dialect].differs(name, literal)}`;
}

interface Named {
  readonly schema?: string | undefined;
  readonly table: string;
  readonly column?: string;
}

const nameOf = ({ schema, table, column }: Named): string =>
  [schema, table, column].filter((name) => name !== undefined).join('.');

/** A value as SQL. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A count in words: `plans (3 rows)`. SQL with the columns of {@link countingSql}. */
const IN_WORDS = `"part" || ' (' || "rows" || ' ' || "unit" || CASE "rows" WHEN 1 THEN ')' ELSE 's)' END`;

const inWords = (name: string, count: number, unit: 'row' | 'value'): string =>
  `${name} (${count} ${unit}${count === 1 ? '' : 's'})`;

/** How the text begins that an SQL statement fails with. */
const SAYS = 'This rollback would drop rows: ';

/**
 * SQL for that text, of all rows of {@link countingSql}.
 *
 * @param remedy the end of the text, which says what to do
 */
export const rowsText = (dialect: MigrationDialect, remedy: string): string =>
  `${text(SAYS)} || ${WORDINGS[dialect].join}(${IN_WORDS}, ', ') || ${text(`. ${remedy}`)}`;

/** A count as the columns of {@link countingSql} give it. */
export interface Count {
  readonly part: string;
  readonly unit: 'row' | 'value';
  /** Postgres gives it as text. */
  readonly rows: number | string;
}

/** What a database says that has failed with that text; undefined for another error. */
export function countsSaid(error: unknown): Count[] | undefined {
  const [, list] = new RegExp(`${SAYS}(.*?\\))\\.`).exec(String(error)) ?? [];
  if (list === undefined) return undefined;
  const counts = list.matchAll(/(?:^|, )([^()]+) \((\d+) (row|value)s?\)/g);
  return [...counts].map(([, part = '', rows = '', unit]) => ({
    ...{ part, rows },
    unit: unit as Count['unit'],
  }));
}

/** The details of the error. */
export function rowsFound(counts: readonly Count[]): RowsInTheWay {
  const at = (path: readonly string[]): Pick<TableRows, 'schema' | 'table'> => ({
    ...(path.length > 1 && { schema: path[0] ?? '' }),
    table: path.at(-1) ?? '',
  });
  const of = (wanted: Count['unit']): { path: string[]; rows: number }[] =>
    counts
      .filter(({ unit, rows }) => unit === wanted && Number(rows) > 0)
      .map(({ part, rows }) => ({ path: part.split('.'), rows: Number(rows) }));
  return {
    tables: of('row').map(({ path, rows }) => ({ ...at(path), rows })),
    columns: of('value').map(({ path, rows }) => ({
      ...at(path.slice(0, -1)),
      column: path.at(-1) ?? '',
      rows,
    })),
  };
}

const REMEDY =
  'keep them in files by `rollback --backup <dir>`, or drop them by `rollback --discard`; in code that is ' +
  'revert(dataSource, { backup }) or revert(dataSource, { discard: true }), and for migration:revert of ' +
  "TypeORM's CLI the variable BILLING_ROLLBACK=backup:<dir> or BILLING_ROLLBACK=discard";

/** The error for rows that were counted, or that an SQL statement has failed for. */
export function rowsInTheWay(
  names: readonly string[],
  details: RowsInTheWay,
  extra: { readonly end: string; readonly cause?: unknown },
): BillingError<RowsInTheWay> {
  const parts = [
    ...details.tables.map((one) => inWords(nameOf(one), one.rows, 'row')),
    ...details.columns.map((one) => inWords(nameOf(one), one.rows, 'value')),
  ];
  return BillingError.rowsInTheWay(
    `Reverting ${names.join(', ')} would drop rows: ${parts.join(', ')}. ${extra.end}`,
    REMEDY,
    { details, cause: extra.cause },
  );
}
