import type { TestDatabase } from './engines';

/** One object of a database's catalog. */
export interface CatalogEntry {
  /** `table`, `column`, `constraint`, `index`, `trigger`, `sequence`, `extension` … */
  readonly kind: string;
  /** The table it belongs to; empty for what belongs to none. */
  readonly table: string;
  readonly name: string;
  /** Its text, as the database itself tells it. */
  readonly definition: string;
}

/**
 * Everything in the catalog but the list of applied migrations, sorted, so that two of them can be
 * compared with `toEqual`.
 */
export async function catalog(database: TestDatabase): Promise<CatalogEntry[]> {
  const query = database.dialect === 'postgres' ? POSTGRES : SQLITE;
  const entries = await database.sql<CatalogEntry>(query);
  return entries.map((entry) => ({ ...entry })).sort(compare);
}

/** The part of {@link catalog} that belongs to these tables; a table that is missing adds none. */
export async function catalogOf(
  database: TestDatabase,
  tables: readonly string[],
): Promise<CatalogEntry[]> {
  return (await catalog(database)).filter(({ table }) => tables.includes(table));
}

/** All rows of a table, in an order that depends on nothing but their values. */
export async function rowsOf(
  database: TestDatabase,
  table: string,
): Promise<Record<string, unknown>[]> {
  const rows = await database.sql(`SELECT * FROM "${table.replaceAll('"', '""')}"`);
  return rows
    .map((row) => ({ row: { ...row }, key: JSON.stringify(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ row }) => row);
}

/** By code unit, not by locale: the same on every machine. */
function compare(a: CatalogEntry, b: CatalogEntry): number {
  for (const key of ['table', 'kind', 'name', 'definition'] as const) {
    if (a[key] !== b[key]) return a[key] < b[key] ? -1 : 1;
  }
  return 0;
}

/** `sql` is what was typed when the object was made: any change at all shows. `_cf_` is D1's own. */
const SQLITE = `
SELECT type AS kind, tbl_name AS "table", name, coalesce(sql, '') AS definition
FROM sqlite_master
WHERE tbl_name <> 'migrations' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
  AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`;

/**
 * The schema `public`. The NOT NULL of a column is told with the column: since Postgres 18 it is
 * a constraint as well, before it was none.
 */
const POSTGRES = `
WITH relation AS (
  SELECT * FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname <> 'migrations'
)
SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view'
         WHEN 'm' THEN 'view' ELSE 'foreign table' END AS kind,
       relname::text AS "table", relname::text AS name,
       concat_ws(' ', relkind, relpersistence,
         CASE WHEN relrowsecurity THEN 'row security' END,
         CASE WHEN relforcerowsecurity THEN 'forced' END,
         reloptions::text,
         CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END,
         obj_description(oid, 'pg_class')) AS definition
FROM relation WHERE relkind IN ('r', 'p', 'v', 'm', 'f')

UNION ALL
SELECT 'column', r.relname::text, a.attname::text,
       concat_ws(' ', a.attnum::text || ':', format_type(a.atttypid, a.atttypmod),
         CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation::text END,
         CASE WHEN a.attnotnull THEN 'NOT NULL' END,
         CASE WHEN a.attidentity <> '' THEN 'IDENTITY ' || a.attidentity::text END,
         CASE WHEN a.attgenerated <> '' THEN 'GENERATED ' || a.attgenerated::text END,
         'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
         col_description(r.oid, a.attnum))
FROM relation r
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f')

UNION ALL
SELECT 'constraint', r.relname::text, c.conname::text, pg_get_constraintdef(c.oid)
FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid
WHERE c.contype NOT IN ('n', 't')

UNION ALL
SELECT 'index', r.relname::text, c.relname::text,
       concat_ws(' ', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN 'INVALID' END)
FROM relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class c ON c.oid = i.indexrelid

UNION ALL
SELECT 'trigger', r.relname::text, t.tgname::text,
       concat_ws(' ', t.tgenabled, pg_get_triggerdef(t.oid))
FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid
WHERE NOT t.tgisinternal

UNION ALL
SELECT 'policy', tablename::text, policyname::text,
       concat_ws(' ', permissive, roles::text, cmd, qual, with_check)
FROM pg_policies WHERE schemaname = 'public'

UNION ALL
SELECT 'sequence', coalesce(o.relname::text, ''), r.relname::text,
       concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement)
FROM relation r
JOIN pg_sequence s ON s.seqrelid = r.oid
LEFT JOIN pg_depend d ON d.objid = r.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class o ON o.oid = d.refobjid
WHERE o.relname IS DISTINCT FROM 'migrations'

UNION ALL
SELECT 'type', '', t.typname::text,
       concat_ws(' ', t.typtype,
         (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
FROM pg_type t
WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('d', 'e', 'r')

UNION ALL
SELECT 'function', '', p.oid::regprocedure::text, coalesce(p.prosrc, '')
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')

UNION ALL
SELECT 'extension', '', extname::text, extversion FROM pg_extension

UNION ALL
SELECT 'schema', '', nspname::text, '' FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'`;
