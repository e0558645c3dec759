import { byTable } from '../by-table';
import { columnTypeOf } from '../../host/key-types';
import type { ColumnSummary, Engine, TableKey, TableName } from '../engine';

const DESCRIBE = `
  SELECT c.relname AS "table", a.attname AS "name", format_type(a.atttypid, a.atttypmod) AS "type",
    EXISTS (
      SELECT 1 FROM pg_index i
      WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL
        AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum
    ) AS "isKey"
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = ANY ($1)
    AND CASE WHEN $2::text IS NULL THEN pg_table_is_visible(c.oid)
      ELSE c.relnamespace = to_regnamespace(quote_ident($2)) END
    AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY c.relname, a.attnum`;

const TABLES = `
  SELECT CASE WHEN pg_table_is_visible(c.oid) THEN NULL ELSE n.nspname END AS "schema",
    n.nspname AS "place", c.relname AS "table"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  ORDER BY n.nspname, c.relname`;

const KEYS = `
  SELECT CASE WHEN pg_table_is_visible(c.oid) THEN NULL ELSE n.nspname END AS "schema",
    n.nspname AS "place", c.relname AS "table", a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS "type"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
  WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  ORDER BY n.nspname, c.relname`;

/** What Postgres knows of its tables. */
export const postgresCatalog: Pick<Engine, 'describe' | 'tables' | 'keys' | 'accepts'> = {
  async describe(queryRunner, tables, schema) {
    const rows: unknown = await queryRunner.query(DESCRIBE, [tables, schema ?? null]);
    return byTable(rows as (ColumnSummary & { table: string })[]);
  },

  async tables(queryRunner) {
    return withSchemas((await queryRunner.query(TABLES)) as WithNull<TableName>[]);
  },

  async keys(queryRunner) {
    return withSchemas((await queryRunner.query(KEYS)) as WithNull<TableKey>[]);
  },

  accepts(wanted, actual) {
    const { type, length } = columnTypeOf(wanted);
    if (length !== undefined) return lengthOf(actual) <= length;
    if (type === 'text' || type === 'varchar') return lengthOf(actual) > 0;
    return (SMALLER[type] ?? [type]).includes(actual);
  },
};

type WithNull<Row> = Omit<Row, 'schema'> & { readonly schema: string | null };

const withSchemas = <Row>(rows: readonly WithNull<Row>[]): Row[] =>
  rows.map(({ schema, ...row }) => (schema === null ? row : { ...row, schema }) as Row);

/** The types whose every value one of these has as well. */
const SMALLER: Readonly<Partial<Record<string, readonly string[]>>> = {
  integer: ['integer', 'smallint'],
  bigint: ['bigint', 'integer', 'smallint'],
};

/** How many characters a type of text takes; NaN for a type of something else. */
function lengthOf(type: string): number {
  const match = /^(?:character varying|character|text)(?:\((?<length>\d+)\))?$/.exec(type);
  return match === null ? NaN : Number(match.groups?.length ?? Infinity);
}
