import { catalog, type TestDatabase } from '../support/engines';
import { TABLES } from './host-additions';

/** Rights, comments and parents, which the catalog of the tests leaves out. */
const MORE_ON_POSTGRES = `
  SELECT 'grants' AS kind, c.relname::text AS "table", coalesce(a.attname::text, '') AS name,
    coalesce(a.attacl, c.relacl)::text AS definition
  FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
  WHERE c.relnamespace = 'public'::regnamespace AND c.relacl IS NOT NULL
  UNION ALL
  SELECT 'comment', '', pg_describe_object(classoid, objoid, objsubid), description FROM pg_description
  WHERE objoid >= 16384
  UNION ALL
  SELECT 'parent', inhrelid::regclass::text, inhparent::regclass::text, '' FROM pg_inherits
  WHERE inhrelid >= 16384 AND inhrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r')`;

/** A billing table is one text in SQLite, which a rebuild writes anew: here it is its columns. */
const COLUMNS_ON_SQLITE = `
  SELECT 'column' AS kind, m.name AS "table", c.name AS name,
    concat_ws(' ', c.type, c."notnull", c.dflt_value, c.hidden) AS definition
  FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c
  WHERE m.type = 'table' AND m.name IN (${TABLES.map((name) => `'${name}'`).join(', ')})`;

/** Each object of the database, as a text. */
export async function restOf(database: TestDatabase): Promise<ReadonlySet<string>> {
  const isPostgres = database.dialect === 'postgres';
  const more = await database.sql(isPostgres ? MORE_ON_POSTGRES : COLUMNS_ON_SQLITE);
  const entries = (await catalog(database)).filter(
    ({ kind, table }) => isPostgres || kind !== 'table' || !TABLES.includes(table),
  );
  return new Set([...entries, ...more].map((entry) => JSON.stringify(entry)));
}

/** What the host added to a database that was `clean`. Wrangler's table is another tool's. */
export const hostsOf = async (
  database: TestDatabase,
  clean: ReadonlySet<string>,
): Promise<string[]> =>
  [...(await restOf(database))]
    .filter((entry) => !clean.has(entry) && !entry.includes('d1_migrations'))
    .sort();
