'use strict';

const { join } = require('node:path');
const { engine, file, sql, url } = require('./paths.cjs');

module.exports = {
  dialect: engine === 'postgres' ? 'postgresql' : 'sqlite',
  dbCredentials: { url: engine === 'postgres' ? url : `file:${file}` },
  out: join(sql, 'drizzle'),
};
