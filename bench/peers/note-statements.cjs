// Preloaded (`node --require`): notes each message that the process sends to Postgres by `pg`, one
// JSON string a line, in the file that BENCH_STATEMENTS names.
'use strict';

const { appendFileSync } = require('node:fs');
const { Client } = require('pg');

const { query } = Client.prototype;
Client.prototype.query = function noted(statement, ...rest) {
  const text = typeof statement === 'string' ? statement : statement.text;
  appendFileSync(process.env.BENCH_STATEMENTS ?? '', `${JSON.stringify(text)}\n`);
  return query.call(this, statement, ...rest);
};
