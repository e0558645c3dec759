import type { DroppedColumn, OwnedTable } from '../owned-tables';
import { jsonOf } from './query';

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** What DROP COLUMN would take with it, and what would make Postgres refuse it. */
export const postgresColumnParts = (
  tables: readonly OwnedTable[],
  columns: readonly DroppedColumn[],
): string => `
WITH target AS (
  SELECT t->>'table' AS "table", a.attname::text AS "column", a.attrelid, a.attnum, a.attacl,
    (t->>'hasDefault')::boolean AS "hasDefault",
    ARRAY(SELECT jsonb_array_elements_text(t->'parts')) AS parts
  FROM jsonb_array_elements(${jsonOf(columns.map((column) => described(column, tables)))}::jsonb) t
  JOIN pg_attribute a ON a.attrelid = to_regclass(t->>'path') AND a.attname = t->>'column' AND NOT a.attisdropped
)
SELECT t."table", CASE WHEN k.oid > 0 THEN 'constraint' WHEN c.relkind IN ('i', 'I') THEN 'index'
    WHEN f.oid > 0 THEN 'default' ELSE 'dependent' END AS "kind",
  coalesce(k.conname, c.relname, CASE WHEN f.oid > 0 THEN t."column" END, pg_describe_object(d.classid, d.objid, d.objsubid)) AS "name"
FROM target t JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.attrelid AND d.refobjsubid = t.attnum
LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid AND f.adrelid = t.attrelid AND f.adnum = t.attnum
WHERE coalesce(k.conname, c.relname, '') <> ALL (t.parts) AND k.contype IS DISTINCT FROM 'n'
  AND (f.oid IS NULL OR NOT t."hasDefault")
  AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = c.oid AND o.conrelid = t.attrelid)
UNION SELECT t."table", 'comment', t."column" FROM target t
JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = t.attrelid AND d.objsubid = t.attnum
UNION SELECT t."table", 'grant', g.privilege_type || ' on ' || t."column" || ' to ' ||
  CASE g.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.grantee)::text END
FROM target t, aclexplode(t.attacl) g
ORDER BY 1, 2, 3`;

function described(
  { schema, table, column }: DroppedColumn,
  tables: readonly OwnedTable[],
): object {
  const owned = tables.find(({ name }) => name === table);
  const path = [...(schema === undefined ? [] : [schema]), table].map(quote).join('.');
  const { defaults = [], parts = [] } = owned ?? {};
  return { path, table, column, parts, hasDefault: defaults.includes(column) };
}
