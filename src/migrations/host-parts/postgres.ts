import type { OwnedTable } from '../owned-tables';
import { jsonOf, type HostPartsQuery } from './query';

/**
 * What DROP TABLE would take with it, and what would make Postgres refuse it. A right that the owner's
 * default privileges gave the table when it was made is nobody's addition.
 */
export const postgresHostParts: HostPartsQuery = (tables, dropped) => `
WITH owned AS (
  SELECT t, to_regclass(t->>'path') AS oid,
    ARRAY(SELECT jsonb_array_elements_text(t->'columns')) AS columns,
    ARRAY(SELECT jsonb_array_elements_text(t->'defaults')) AS defaults,
    ARRAY(SELECT jsonb_array_elements_text(t->'parts')) AS parts
  FROM jsonb_array_elements(${jsonOf(tables.map(({ forms: _, ...one }) => ({ ...one, path: pathOf(one), dropped: dropped.includes(one.name) })))}::jsonb) t
), target AS (
  SELECT o.*, c.relname, c.relowner, c.relacl, c.relnamespace, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.reltype, c.reloptions
  FROM owned o JOIN pg_class c ON c.oid = o.oid WHERE (o.t->>'dropped')::boolean
), part AS (
  SELECT conrelid AS "of", 'pg_constraint'::regclass AS class, oid, conname AS name FROM pg_constraint
  UNION ALL SELECT indrelid, 'pg_class'::regclass, c.oid, c.relname
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  UNION ALL SELECT oid, 'pg_class'::regclass, oid, '' FROM target
), found AS (
  SELECT t.relname AS "table", 'column' AS "kind", a.attname::text AS "name"
  FROM target t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE a.attname <> ALL (t.columns)
  UNION SELECT t.relname, 'default', a.attname
  FROM target t JOIN pg_attribute a ON a.attrelid = t.oid AND a.atthasdef
  WHERE a.attname = ANY (t.columns) AND a.attname <> ALL (t.defaults)
  UNION SELECT t.relname, 'constraint', k.conname
  FROM target t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype IN ('c', 'u', 'f', 'x')
  WHERE k.conname <> ALL (t.parts)
  UNION SELECT t.relname, 'index', c.relname
  FROM target t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid
  WHERE c.relname <> ALL (t.parts) AND NOT i.indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.conrelid = t.oid)
  UNION SELECT t.relname, 'trigger', g.tgname
  FROM target t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
  UNION SELECT t.relname, 'policy', p.polname
  FROM target t JOIN pg_policy p ON p.polrelid = t.oid
  UNION SELECT t.relname, 'setting', 'row level security' FROM target t WHERE t.relrowsecurity OR t.relforcerowsecurity
  UNION SELECT t.relname, 'setting', 'replica identity' FROM target t WHERE t.relreplident <> 'd'
  UNION SELECT t.relname, 'sequence', d.objid::regclass::text
  FROM target t JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
    AND d.classid = 'pg_class'::regclass AND d.deptype = 'a'
  JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
  UNION SELECT t.relname, 'setting', option FROM target t, unnest(t.reloptions) option
  UNION SELECT t.relname, 'rule', r.rulename
  FROM target t JOIN pg_rewrite r ON r.ev_class = t.oid
  UNION SELECT t.relname, 'statistics', s.stxname
  FROM target t JOIN pg_statistic_ext s ON s.stxrelid = t.oid
  UNION SELECT t.relname, 'publication', p.pubname
  FROM target t JOIN pg_publication_rel r ON r.prrelid = t.oid JOIN pg_publication p ON p.oid = r.prpubid
  UNION SELECT t.relname, 'comment', coalesce(a.attname, nullif(p.name, ''), t.relname)
  FROM target t JOIN part p ON p."of" = t.oid
  JOIN pg_description d ON d.classoid = p.class AND d.objoid = p.oid
  LEFT JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid AND d.objsubid > 0
  UNION SELECT t.relname, 'grant', g.privilege_type || ' to ' ||
    CASE g.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.grantee)::text END
  FROM target t, aclexplode(t.relacl) g
  WHERE g.grantee <> t.relowner AND NOT EXISTS (
    SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) e
    WHERE d.defaclrole = t.relowner AND d.defaclobjtype = 'r' AND d.defaclnamespace IN (0, t.relnamespace)
      AND e.grantee = g.grantee AND e.privilege_type = g.privilege_type)
  UNION SELECT t.relname, 'grant', g.privilege_type || ' on ' || a.attname || ' to ' ||
    CASE g.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.grantee)::text END
  FROM target t JOIN pg_attribute a ON a.attrelid = t.oid, aclexplode(a.attacl) g
  UNION SELECT t.relname, 'table', i.inhrelid::regclass::text
  FROM target t JOIN pg_inherits i ON i.inhparent = t.oid
  UNION SELECT t.relname, 'table', i.inhparent::regclass::text
  FROM target t JOIN pg_inherits i ON i.inhrelid = t.oid
  UNION SELECT t.relname, CASE WHEN k.conrelid > 0 THEN 'foreign key' WHEN r.ev_class > 0 THEN 'view' ELSE 'dependent' END,
    CASE WHEN k.conrelid > 0 THEN k.conrelid::regclass || '.' || k.conname
      ELSE coalesce(r.ev_class::regclass::text, pg_describe_object(d.classid, d.objid, d.objsubid)) END
  FROM target t JOIN pg_depend d ON d.deptype = 'n'
    AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
      OR d.refclassid = 'pg_type'::regclass AND d.refobjid = t.reltype)
  LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
  LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
  WHERE coalesce(k.conrelid, r.ev_class, 0) NOT IN (SELECT oid FROM owned WHERE oid IS NOT NULL)
    AND NOT (d.classid = 'pg_class'::regclass AND d.objid IN (SELECT inhrelid FROM pg_inherits))
    AND d.classid NOT IN ('pg_policy'::regclass, 'pg_trigger'::regclass, 'pg_attrdef'::regclass)
  UNION SELECT t.relname, 'dependent', pg_describe_object(d.classid, d.objid, d.objsubid)
  FROM target t JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
  JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid AND p.polrelid <> t.oid
)
SELECT "table", "kind", "name" FROM found ORDER BY 1, 2, 3`;

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const pathOf = ({ schema, name }: Pick<OwnedTable, 'schema' | 'name'>): string =>
  schema === undefined ? quote(name) : `${quote(schema)}.${quote(name)}`;
