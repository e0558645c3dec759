import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installPackage, linkPackages } from '../package/packed-project';
import type { TestDatabase } from '../support/engines';
import { HOST_SCHEMA } from '../support/host-tables';
import { run, type Run } from '../support/run';
import { newFolder } from '../support/test-run';
import { QUIET } from './programs';

type Language = 'ts' | 'cjs' | 'mjs';

/** A host's project, whose own tables are made by a migration, and which names its migrations by a glob. */
export class HostProject {
  private constructor(
    readonly folder: string,
    private readonly database: TestDatabase,
    private readonly language: Language,
  ) {}

  /** @param timestamp of its own migration; younger than billing's if not given */
  static async make(
    database: TestDatabase,
    language: Language,
    timestamp = '1795500000000',
  ): Promise<HostProject> {
    const folder = newFolder('host');
    await installPackage(folder);
    linkPackages(folder, [
      ...['class-validator', 'pg', 'reflect-metadata', 'sqlite3', 'typeorm', 'uuid'],
      ...['ts-node', 'typescript', '@types/node', '@swc/core', '@swc/helpers'],
    ]);
    const host = new HostProject(folder, database, language);
    host.write('package.json', '{ "name": "host", "private": true }');
    host.write('tsconfig.json', TSCONFIG);
    const isTs = language === 'ts';
    const isCommonJs = language === 'cjs';
    const statements = JSON.stringify(
      HOST_SCHEMA[database.dialect].split(';\n').filter((sql) => sql.trim() !== ''),
    );
    const name = `CreateOwners${timestamp}`;
    const tables = `['verification', 'account', 'session', 'user', 'tenants']`;
    const parameter = isTs ? 'queryRunner: any' : 'queryRunner';
    host.write(
      `migrations/${timestamp}-create-owners.${language}`,
      `${isCommonJs ? '' : 'export '}class ${name} {
  name = '${name}';
  async up(${parameter}) {
    for (const sql of ${statements}) await queryRunner.query(sql);
  }
  async down(${parameter}) {
    for (const table of ${tables}) await queryRunner.query(\`DROP TABLE "\${table}"\`);
  }
}
${isCommonJs ? `module.exports = { ${name} };` : ''}`,
    );
    const imports = [
      'DataSource',
      'typeorm',
      'tenantBilling, userBilling, SqliteDataSource',
    ] as const;
    const here = language === 'mjs' ? 'import.meta.dirname' : '__dirname';
    const bring = (names: string, from: string): string =>
      isCommonJs
        ? `const { ${names} } = require('${from}');`
        : `import { ${names} } from '${from}';`;
    const [type, place] =
      database.dialect === 'postgres'
        ? [
            'DataSource',
            `type: 'postgres', url: '${database.url}', installExtensions: false, uuidExtension: 'pgcrypto'`,
          ]
        : ['SqliteDataSource', `database: '${database.url.slice('sqlite:'.length)}'`];
    host.write(
      `data-source.${language}`,
      `${bring(imports[0], imports[1])}
${bring(imports[2], 'typeorm-billing')}
${isCommonJs ? 'const dataSource' : 'export const dataSource'} = new ${type}({
  ${place},
  entities: [...tenantBilling.entities, ...userBilling.entities],
  migrations: [${here} + '/migrations/*.${language}'],
});
${isCommonJs ? 'module.exports = { dataSource };' : ''}`,
    );
    host.write('steps.mjs', STEPS);
    return host;
  }

  migrationFiles(): string[] {
    return readdirSync(join(this.folder, 'migrations')).sort();
  }

  /** TypeORM's own CLI on the host's DataSource. */
  typeorm(...words: string[]): Promise<Run> {
    const { folder, language } = this;
    const register = language === 'ts' ? ['-r', 'ts-node/register/transpile-only'] : [];
    const cli = join(folder, 'node_modules/typeorm/cli.js');
    return run([...register, cli, ...words, '-d', `data-source.${language}`], {
      cwd: folder,
      env: { ...QUIET },
    });
  }

  /**
   * What TypeORM's CLI calls for `migration:run`, `migration:revert` and `migration:generate`, each on
   * the host's DataSource initialised anew, in one process.
   *
   * @returns after each step the names of the applied migrations, and for `generate` the statements
   */
  async steps(...words: ('run' | 'revert' | 'generate')[]): Promise<string[][]> {
    const { folder, language } = this;
    const register = language === 'ts' ? ['-r', 'ts-node/register/transpile-only'] : [];
    const done = await run([...register, 'steps.mjs', `./data-source.${language}`, ...words], {
      cwd: folder,
      env: { ...QUIET },
    });
    if (done.exitCode !== 0) throw new Error(done.stderr);
    return JSON.parse(done.stdout) as string[][];
  }

  /** `npx typeorm-billing` on the host's database. */
  billing(...words: string[]): Promise<Run> {
    const program = join(this.folder, 'node_modules/typeorm-billing/dist/cli/program.js');
    return run([program, ...words], {
      cwd: this.folder,
      env: { ...QUIET, DATABASE_URL: this.database.url },
    });
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }
}

const STEPS = `import { createRequire } from 'node:module';
const [file, ...words] = process.argv.slice(2);
const { dataSource } = file.endsWith('.mjs') ? await import(file) : createRequire(import.meta.url)(file);
const results = [];
for (const word of words) {
  await dataSource.initialize();
  if (word === 'run') await dataSource.runMigrations();
  if (word === 'revert') await dataSource.undoLastMigration();
  results.push(
    word === 'generate'
      ? (await dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query)
      : (await dataSource.query('SELECT name FROM migrations ORDER BY id')).map(({ name }) => name),
  );
  await dataSource.destroy();
}
console.log(JSON.stringify(results));
`;

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'es2022',
    rootDir: '.',
    module: 'commonjs',
    strict: true,
    noImplicitOverride: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    types: ['node'],
  },
});
