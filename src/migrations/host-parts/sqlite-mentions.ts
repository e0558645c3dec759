/**
 * The tables that views and triggers name, read from their text: SQLite has no catalog of that. It is
 * taken apart into words and signs, without comments, so that a name counts only where a table can stand.
 * Characters are given as codes: tools that split a file of SQL look for `;`, quotes and comments.
 */

const code = (text: string): string =>
  `char(${Array.from(text, (mark) => mark.charCodeAt(0)).join(', ')})`;

const list = (words: readonly string[]): string =>
  words.map((word) => (/^[a-z]+$/.test(word) ? `'${word}'` : code(word))).join(', ');

/** After these a table stands. */
const LEADS = ['from', 'join', 'into', 'update'];

/** `UPDATE OR IGNORE` and the like. */
const CONFLICTS = ['abort', 'fail', 'ignore', 'replace', 'rollback'];

/** A list that begins after these is of values or columns. */
const VALUES = ['select', 'set', 'into', 'values', 'where', 'by', 'using', 'having'];

/** After these a list may be one of tables. */
const TABLES = ['from', ')', ';'];

/** Characters in a part of a text. To find the next in the whole one takes longer the longer that is. */
const PART = 256;

/** The next sign, and the next two; a recursive query reads its own rows in no subquery. */
const next = (count: number): string => `substr("part", ("at" - 1) % ${PART} + 1, ${count})`;
const SIGN = next(1);
const TWO = next(2);
const IS_WORD = `(${SIGN} BETWEEN '0' AND '9' OR lower(${SIGN}) BETWEEN 'a' AND 'z' OR ${SIGN} IN ('_', '$') OR ${SIGN} > '~')`;
/** A word ends here, before the sign. */
const ENDS = `("mode" = '' AND "word" <> '' AND NOT ${IS_WORD})`;
/** A name in quotes, or a text, ends with the sign. */
const CLOSES = `"mode" = ${SIGN}`;

/**
 * Common table expressions, of which the last, `mention`, has the columns `object`, type and name of a view
 * or a trigger, and `word`, of a table in lower case.
 *
 * @param objects a table of those that are read, with the columns `type`, `name` and `sql`
 */
export const sqliteMentions = (objects: string): string => `
"text" AS (
  SELECT "type" || ' ' || "name" AS "object", "sql" || ${code('\n')} AS "sql" FROM "${objects}"
), "part" ("object", "index", "length", "part") AS (
  SELECT "object", 0, length("sql"), substr("sql", 1, ${PART + 1}) FROM "text"
  UNION ALL SELECT p."object", "index" + 1, "length", substr("sql", ("index" + 1) * ${PART} + 1, ${PART + 1})
  FROM "part" p JOIN "text" t ON t."object" = p."object" WHERE ("index" + 1) * ${PART} < "length"
), "scan" ("object", "n", "at", "mode", "word", "token", "kind") AS (
  SELECT "object", 0, 1, '', '', NULL, '' FROM "text"
  UNION ALL SELECT s."object", "n" + 1,
    "at" + CASE WHEN ${ENDS} THEN 0 WHEN "mode" = 'block' AND ${TWO} = ${code('*/')} OR "mode" = '' AND ${TWO} = ${code('/*')} THEN 2 ELSE 1 END,
    CASE WHEN ${ENDS} THEN ''
      WHEN "mode" = 'line' THEN CASE ${SIGN} WHEN ${code('\n')} THEN '' ELSE 'line' END
      WHEN "mode" = 'block' THEN CASE ${TWO} WHEN ${code('*/')} THEN '' ELSE 'block' END
      WHEN "mode" <> '' THEN CASE ${SIGN} WHEN "mode" THEN '' ELSE "mode" END
      WHEN ${TWO} = ${code('--')} THEN 'line' WHEN ${TWO} = ${code('/*')} THEN 'block'
      WHEN ${SIGN} = ${code('[')} THEN ${code(']')}
      WHEN ${SIGN} IN (${code('"')}, ${code('`')}, ${code("'")}) THEN ${SIGN} ELSE '' END,
    CASE WHEN ${ENDS} OR "mode" IN ('line', 'block') OR ${CLOSES} THEN ''
      WHEN "mode" <> '' OR ${IS_WORD} THEN "word" || lower(${SIGN}) ELSE '' END,
    CASE WHEN ${ENDS} OR ${CLOSES} THEN "word"
      WHEN "mode" = '' AND ${SIGN} IN (${code(',')}, ${code(')')}, ${code(';')}, ${code('.')}) AND ${TWO} NOT IN (${code('--')}, ${code('/*')}) THEN ${SIGN} END,
    CASE WHEN ${CLOSES} AND "mode" = ${code("'")} THEN 'text' WHEN ${CLOSES} THEN 'name' ELSE '' END
  FROM "scan" s JOIN "part" p ON p."object" = s."object" AND p."index" = ("at" - 1) / ${PART}
  WHERE "at" <= "length"
), "token" AS (
  SELECT "object", "n", "token", "kind",
    lag("token", 1, '') OVER "before" AS "b1", lag("token", 2, '') OVER "before" AS "b2",
    lag("token", 3, '') OVER "before" AS "b3", lead("token", 1, '') OVER "before" AS "a1",
    max(CASE WHEN "kind" = '' AND "token" IN (${list([...VALUES, ...TABLES])}) THEN "n" END) OVER "before" AS "list"
  FROM "scan" WHERE "token" IS NOT NULL
  WINDOW "before" AS (PARTITION BY "object" ORDER BY "n")
), "led" AS (
  SELECT "object", "token" AS "word", "kind", "list", "b1" = ${code('.')} AS "isOfMain",
    CASE WHEN "b1" <> ${code('.')} THEN CASE WHEN "b2" = 'or' AND "b1" IN (${list(CONFLICTS)}) THEN "b3" ELSE "b1" END
      WHEN "b2" = 'main' THEN "b3" ELSE '' END AS "lead"
  FROM "token"
), "mention" AS (
  SELECT DISTINCT l."object", l."word" FROM "led" l
  WHERE (l."lead" IN (${list(LEADS)}) OR l."kind" <> 'text' AND (l."lead" = 'in' OR l."lead" = ${code(',')} AND EXISTS (
    SELECT 1 FROM "token" s WHERE s."object" = l."object" AND s."n" = l."list" AND s."token" IN (${list(TABLES)}))))
  AND (l."isOfMain" OR NOT EXISTS (
    SELECT 1 FROM "token" w WHERE w."object" = l."object" AND w."token" = l."word" AND w."a1" = 'as'
    AND w."b1" IN ('with', 'recursive')))
)`;
