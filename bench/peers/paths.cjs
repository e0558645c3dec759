// Where the tools find the database and the SQL that all of them run.
'use strict';

const { join } = require('node:path');

const url = process.env.DATABASE_URL ?? '';
const engine = url.startsWith('sqlite:') ? 'sqlite' : 'postgres';

module.exports = {
  engine,
  url,
  /** Of the SQLite database. */
  file: url.replace(/^sqlite:/, ''),
  /** What `lib/same-sql.ts` wrote: `migrations.json` and, in drizzle's form, `drizzle/`. */
  sql: join(process.env.BENCH_SQL ?? '', engine),
};
