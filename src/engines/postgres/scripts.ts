import { DefaultNamingStrategy } from 'typeorm';
import type { ScriptTables } from '../engine';
import { forgetIn, recordIn, refusalSql, type Scripts, unlessUncommented } from '../scripts';

/** A setting of one transaction, by which a rollback file is told to drop rows. */
const SETTING = 'typeorm_billing.rollback';

const PSQL = 'psql --set ON_ERROR_STOP=1 --file <this file>';

export const postgresScripts = ({ migrations: table }: ScriptTables): Scripts => ({
  // While a statement waits for a table that a long transaction holds, all others wait behind it.
  wrap: (statements) => ['BEGIN', "SET LOCAL lock_timeout = '3s'", ...statements, 'COMMIT'],
  look: undefined,
  assertKeys: undefined,
  makeTable: `CREATE TABLE IF NOT EXISTS "${table}" ("id" SERIAL NOT NULL, "timestamp" bigint NOT NULL, "name" character varying NOT NULL, CONSTRAINT "${new DefaultNamingStrategy().primaryKeyName(table, ['id'])}" PRIMARY KEY ("id"))`,
  record: (migration) => recordIn(table, migration),
  setsApart: true,
  // No DO block: some tools split a file at each semicolon. The error of the cast shows the text.
  refuse: (
    query,
    file,
  ) => `SELECT CAST(${refusalSql((text) => `string_agg(${text}, ', ')`, file)} AS integer)
FROM (
${query}
) part
HAVING count(*) > 0`,
  locks: true,
  refuseRows: ({ counting, text }) =>
    unlessUncommented(
      `SET LOCAL ${SETTING} = 'discard'`,
      `${counting}
SELECT CAST(${text} AS integer)
FROM counted
WHERE "rows" > 0 AND current_setting('${SETTING}', true) IS DISTINCT FROM 'discard'
HAVING count(*) > 0`,
    ),
  forget: (migration) => [forgetIn(table, migration)],
  run: { forward: PSQL, rollback: PSQL },
  guard: undefined,
});
