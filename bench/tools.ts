import { join } from 'node:path';
import { benchModule, PEERS, rootModule } from './lib/paths';
import { SQL_FOLDER } from './lib/same-sql';

/** A way to apply all migrations to a database, as a Node process. */
export interface Tool {
  readonly name: string;
  /** What Node is given. */
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const TYPEORM = rootModule('typeorm/cli.js');
const BILLING = 'dist/cli/program.js';

export const COMPILED: Tool = { name: 'typeorm-billing migrate', words: [BILLING, 'migrate'] };
export const TYPEORM_COMPILED: Tool = {
  name: "TypeORM's CLI, compiled",
  words: [TYPEORM, 'migration:run', '-d', 'dist/data-source.js'],
};
export const TYPEORM_DEV: Tool = {
  name: 'npm run typeorm (swc)',
  words: ['scripts/typeorm.cjs', 'migration:run'],
};
export const KNEX: Tool = {
  name: 'knex migrate:latest',
  words: [
    benchModule('knex/bin/cli.js'),
    'migrate:latest',
    '--knexfile',
    join(PEERS, 'knexfile.cjs'),
  ],
};
export const DRIZZLE_KIT: Tool = {
  name: 'drizzle-kit migrate',
  words: [
    benchModule('drizzle-kit/bin.cjs'),
    'migrate',
    '--config',
    join(PEERS, 'drizzle.config.cjs'),
  ],
};
export const DRIZZLE_ORM: Tool = {
  name: 'drizzle-orm migrate()',
  words: [join(PEERS, 'drizzle-orm.cjs')],
};

/** In the order in which they take their turns. */
export const TOOLS: readonly Tool[] = [
  COMPILED,
  {
    name: 'npm run db:migrate (swc)',
    words: [rootModule('ts-node/dist/bin.js'), 'src/cli/main.ts', 'migrate'],
  },
  TYPEORM_COMPILED,
  TYPEORM_DEV,
  {
    name: "TypeORM's CLI, ts-node type-checking",
    words: [
      rootModule('typeorm/cli-ts-node-commonjs.js'),
      'migration:run',
      '-d',
      'src/data-source.ts',
    ],
    environment: { TS_NODE_PROJECT: join(PEERS, 'tsconfig.type-checking.json') },
  },
  KNEX,
  DRIZZLE_KIT,
  DRIZZLE_ORM,
  { name: 'bare driver', words: [join(PEERS, 'bare.cjs')] },
];

export const environmentOf = (tool: Tool, url: string): Record<string, string> => ({
  DATABASE_URL: url,
  BENCH_SQL: SQL_FOLDER,
  ...tool.environment,
});
