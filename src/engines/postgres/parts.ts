import type { QueryRunner } from 'typeorm';

/** A table whose parts are read, and what it is called in them. */
export interface Target {
  readonly oid: number;
  readonly label: string;
}

/** A part of a table, as the catalog has it, without the schema of the tables. */
export interface Part {
  readonly table: string;
  readonly kind:
    'table' | 'column' | 'constraint' | 'index' | 'trigger' | 'policy' | 'rule' | 'heir';
  readonly name: string;
  /** Its SQL in Postgres' normal form; of an index what follows its table. */
  readonly definition: string;
  readonly detail: Detail;
}

/** What the definition does not say; which of it there is depends on the kind. */
export interface Detail {
  readonly columns?: readonly string[];
  readonly predicate?: string | null;
  readonly unique?: boolean;
  readonly valid?: boolean;
  readonly enforced?: boolean;
  /** `c`, `f`, `p`, `u`, `x` */
  readonly type?: string;
  readonly references?: { readonly label: string; readonly columns: readonly string[] } | null;
  readonly onDelete?: string;
  readonly enabled?: string;
  /** The triggers behind a foreign key. */
  readonly triggers?:
    readonly { readonly table: string; readonly name: string; readonly enabled: string }[] | null;
  readonly column?: ColumnDetail;
  readonly relation?: RelationDetail;
}

export interface ColumnDetail {
  readonly type: string;
  /** Where it is not the type's own. */
  readonly collation: string | null;
  readonly notNull: boolean;
  readonly notNullValid: boolean;
  readonly default: string | null;
  /** `a`, `d` or empty. */
  readonly identity: string;
  /** `s`, `v` or empty. */
  readonly generated: string;
}

export interface RelationDetail {
  /** `r` is a table. */
  readonly kind: string;
  /** `u`: unlogged. */
  readonly persistence: string;
  readonly rowSecurity: boolean;
  readonly policies: number;
  readonly owner: string;
  readonly settings: readonly string[];
}

/** How a table is called in a statement, by its label, and whether it is there. */
export type PathOf = (label: string) => { readonly path: string; readonly isThere: boolean };

/** The parts of one table. */
export interface TableParts {
  readonly label: string;
  readonly path: string;
  readonly parts: readonly Part[];
}

/** The part of that name. */
export const partOf = ({ parts }: TableParts, kind: Part['kind'], name: string): Part | undefined =>
  parts.find((part) => part.kind === kind && part.name === name);

