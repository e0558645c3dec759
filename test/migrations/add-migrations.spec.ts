import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import ts from 'typescript';
import { addMigrations, tenantBilling, userBilling } from '../../src';
import { installPackage, linkPackages } from '../package/packed-project';
import { newFolder } from '../support/test-run';

type Files = Readonly<Record<string, string>>;

/** A host's project, and the folder of its migrations. */
function project(files: Files): string {
  const folder = newFolder('add');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return join(folder, 'migrations');
}

/** The file that is written for tenant billing, with `<time>` for its timestamp, and its text. */
async function added(
  out: string,
  options: { dialect?: 'postgres' | 'sqlite' | 'd1'; plain?: boolean } = {},
): Promise<readonly [file: string, text: string]> {
  const { dialect = 'postgres', plain = false } = options;
  const list = dialect === 'postgres' ? 'postgres' : 'sqlite';
  const migrations = tenantBilling.migrations[list];
  const { written } = await addMigrations(migrations, { out, dialect, plain });
  const [path = ''] = written;
  const time = /\d{13}/.exec(basename(path))?.[0] ?? '';
  expect(Number(time)).toBeGreaterThan(1_795_000_000_000);
  const anyTime = (one: string): string => one.replaceAll(time, '<time>');
  return [anyTime(basename(path)), anyTime(readFileSync(path, 'utf8'))];
}

describe("the migrations that are written for a host's own history", () => {
  it.each([
    ['1700000000000-create-users.ts', '<time>-create-tenant-billing.ts'],
    ['1700000000000-CreateUsers.ts', '<time>-CreateTenantBilling.ts'],
    ['1700000000000-createUsers.ts', '<time>-createTenantBilling.ts'],
    ['1700000000000_create_users.js', '<time>_create_tenant_billing.js'],
    ['CreateUsers1700000000000.ts', 'CreateTenantBilling<time>.ts'],
    ['create-users-1700000000000.mts', 'create-tenant-billing-<time>.mts'],
    ['20231114221320_create_users.ts', '<time>_create_tenant_billing.ts'],
    ['nested/1700000000000-create-users.cts', '<time>-create-tenant-billing.cts'],
  ])('C4 are named as %s is', async (present, wanted) => {
    const out = project({ [`migrations/${present}`]: '', 'migrations/index.d.ts': '' });
    expect((await added(out))[0]).toBe(wanted);
  });

  it.each([
    [{ 'tsconfig.json': '{}' }, '<time>-CreateTenantBilling.ts', /^import .*\n\nconst/m],
    [{ 'package.json': '{}' }, '<time>-CreateTenantBilling.js', /^const .*require\(/m],
    [{ 'package.json': '{"type":"module"}' }, '<time>-CreateTenantBilling.js', /^export class/m],
    [{ 'migrations/1-x.js': 'exports.X = 1;', 'package.json': '{}' }, undefined, /module\.exports/],
  ] as const)('C4 have the form of the project %j', async (files, wanted, form) => {
    const [file, text] = await added(project(files));
    if (wanted !== undefined) expect(file).toBe(wanted);
    expect(text).toMatch(form);
  });

  it('C4 are younger than the youngest there, and are for D1 by its own front door', async () => {
    const out = project({ 'migrations/1999999999999-later.ts': '' });
    const [file, text] = await added(out, { dialect: 'd1' });
    expect(file).toBe('<time>-create-tenant-billing.ts');
    expect(text).toContain("from 'typeorm-billing/d1'");
    expect(text).toContain("billingMigration('sqlite', ");
    expect(text).toContain("name = 'CreateTenantBilling<time>'");
    const { kept, written } = await addMigrations(
      [...tenantBilling.migrations.sqlite, ...userBilling.migrations.sqlite],
      { out, dialect: 'd1' },
    );
    expect(kept.map((path) => basename(path))).toEqual(['2000000000000-create-tenant-billing.ts']);
    expect(written.map((path) => basename(path))).toEqual([
      expect.stringMatching(/^2\d{12}-create-user-billing\.ts$/),
    ]);
  });

  it('C4 are accepted by the strict compiler, as CommonJS and as ES modules', async () => {
    const folder = newFolder('strict');
    await installPackage(folder);
    linkPackages(folder, ['typeorm', 'class-validator', 'reflect-metadata', 'uuid', '@types/node']);
    const roots: string[] = [];
    for (const type of ['commonjs', 'module']) {
      mkdirSync(join(folder, type));
      writeFileSync(join(folder, type, 'package.json'), JSON.stringify({ type }));
      for (const dialect of ['postgres', 'sqlite', 'd1'] as const) {
        for (const plain of [true, false]) {
          const out = join(folder, type, `${dialect}-${plain ? 'plain' : 'extending'}`);
          mkdirSync(out);
          writeFileSync(join(out, '1700000000000-x.ts'), 'export {};');
          const list = dialect === 'postgres' ? 'postgres' : 'sqlite';
          const migrations = [...tenantBilling.migrations[list], ...userBilling.migrations[list]];
          const { written } = await addMigrations(migrations, { out, dialect, plain });
          roots.push(...written);
        }
      }
    }
    expect(roots).toHaveLength(24);
    const wrong = join(folder, 'module', 'wrong.ts');
    writeFileSync(
      wrong,
      `import { billingMigration } from 'typeorm-billing';
export class X extends billingMigration('postgres', 'X') { readonly name = 1; }`,
    );
    const program = ts.createProgram([...roots, wrong], {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      strict: true,
      noImplicitOverride: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noUnusedLocals: true,
      verbatimModuleSyntax: false,
      isolatedModules: true,
      skipLibCheck: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(folder, 'node_modules/@types')],
    });
    const said = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => ({
      file: file && basename(file.fileName),
      text: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }));
    expect(said.filter(({ file }) => file !== 'wrong.ts')).toEqual([]);
    expect(said).not.toEqual([]);
  });
});
