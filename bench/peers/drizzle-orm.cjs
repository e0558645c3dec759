// drizzle-orm's migrate(), called by a script that loads nothing else.
'use strict';

const { join } = require('node:path');
const { engine, file, sql, url } = require('./paths.cjs');

const options = { migrationsFolder: join(sql, 'drizzle') };

async function onPostgres() {
  const { Client } = require('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  const { drizzle } = require('drizzle-orm/node-postgres');
  await require('drizzle-orm/node-postgres/migrator').migrate(drizzle(client), options);
  await client.end();
}

async function onSqlite() {
  const client = require('@libsql/client').createClient({ url: `file:${file}` });
  const { drizzle } = require('drizzle-orm/libsql');
  await require('drizzle-orm/libsql/migrator').migrate(drizzle(client), options);
  client.close();
}

void (engine === 'postgres' ? onPostgres() : onSqlite());
