// The same migration classes in a DataSource of TypeORM's own, without the library's lock and checks.
'use strict';

const { DataSource } = require('typeorm');
const { tenantBilling, userBilling } = require('../../dist');

module.exports = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  uuidExtension: 'pgcrypto',
  installExtensions: false,
  entities: [...tenantBilling.entities, ...userBilling.entities],
  migrations: [...tenantBilling.migrations.postgres, ...userBilling.migrations.postgres],
});
