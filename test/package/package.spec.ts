import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogOf, engineNamed, rowsOf } from '../support/engines';
import type { TestDatabase } from '../support/engines';
import { run as runNode } from '../support/run';
import { newFolder } from '../support/test-run';
import { bin, packProject, run } from './packed-project';
import type { PackedProject } from './packed-project';

describe('C1 C4 the packed package', () => {
  let packed: PackedProject;

  beforeAll(async () => {
    packed = await packProject();
    cpSync(join(__dirname, 'consumer'), packed.consumer, { recursive: true });
    cpSync(join(packed.consumer, 'use.ts'), join(packed.consumer, 'use.mts'));
  });

  /** Runs a consumer on a database of its own, and proves what it says by plain SQL. */
  async function use(script: string): Promise<void> {
    const database = await createSqlite();
    const hostBefore = await catalogOf(database, ['tenants', 'user']);
    const words = [script, database.url.slice('sqlite:'.length)];
    const output = await run(process.execPath, words, packed.consumer);

    const result = JSON.parse(output) as { id: string; left: number };
    expect(result).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      name: 'Pro',
      priceMonthly: 1900,
      createdAt: true,
      refusal: 'VALIDATION_FAILED',
      applied: result.left + 1,
      left: (await rowsOf(database, 'migrations')).length,
    });
    expect(await catalogOf(database, ['tenants', 'user'])).toEqual(hostBefore);
    expect(await database.sql('SELECT id, name, price_monthly FROM plans')).toEqual([
      { id: result.id, name: 'Pro', price_monthly: 1900 },
    ]);
  }

  it('C4 is used from CommonJS', async () => {
    await use('use.cjs');
  });

  it('C4 is used from an ES module, by name', async () => {
    await use('use.mjs');
  });

  it('C4 is used from strict TypeScript, compiled to CommonJS and to an ES module', async () => {
    writeFileSync(
      join(packed.consumer, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'es2022',
          module: 'node16',
          types: ['node'],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: false,
          noEmitOnError: true,
          rootDir: '.',
          outDir: 'compiled',
        },
        files: ['use.ts', 'use.mts'],
      }),
    );
    await run(bin('tsc'), ['-p', '.'], packed.consumer);
    for (const script of ['use.js', 'use.mjs']) await use(join('compiled', script));
  });

  it('C1 holds the build and the texts that belong to it, and nothing else', () => {
    expect(packed.files).toEqual(
      expect.arrayContaining(['package.json', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']),
    );
    const foreign = packed.files.filter(
      (path) =>
        !/^dist\/[\w./-]+\.(?:js|d\.ts)(?:\.map)?$/.test(path) &&
        path !== 'dist/worker/d1.mjs' &&
        !/^docs\/(?:api\/)?[\w-]+\.(?:md|svg)$/.test(path) &&
        !['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'].includes(path),
    );
    expect(foreign).toEqual([]);
  });

  it('C1 has its program, which migrates a database of the host', async () => {
    const database = await createSqlite();
    // By its path: what fails without the shebang or the permission to execute.
    await run(join(packed.installed, 'dist/cli/program.js'), ['migrate'], packed.consumer, {
      DATABASE_URL: database.url,
    });
    expect(await catalogOf(database, ['subscriptions'])).not.toEqual([]);
    expect(await rowsOf(database, 'migrations')).not.toEqual([]);
  });

  it('C1 its program asks for DATABASE_URL, and makes no database where it is unset or empty', async () => {
    const cwd = newFolder('installed');
    const program = join(packed.installed, 'dist/cli/program.js');
    for (const [url, command] of [
      [undefined, 'migrate'],
      ['', 'migrate'],
      [' ', 'status'],
    ] as const) {
      const asked = await runNode([program, command], { cwd, env: { DATABASE_URL: url } });
      expect(asked).toEqual({
        exitCode: 1,
        stdout: '',
        stderr:
          'DATABASE_URL is not set: set it to postgres://user:password@host:port/database, ' +
          'sqlite:path/to/file, sqlite::memory: or d1:BINDING.\n',
      });
    }
    expect(readdirSync(cwd)).toEqual([]);
    const words = ['sql', '--dialect', 'd1', '--out', 'sql'];
    const env = { DATABASE_URL: undefined };
    expect(await runNode([program, ...words], { cwd, env })).toMatchObject({ exitCode: 0 });
    expect(readdirSync(cwd).sort()).toEqual(['sql', 'sql-rollback']);
  });

  it('C1 its program names a package that is missing', async () => {
    const cwd = newFolder('installed');
    const program = join(packed.installed, 'dist/cli/program.js');
    // As in a host that did not install it: nothing is found beside the program.
    const preload = join(cwd, 'without.cjs');
    writeFileSync(
      preload,
      `const { _resolveFilename: resolve } = require('node:module');
         require('node:module')._resolveFilename = (name, ...rest) => {
           if (name !== 'pg' && name !== 'sqlite3') return resolve(name, ...rest);
           throw Object.assign(new Error('Cannot find module ' + name), { code: 'MODULE_NOT_FOUND' });
         };`,
    );
    for (const [url, name] of [
      ['postgres://nobody@127.0.0.1:1/none', 'pg'],
      ['sqlite::memory:', 'sqlite3'],
    ] as const) {
      const words = ['-r', preload, program, 'status'];
      const { exitCode, stderr } = await runNode(words, { cwd, env: { DATABASE_URL: url } });
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringMatching(
          new RegExp(
            `^.* needs the package ${name}, which is not installed: run \`npm install ${name}\`\\.\n$`,
          ),
        ) as string,
      });
    }
  });

  it("C1 its program takes a host's own DataSource, which has the host's TypeORM", async () => {
    const database = await createSqlite();
    const file = join(packed.consumer, 'data-source.cjs');
    writeFileSync(
      file,
      `const { SqliteDataSource, tenantBilling } = require('typeorm-billing');
         exports.dataSource = new SqliteDataSource({
           database: ${JSON.stringify(database.url.slice('sqlite:'.length))},
           entities: tenantBilling.entities,
           migrations: tenantBilling.migrations.sqlite,
         });`,
    );
    const program = join(packed.installed, 'dist/cli/program.js');
    await run(program, ['migrate', '-d', file], packed.consumer);
    await run(program, ['check', '-d', file], packed.consumer);
    expect(await rowsOf(database, 'migrations')).toHaveLength(1);
  });

  it('C1 is found in order by publint and attw', async () => {
    await run(bin('publint'), ['run', packed.tarball, '--strict'], packed.consumer);
    await run(bin('attw'), [packed.tarball, '--no-color', '--no-emoji'], packed.consumer);
  });
});

function createSqlite(): Promise<TestDatabase> {
  return engineNamed('sqlite').createDatabase({ host: 'rows' });
}
