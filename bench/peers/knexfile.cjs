'use strict';

const { join } = require('node:path');
const { engine, file, sql, url } = require('./paths.cjs');

/** Our migrations as knex takes them from elsewhere than a folder of modules. */
const migrationSource = {
  getMigrations: () => Promise.resolve(require(join(sql, 'migrations.json'))),
  getMigrationName: ({ name }) => name,
  getMigration: (migration) => ({
    async up(knex) {
      // In raw SQL, knex takes a question mark for a placeholder.
      for (const one of migration.sql) await knex.raw(one.replaceAll('?', '\\?'));
    },
    down: () => Promise.reject(new Error('not measured')),
  }),
};

module.exports = {
  ...(engine === 'postgres'
    ? { client: 'pg', connection: url }
    : { client: 'sqlite3', connection: { filename: file }, useNullAsDefault: true }),
  migrations: { migrationSource },
};
