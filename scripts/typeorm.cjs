// TypeORM's own command line on this project's DataSource. `-d` is added here, and only for the
// commands that know it, so that `npm run typeorm migration:run` needs no `--` and
// `npm run typeorm migration:create <path>` is not refused for an unknown option.
'use strict';

const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const NEEDS_DATA_SOURCE =
  /^(?:migration:(?:generate|run|revert|show)|schema:(?:drop|log|sync)|query|cache:clear)$/;
const NAMES_DATA_SOURCE = /^(?:-d|--dataSource|--data-source)(?:=|$)/;

// By the settings of this project, from whatever folder the command is typed in.
require('ts-node').register({ cwd: ROOT });

const given = process.argv.slice(2);
if (
  given.some((word) => NEEDS_DATA_SOURCE.test(word)) &&
  !given.some((word) => NAMES_DATA_SOURCE.test(word))
) {
  checkEnvironment();
  process.argv.push('-d', join(ROOT, 'src', 'data-source.ts'));
}

require('typeorm/cli.js');

/** Says in one line what TypeORM would print as the stacks of two errors. */
function checkEnvironment() {
  const { BillingError } = require('../src/errors.ts');
  const { readSettings } = require('../src/data-sources/settings.ts');
  try {
    readSettings(process.env);
  } catch (error) {
    if (!(error instanceof BillingError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
