import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogOf, engineNamed, rowsOf } from '../support/engines';
import type { TestDatabase } from '../support/engines';
import { run as runNode } from '../support/run';
import { newFolder } from '../support/test-run';
import { bin, packProject, run } from './packed-project';
import type { PackedProject } from './packed-project';

describe('C1 the packed package', () => {
  let packed: PackedProject;

  beforeAll(async () => {
    packed = await packProject();
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
