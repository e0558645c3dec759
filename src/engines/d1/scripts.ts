import { sqlOf } from '../../host/bindings';
import type { ScriptTables } from '../engine';
import { forgetIn, recordIn, refusalSql, type Scripts, unlessUncommented } from '../scripts';
import { createWranglerTable, WRANGLER_TABLE } from './wrangler';

/**
 * What a rollback file that is to drop rows has in the table of migrations until its end: D1 has no
 * settings and no temporary tables.
 */
const DISCARDING = 'drop the rows';

/** wrangler sends a file as one batch, which is atomic. */
export const d1Scripts = ({
  migrations: table,
  wrangler = WRANGLER_TABLE,
}: ScriptTables): Scripts => ({
  wrap: (statements) => statements,
  // SQLite would create the table anyway and reject its first row.
  look: (reference) => {
    const { table, column } = sqlOf(reference);
    return `-- Refused where the host's table or column is missing.\nSELECT ${table}.${column} FROM ${table} LIMIT 0`;
  },
  assertKeys: (child) => `PRAGMA foreign_key_check("${child}")`,
  makeTable: `CREATE TABLE IF NOT EXISTS "${table}" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "timestamp" bigint NOT NULL, "name" varchar NOT NULL)`,
  record: (migration) => recordIn(table, migration),
  // That one is a D1DataSource, which reverts by `revert()`.
  setsApart: false,
  // SQLite has no RAISE outside of triggers. The error of a JSON path that is none shows the path.
  refuse: (
    query,
    file,
  ) => `SELECT json_extract('{}', ${refusalSql((text) => `group_concat(${text}, ', ')`, file)})
FROM (
${query}
)
HAVING count(*) > 0`,
  locks: false,
  refuseRows: ({ counting, text }) =>
    unlessUncommented(
      `INSERT INTO "${table}" ("timestamp", "name") VALUES (0, '${DISCARDING}')`,
      `${counting}
SELECT json_extract('{}', ${text})
FROM counted
WHERE "rows" > 0 AND NOT EXISTS (SELECT 1 FROM "${table}" WHERE "name" = '${DISCARDING}')
HAVING count(*) > 0`,
    ),
  forget: (migration, file) => [
    forgetIn(table, migration),
    forgetIn(table, DISCARDING),
    createWranglerTable(wrangler),
    `DELETE FROM ${wrangler} WHERE name = '${file}'`,
  ],
  run: {
    forward: 'wrangler d1 migrations apply <database>',
    rollback: 'wrangler d1 execute <database> --file <this file>',
  },
  // wrangler adds an INSERT to a file that it applies as a migration, and sends both as one batch.
  guard: `-- No semicolon at the end: what \`wrangler d1 migrations apply\` adds to a file is then a syntax error,
-- so that this file, taken for a migration, changes nothing.
SELECT 'reverted' AS "result"
`,
});
