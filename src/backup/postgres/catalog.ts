import type { QueryRunner } from 'typeorm';
import { sqlOf } from '../../host/bindings';
import { type BillingKinds, kindOf, type NamedTable } from '../billing-columns';
import type { LiveColumn, LiveKey } from '../store';

/** A column of Postgres', which may have any type. */
export interface PostgresColumn extends LiveColumn {
  /** The type without length or precision. */
  readonly base: string;
  /** Of `pg_type`: `A` is an array, `C` a row. */
  readonly category: string;
}

const COLUMNS = `
  SELECT a.attname AS "name", format_type(a.atttypid, a.atttypmod) AS "type",
    format_type(a.atttypid, -1) AS "base", t.typcategory AS "category",
    NOT a.attnotnull OR a.atthasdef OR a.attidentity <> '' AS "isOptional"
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  ORDER BY a.attnum`;

const KEYS = `
  SELECT names(c.conrelid, c.conkey) AS "columns", n.nspname AS "schema", p.relname AS "table",
    names(c.confrelid, c.confkey) AS "parentColumns", c.confdeltype = 'n' AS "setsNull"
  FROM pg_constraint c JOIN pg_class p ON p.oid = c.confrelid JOIN pg_namespace n ON n.oid = p.relnamespace
  WHERE c.contype = 'f' AND c.conrelid = to_regclass($1)
  ORDER BY c.conname`.replaceAll(
  /names\((\S+), (\S+)\)/g,
  `(SELECT json_agg(a.attname ORDER BY k.number) FROM unnest($2) WITH ORDINALITY k (attnum, number)
      JOIN pg_attribute a ON a.attrelid = $1 AND a.attnum = k.attnum)`,
);

export const pathOf = ({ schema, table }: Pick<NamedTable, 'schema' | 'table'>): string =>
  sqlOf({ schema, table, column: '' }).table;

export const quote = (name: string): string => sqlOf({ table: name, column: '' }).table;

/** None if the table is not there. */
export async function columnsOf(
  queryRunner: QueryRunner,
  kinds: BillingKinds,
  table: NamedTable,
): Promise<readonly PostgresColumn[]> {
  type Row = Omit<PostgresColumn, 'kind'>;
  const rows = (await queryRunner.query(COLUMNS, [pathOf(table)])) as Row[];
  const own = kinds.get(table.table);
  return rows.map((row) => {
    const kind = kindOf(row.type);
    // Of the host's JSON the text is kept: it may be the value null, and is text on SQLite.
    return { ...row, kind: kind === 'json' && own?.get(row.name) !== 'json' ? 'text' : kind };
  });
}

export async function keysOf(queryRunner: QueryRunner, table: NamedTable): Promise<LiveKey[]> {
  type Row = Omit<LiveKey, 'parent'> & { readonly schema: string; readonly table: string };
  const rows = (await queryRunner.query(KEYS, [pathOf(table)])) as Row[];
  return rows.map(({ schema, table: parent, ...key }) => ({
    ...key,
    parent: { schema, table: parent },
  }));
}

export async function countOf(queryRunner: QueryRunner, path: string): Promise<number> {
  const [row] = (await queryRunner.query(`SELECT count(*)::text AS "rows" FROM ${path}`)) as {
    rows: string;
  }[];
  return Number(row?.rows);
}

/** In which Postgres writes values, and under which it hides no row without a word. */
const SETTINGS: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  extra_float_digits: '3',
  row_security: 'off',
};

/** @returns what sets them back, in the same transaction */
export async function setForTransaction(queryRunner: QueryRunner): Promise<() => Promise<void>> {
  const names = Object.keys(SETTINGS);
  const set = async (values: readonly string[]): Promise<void> => {
    const calls = names.map((name, index) => `set_config('${name}', $${index + 1}, true)`);
    await queryRunner.query(`SELECT ${calls.join(', ')}`, [...values]);
  };
  const calls = names.map((name) => `current_setting('${name}') AS "${name}"`);
  const [before] = (await queryRunner.query(`SELECT ${calls.join(', ')}`)) as [
    Record<string, string>,
  ];
  await set(Object.values(SETTINGS));
  return () => set(names.map((name) => before[name] ?? ''));
}
