import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installPackage, linkPackages } from '../package/packed-project';
import { TENANT_TABLES } from '../support/billing-tables';
import { run } from '../support/run';
import type { Run } from '../support/run';
import { newFolder } from '../support/test-run';
import { tablesOf } from './programs';

const PACKAGES = ['typeorm', 'reflect-metadata', 'sqlite3', 'class-validator', 'uuid'];
const PROGRAM = 'node_modules/typeorm-billing/dist/cli/program.js';

type Files = Readonly<Record<string, string>>;

/** A project of a host that has the packed package installed. */
async function host(files: Files, packages: readonly string[] = []): Promise<string> {
  const folder = newFolder('host');
  await installPackage(folder);
  linkPackages(folder, [...PACKAGES, ...packages]);
  for (const [path, text] of Object.entries({ 'package.json': '{}', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function billing(cwd: string, ...words: string[]): Promise<Run> {
  return run([PROGRAM, ...words], { cwd, env: { DATABASE_URL: undefined } });
}

/** Sources of a host whose entity is found by an alias; its column's type, by the decorator's metadata. */
function sources(kind: 'CommonJS' | 'ES module', columnType = ''): Files {
  const isModule = kind === 'ES module';
  return {
    'package.json': isModule ? '{ "type": "module" }' : '{}',
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        module: isModule ? 'nodenext' : 'commonjs',
        ...(isModule ? {} : { moduleResolution: 'node10', ignoreDeprecations: '6.0' }),
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        paths: { '@app/*': ['./src/*'] },
      },
    }),
    'src/entities/note.ts': `import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
@Entity('notes')
export class Note {
  @PrimaryGeneratedColumn() id!: number;
  @Column(${columnType}) text!: string;
  constructor(private readonly draft = false) {}
}`,
    'src/data-source.ts': `import 'reflect-metadata';
import { SqliteDataSource, tenantBilling } from 'typeorm-billing';
import { Note } from '@app/entities/note${isModule ? '.js' : ''}';
console.log('a host prints');
${isModule ? 'await Promise.resolve();' : ''}
class CreateHost1600000000000 {
  async up(queryRunner) {
    console.log('a migration prints');
    await queryRunner.query('CREATE TABLE tenants (id text PRIMARY KEY NOT NULL)');
  }
  async down() {}
}
export const dataSource = new SqliteDataSource({
  database: 'app.sqlite',
  logging: true,
  entities: [...tenantBilling.entities, Note],
  migrations: [CreateHost1600000000000, ...tenantBilling.migrations.sqlite],
});
export default dataSource;`,
  };
}

describe("the program on a host's sources", () => {
  it.each([
    {
      kind: 'CommonJS',
      compiler: 'ts-node',
      packages: ['ts-node', 'typescript', 'tsconfig-paths'],
    },
    {
      kind: 'ES module',
      compiler: 'ts-node',
      packages: ['ts-node', 'typescript', 'tsconfig-paths'],
    },
    { kind: 'CommonJS', compiler: 'tsx', packages: ['tsx'] },
    { kind: 'ES module', compiler: 'tsx', packages: ['tsx'] },
  ] as const)(
    'C4 T2 migrates from a $kind in TypeScript by $compiler, with path aliases and all logged',
    async ({ kind, compiler, packages }) => {
      const cwd = await host(sources(kind, compiler === 'tsx' ? "'text'" : ''), packages);
      const { exitCode, stdout, stderr } = await billing(
        cwd,
        'migrate',
        '--json',
        '-d',
        'src/data-source.ts',
      );
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) as string });
      // Nothing but the result, whatever the host prints and has logged.
      expect(JSON.parse(stdout)).toMatchObject({
        applied: ['CreateHost1600000000000', expect.stringMatching(/^CreateTenantBilling/)],
      });
      expect(stderr).toContain('a host prints\n');
      expect(stderr).toContain('a migration prints\n');
      expect(stderr).toContain('CREATE TABLE "subscriptions"');
      expect(await tablesOf(join(cwd, 'app.sqlite'))).toEqual(
        ['migrations', 'tenants', ...TENANT_TABLES].sort(),
      );
    },
  );

  it('C4 names what is not installed: a compiler, the aliases, the metadata of decorators', async () => {
    const files = sources('CommonJS');
    const refusal = async (packages: readonly string[]): Promise<string> => {
      const cwd = await host(files, packages);
      const { exitCode, stdout, stderr } = await billing(cwd, 'status', '-d', 'src/data-source');
      expect({ exitCode, stdout, made: existsSync(join(cwd, 'app.sqlite')) }).toEqual({
        exitCode: 1,
        stdout: '',
        made: false,
      });
      return stderr;
    };
    const [aliases, metadata] = await Promise.all([
      refusal(['ts-node', 'typescript']),
      refusal(['tsx']),
    ]);
    expect(aliases).toMatch(
      /^src\/data-source can't be used .*'@app\/entities\/note'.* run `npm install --save-dev tsconfig-paths`\.\n$/,
    );
    expect(metadata).toMatch(/Note#text.*: tsx writes no decorator metadata: run .* ts-node`.*\n$/);
    // Node itself strips types since 22.18, and knows no decorators.
    expect(await refusal([])).toMatch(/: run `npm install --save-dev ts-node`\.\n$/);
  });

  it.each(['cts', 'mts'])('C4 H5 takes a .%s file by ts-node', async (ending) => {
    const { 'tsconfig.json': config = '' } = sources('ES module');
    const cwd = await host(
      {
        'tsconfig.json': config,
        [`data-source.${ending}`]: `import { SqliteDataSource, tenantBilling } from 'typeorm-billing';
const database: string = 'app.sqlite';
export const dataSource = new SqliteDataSource({ database, migrations: tenantBilling.migrations.sqlite });`,
      },
      ['ts-node', 'typescript'],
    );
    const found = await billing(cwd, 'status', '--json', '-d', `data-source.${ending}`);
    expect(found).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(found.stdout)).toMatchObject({ migrations: [{ state: 'pending' }] });
  });

  it('C4 takes a promise, a default export, CommonJS in an ES module, and what is open already', async () => {
    const make = (database: string): string =>
      `new SqliteDataSource({ database: '${database}', migrations: tenantBilling.migrations.sqlite })`;
    const required = "const { SqliteDataSource, tenantBilling } = require('typeorm-billing');\n";
    const imported = "import { SqliteDataSource, tenantBilling } from 'typeorm-billing';\n";
    const cwd = await host({
      'package.json': '{ "type": "module" }',
      'promise.cjs': `${required}exports.dataSource = Promise.resolve(${make('promise.sqlite')});`,
      'whole.cjs': `${required}module.exports = ${make('whole.sqlite')};`,
      'open.js': `${imported}export const open = ${make('open.sqlite')}.initialize();`,
      'default.mjs': `${imported}export default ${make('default.sqlite')};`,
      'through.js': `import whole from './whole.cjs';\nexport default { whole };`,
    });
    const files = ['promise.cjs', 'whole.cjs', 'open.js', 'default.mjs', 'through.js'];
    for (const file of files) {
      const { exitCode, stdout, stderr } = await billing(cwd, 'status', '--json', '-d', file);
      expect({ file, exitCode, stderr }).toEqual({ file, exitCode: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({ migrations: [{ state: 'pending' }] });
    }
  });

  it('C4 refuses a -d that names no DataSource, in one line, and makes nothing', async () => {
    const required = "const { SqliteDataSource } = require('typeorm-billing');\n";
    const cwd = await host({
      'two.cjs': `${required}exports.a = new SqliteDataSource({ database: 'a' });\nexports.b = new SqliteDataSource({ database: 'b' });`,
      'maker.cjs': `${required}exports.create = () => new SqliteDataSource({ database: 'a' });`,
      'other.cjs': 'exports.options = {};',
      'broken.cjs': '\nthrow new TypeError("not today");',
      'syntax.cjs': 'const = 1;',
      'rejected.cjs': 'exports.dataSource = Promise.reject(new Error("no secret"));',
      'untyped.cjs':
        "const { DataSource } = require('typeorm');\nconst { tenantBilling: { entities } } = require('typeorm-billing');\nnew DataSource({ type: process.env.NO_SUCH_TYPE, entities });",
      'folder/readme.md': '',
    });
    const before = readdirSync(cwd);
    for (const [file, says] of [
      ['nope.ts', /\(there is no file \/.*nope\.ts\): give -d the path/],
      ['folder', /\(it is a folder\): give -d the path/],
      ['two.cjs', /\(it exports 2 DataSources: a, b\): export each from its own file/],
      ['maker.cjs', /\(it exports no DataSource, but a function, create\): export what it returns/],
      ['other.cjs', /\(it exports no DataSource, but options\): give -d the path/],
      ['broken.cjs', /\(not today, at broken\.cjs:2:7\): correct that/],
      ['syntax.cjs', /\(Unexpected token '=', at syntax\.cjs:1\): correct that/],
      [
        'untyped.cjs',
        /\(A DataSource has no type: .* that they take it from, at untyped\.cjs:3:1\): correct that/,
      ],
      ['rejected.cjs', /\(no secret, at rejected\.cjs:1:\d+\): correct that/],
    ] as const) {
      const { exitCode, stdout, stderr } = await billing(cwd, 'migrate', '-d', file);
      expect({ file, exitCode, stdout }).toEqual({ file, exitCode: 1, stdout: '' });
      expect(stderr).toMatch(
        new RegExp(`^${file} can't be used as a DataSource ${says.source}.*\\.\n$`),
      );
    }
    expect(readdirSync(cwd)).toEqual(before);
  });
});
