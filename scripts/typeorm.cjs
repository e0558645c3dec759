// TypeORM's own command line on this project's DataSource. `-d` is added here, and only for the
// commands that know it, so that `npm run typeorm migration:run` needs no `--` and
// `npm run typeorm migration:create <path>` is not refused for an unknown option.
'use strict';

const NEEDS_DATA_SOURCE =
  /^(?:migration:(?:generate|run|revert|show)|schema:(?:drop|log|sync)|query|cache:clear)$/;
const NAMES_DATA_SOURCE = /^(?:-d|--dataSource|--data-source)(?:=|$)/;

const given = process.argv.slice(2);
if (
  given.some((word) => NEEDS_DATA_SOURCE.test(word)) &&
  !given.some((word) => NAMES_DATA_SOURCE.test(word))
) {
  process.argv.push('-d', 'src/data-source.ts');
}

require('typeorm/cli-ts-node-commonjs.js');
