// The floor: the driver, one transaction, the same SQL, and no record of what has been applied.
'use strict';

const { join } = require('node:path');
const { engine, file, sql, url } = require('./paths.cjs');

const statements = require(join(sql, 'migrations.json')).flatMap((migration) => migration.sql);

async function onPostgres() {
  const { Client } = require('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  for (const statement of statements) await client.query(statement);
  await client.query('COMMIT');
  await client.end();
}

async function onSqlite() {
  const { Database } = require('sqlite3');
  const database = new Database(file);
  await new Promise((resolve, reject) => {
    const script = ['BEGIN', ...statements, 'COMMIT'].join(';\n');
    database.exec(script, (error) => (error ? reject(error) : resolve()));
  });
  database.close();
}

void (engine === 'postgres' ? onPostgres() : onSqlite());
