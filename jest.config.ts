import { existsSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Config } from 'jest';
import { installedProgram } from './test/support/installed-program';
import { timeLimitMs } from './test/support/time-limit';

// Not UTC, and not whole hours from it: a time that is taken for a local one shows.
process.env.TZ = 'America/St_Johns';

/** `npm run test:long`: the properties alone, with many more runs. `TEST_LONG=1 npx jest <file>` for one. */
const isLong = process.env.TEST_LONG === '1' || process.env.npm_lifecycle_event === 'test:long';
if (isLong) process.env.TEST_LONG = '1';
const PROPERTIES = [
  'd1/parity.spec.ts',
  'd1/parity-2.spec.ts',
  'd1/parity-3.spec.ts',
  'd1/parity-4.spec.ts',
  'd1/held-writes.spec.ts',
  'd1/statement.spec.ts',
  'doctor/no-alarm.spec.ts',
  'engines/never-the-hosts.spec.ts',
  'engines/rebuild.spec.ts',
  'entities/properties.spec.ts',
];
/** The other parts of the sequences, beside the first. */
const ONLY_LONG = PROPERTIES.filter((name) => name.startsWith('d1/parity-'));

/** `TEST_ENGINES=sqlite npm test` runs the tests of one engine. */
const ENGINES = ['postgres', 'sqlite', 'd1'];
const chosen = (process.env.TEST_ENGINES ?? ENGINES.join(',')).split(',');
const unknown = chosen.filter((name) => !ENGINES.includes(name));
if (unknown.length > 0) {
  throw new Error(
    `TEST_ENGINES names "${unknown.join('", "')}": give one or more of ${ENGINES.join(', ')}, separated by commas.`,
  );
}
process.env.TEST_ENGINES = chosen.join(',');

/**
 * Specs that need certain engines: all of these, or one of them. Any other spec loops over the
 * engines that are chosen, or needs none. Of several lines the last one counts.
 */
const NEEDS: readonly {
  readonly specs: string;
  readonly all?: string[];
  readonly one?: string[];
  /** Packages that this project does not install: `npm run test:versions` does. */
  readonly packages?: string[];
  /** Programs that are not of npm, by file name and by name. */
  readonly programs?: Readonly<Record<string, string>>;
}[] = [
  { specs: 'package/', all: ENGINES },
  { specs: 'package/use.', all: ['sqlite'] },
  { specs: 'docs/', all: ENGINES },
  { specs: 'generate/', all: ENGINES },
  { specs: 'cli/', one: ['postgres', 'sqlite'] },
  // Of TypeORM's CLI itself, which is the same on any engine.
  { specs: 'cli/typeorm-cli-settings.', all: ENGINES },
  // SQLite has no scripts.
  { specs: 'migrations/sql-', one: ['postgres', 'd1'] },
  { specs: 'host/placing-files.', one: ['postgres', 'd1'] },
  { specs: 'migrations/concurrency.', one: ['postgres', 'sqlite'] },
  { specs: 'engines/postgres-drift.', all: ['postgres'] },
  { specs: 'engines/replication.', all: ['postgres'] },
  { specs: 'engines/pgbouncer.', all: ['postgres'], programs: { pgbouncer: 'PgBouncer' } },
  { specs: 'doctor/postgres-', all: ['postgres'] },
  { specs: 'doctor/sqlite-', one: ['sqlite', 'd1'] },
  { specs: 'doctor/moved.', one: ['postgres', 'sqlite'] },
  { specs: 'engines/rebuild-migration.', one: ['sqlite', 'd1'] },
  { specs: 'd1/', all: ['d1'] },
  { specs: 'd1/better-auth.', all: ENGINES },
  { specs: 'd1/plain-sql.', all: ENGINES },
  { specs: 'data-sources/adapt-sqlite.', all: ['sqlite'], packages: ['better-sqlite3'] },
  { specs: 'package/pglite.', packages: ['typeorm-pglite', '@electric-sql/pglite'] },
  // These ask D1 nothing.
  { specs: 'd1/held-writes.', one: ENGINES },
  { specs: 'd1/statement-limits.', one: ENGINES },
];

/** What of the needs is missing, in words; undefined if a spec can be run. */
function missing(spec: string): string | undefined {
  const needs = NEEDS.findLast(({ specs }) => spec.startsWith(specs)) ?? { specs: spec };
  const { all = [], one = ENGINES, packages = [], programs = {} } = needs;
  const isChosen = (name: string): boolean => chosen.includes(name);
  const isInstalled = (name: string): boolean => existsSync(join(__dirname, 'node_modules', name));
  const absent = packages.filter((name) => !isInstalled(name));
  if (absent.length > 0) return `the package ${absent.join(' and ')}`;
  const unfound = Object.keys(programs).filter((name) => installedProgram(name) === undefined);
  if (unfound.length > 0) return unfound.map((name) => programs[name]).join(' and ');
  if (all.every(isChosen) && one.some(isChosen)) return undefined;
  return all.length > 0 ? all.filter((name) => !isChosen(name)).join(' and ') : one.join(' or ');
}

const all = readdirSync(join(__dirname, 'test'), { recursive: true, encoding: 'utf8' })
  .map((path) => path.split(sep).join('/'))
  .filter((path) => path.endsWith('.spec.ts'));
const stale = [...PROPERTIES, ...NEEDS.map(({ specs }) => specs)].filter(
  (prefix) => !all.some((path) => path.startsWith(prefix)),
);
if (stale.length > 0) throw new Error(`jest.config.ts names no spec by ${stale.join(', ')}.`);
const specs = all.filter((path) =>
  isLong ? PROPERTIES.includes(path) : !ONLY_LONG.includes(path),
);
const notRun = specs.flatMap((path) => {
  const what = missing(path);
  return what === undefined ? [] : [`test/${path}: needs ${what}`];
});

const config: Config = {
  testEnvironment: 'node',
  testMatch: specs
    .filter((path) => missing(path) === undefined)
    .map((path) => `<rootDir>/test/${path}`),
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
  reporters: ['default', ['<rootDir>/test/support/summary-reporter.cjs', { notRun }]],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        // The same settings that ts-node derives from tsconfig.json.
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs', strictMode: true },
        jsc: {
          parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
          target: 'es2022',
          keepClassNames: true,
          transform: { legacyDecorator: true, useDefineForClassFields: false },
        },
      },
    ],
  },
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  // The long properties mostly wait for a database.
  maxWorkers: isLong ? 5 : 3,
  testTimeout: timeLimitMs(isLong),
};

export default config;
