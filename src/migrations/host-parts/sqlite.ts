import type { OwnedTable } from '../owned-tables';
import { jsonOf, type HostPartsQuery } from './query';
import { sqliteMentions } from './sqlite-mentions';

/** The words that a constraint or a default adds to the text of a table. */
const WORDS = ['CHECK', 'UNIQUE', 'REFERENCES', 'DEFAULT', 'GENERATED'] as const;

/**
 * What DROP TABLE would take with it, and what could not be used after it: SQLite leaves foreign keys,
 * views and triggers that name a table which is gone, and renames no table beside them.
 */
export const sqliteHostParts: HostPartsQuery = (tables, dropped) => `
WITH RECURSIVE "owned" AS (
  SELECT "value"->>'name' AS "table", "value"->'columns' AS "columns", "value"->'parts' AS "parts",
    "value"->'words' AS "words", "value"->>'dropped' AS "dropped"
  FROM json_each(${jsonOf(tables.map((one) => ({ name: one.name, columns: one.columns.map(lower), parts: one.parts.map(lower), words: wordsOf(one), dropped: dropped.includes(one.name) ? 1 : 0 })))})
), "target" AS (
  SELECT * FROM "owned" WHERE "dropped" = 1
), "master" AS (
  SELECT * FROM "sqlite_master"
  WHERE "name" NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND "name" NOT LIKE '\\_cf\\_%' ESCAPE '\\'
), "extra" AS (
  SELECT t."table", c."name" FROM "target" t
  JOIN "master" m ON m."type" = 'table' AND lower(m."name") = lower(t."table"), pragma_table_xinfo(m."name") c
  WHERE lower(c."name") NOT IN (SELECT "value" FROM json_each(t."columns"))
), "reader" AS (
  SELECT * FROM "master" m WHERE m."type" IN ('view', 'trigger')
  AND EXISTS (SELECT 1 FROM "target" t WHERE instr(lower(m."sql"), lower(t."table")))
), ${sqliteMentions('reader').trim()}
SELECT "table", 'column' AS "kind", "name" FROM "extra"
UNION SELECT t."table", 'constraint', lower(w."key") FROM "target" t
JOIN "master" m ON m."type" = 'table' AND lower(m."name") = lower(t."table"), json_each(t."words") w
WHERE (length(m."sql") - length(replace(upper(m."sql"), w."key", ''))) / length(w."key") > w."value"
  AND t."table" NOT IN (SELECT "table" FROM "extra")
UNION SELECT t."table", m."type", m."name" FROM "target" t
JOIN "master" m ON lower(m."tbl_name") = lower(t."table") AND m."type" IN ('index', 'trigger')
WHERE m."sql" IS NOT NULL AND lower(m."name") NOT IN (SELECT "value" FROM json_each(t."parts"))
UNION SELECT t."table", r."type", r."name" FROM "mention" m
JOIN "target" t ON lower(t."table") = m."word" JOIN "reader" r ON r."type" || ' ' || r."name" = m."object"
WHERE lower(r."tbl_name") <> m."word"
UNION SELECT t."table", 'foreign key', m."name" || '.' || f."from" FROM "master" m
JOIN pragma_foreign_key_list(m."name") f JOIN "target" t ON lower(f."table") = lower(t."table")
WHERE m."type" = 'table' AND lower(m."name") NOT IN (SELECT lower("table") FROM "owned")
ORDER BY 1, 2, 3`;

const lower = (name: string): string => name.toLowerCase();

const wordsOf = ({ forms }: OwnedTable): Record<string, number> =>
  Object.fromEntries(
    WORDS.map((word) => [
      word,
      Math.max(...forms.map((sql) => sql.toUpperCase().split(word).length - 1)),
    ]),
  );