const PARTS = `
WITH target AS (
  SELECT * FROM unnest($1::oid[], $2::text[], $3::boolean[]) t (oid, label, own)
), own AS (
  SELECT t.oid, t.label, c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relowner, c.relreplident, c.reloptions
  FROM target t JOIN pg_class c ON c.oid = t.oid WHERE t.own
)
SELECT label AS "table", 'table' AS "kind", label AS "name", '' AS "definition", jsonb_build_object('relation', jsonb_build_object(
    'kind', relkind, 'persistence', relpersistence, 'rowSecurity', relrowsecurity,
    'policies', (SELECT count(*) FROM pg_policy WHERE polrelid = own.oid), 'owner', pg_get_userbyid(relowner),
    'settings', coalesce(to_jsonb(reloptions), '[]') || CASE WHEN relreplident IN ('f', 'n') THEN '["replica identity"]' ELSE '[]'::jsonb END
      || CASE WHEN relforcerowsecurity THEN '["forced row level security"]' ELSE '[]'::jsonb END)) AS "detail"
FROM own
UNION ALL
SELECT label, 'column', a.attname, '', jsonb_build_object('column', jsonb_build_object(
    'type', format_type(a.atttypid, a.atttypmod),
    'collation', CASE WHEN a.attcollation <> y.typcollation THEN (SELECT quote_ident(collname) FROM pg_collation WHERE oid = a.attcollation) END,
    'notNull', a.attnotnull,
    'notNullValid', NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n'
      AND k.conkey = ARRAY[a.attnum] AND NOT k.convalidated),
    'default', pg_get_expr(d.adbin, d.adrelid), 'identity', a.attidentity, 'generated', a.attgenerated))
FROM own JOIN pg_attribute a ON a.attrelid = own.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type y ON y.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
UNION ALL
SELECT own.label, 'constraint', k.conname,
  CASE WHEN k.contype = 'f' THEN replace(pg_get_constraintdef(k.oid), ' REFERENCES ' || k.confrelid::regclass::text || '(',
      ' REFERENCES ' || coalesce(f.label, k.confrelid::regclass::text) || '(')
    ELSE pg_get_constraintdef(k.oid) END,
  jsonb_build_object('type', k.contype, 'valid', k.convalidated, 'enforced', coalesce((to_jsonb(k)->>'conenforced')::boolean, true),
    'columns', (SELECT jsonb_agg(a.attname ORDER BY n.place) FROM unnest(k.conkey) WITH ORDINALITY n (number, place)
      JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.number),
    'onDelete', k.confdeltype,
    'references', CASE WHEN k.contype = 'f' THEN jsonb_build_object('label', coalesce(f.label, k.confrelid::regclass::text),
      'columns', (SELECT jsonb_agg(a.attname ORDER BY n.place) FROM unnest(k.confkey) WITH ORDINALITY n (number, place)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = n.number)) END,
    'triggers', (SELECT jsonb_agg(jsonb_build_object('table', g.tgrelid::regclass::text, 'name', g.tgname, 'enabled', g.tgenabled) ORDER BY g.oid)
      FROM pg_trigger g WHERE k.contype = 'f' AND g.tgconstraint = k.oid))
FROM own JOIN pg_constraint k ON k.conrelid = own.oid AND k.contype IN ('c', 'u', 'f', 'x', 'p')
LEFT JOIN target f ON f.oid = k.confrelid
UNION ALL
SELECT label, 'index', c.relname, pg_get_indexdef(i.indexrelid),
  jsonb_build_object('unique', i.indisunique, 'valid', i.indisvalid AND i.indisready,
    'columns', (SELECT jsonb_agg(pg_get_indexdef(i.indexrelid, n, false) ORDER BY n) FROM generate_series(1, i.indnkeyatts) n),
    'predicate', pg_get_expr(i.indpred, i.indrelid))
FROM own JOIN pg_index i ON i.indrelid = own.oid JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT label, 'trigger', g.tgname, pg_get_triggerdef(g.oid), jsonb_build_object('enabled', g.tgenabled)
FROM own JOIN pg_trigger g ON g.tgrelid = own.oid AND NOT g.tgisinternal
UNION ALL
SELECT label, 'policy', p.polname, coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), ''), '{}'
FROM own JOIN pg_policy p ON p.polrelid = own.oid
UNION ALL
SELECT label, 'rule', r.rulename, pg_get_ruledef(r.oid), '{}'
FROM own JOIN pg_rewrite r ON r.ev_class = own.oid AND r.rulename <> '_RETURN'
UNION ALL
SELECT label, 'heir', i.inhrelid::regclass::text, '', '{}' FROM own JOIN pg_inherits i ON i.inhparent = own.oid
UNION ALL
SELECT label, 'heir', i.inhparent::regclass::text, '', '{}' FROM own JOIN pg_inherits i ON i.inhrelid = own.oid
ORDER BY 1, 2, 3`;

/**
 * Reads the parts of tables. What other tables of the list are called in a foreign key, their label says.
 *
 * @param own billing's tables, whose parts are read
 * @param others tables that they refer to
 * @param schemas where the tables are: they are left out of the texts
 */
export async function readParts(
  queryRunner: QueryRunner,
  own: readonly Target[],
  others: readonly Target[],
  schemas: readonly string[],
): Promise<Part[]> {
  const all = [...own, ...others];
  const rows = (await queryRunner.query(PARTS, [
    all.map(({ oid }) => oid),
    all.map(({ label }) => label),
    all.map((_, index) => index < own.length),
  ])) as Part[];
  return rows.map((row) => ({ ...row, definition: plain(row, schemas) }));
}

/** An index without what a host may set on it: its name, table and storage. */
const INDEX = /^CREATE (?:UNIQUE )?INDEX .*? USING (.*)$/s;

function plain({ kind, definition }: Part, schemas: readonly string[]): string {
  const text =
    kind === 'index'
      ? `USING ${(INDEX.exec(definition)?.[1] ?? '').replace(/ WITH \([^()]*\)(?= WHERE |$)/, '')}`
      : kind === 'constraint'
        ? definition.replace(/(?: NOT VALID| NOT ENFORCED)+$/, '')
        : definition;
  return schemas.reduce((left, schema) => left.replaceAll(`${schema}.`, ''), text);
}
