// Builds what a Worker loads: the entry `typeorm-billing/d1` as one ES module. It is compiled apart,
// because a bundler takes TypeORM's browser build there, and the parts of TypeORM that the driver
// extends have to come from the same build.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';

const fromBrowserBuild = {
  name: 'TypeORM from its browser build',
  setup({ onResolve }) {
    onResolve({ filter: /^typeorm\/.+/ }, ({ path }) => ({
      path: path.replace('typeorm/', 'typeorm/browser/'),
      external: true,
    }));
    // A bundler leaves out what is not used, so the front of class-validator will do.
    onResolve({ filter: /\/class-validator-parts$/ }, () => ({
      path: 'class-validator',
      external: true,
    }));
  },
};

/** The doctor is not in a Worker, nor is what it asks of an engine. */
const withoutDoctor = {
  name: 'no doctor',
  setup({ onLoad }) {
    onLoad({ filter: /src\/engines\/sqlite\/examination\.ts$/ }, ({ path }) => ({
      contents: `
import { BillingError } from '../../errors';
export const examineSqlite = (): never => {
  throw BillingError.notSupported(
    'The doctor is not in a Worker',
    'run \`typeorm-billing check\` in Node',
  );
};
`,
      loader: 'ts',
      resolveDir: dirname(path),
    }));
  },
};

/** What stands for SQL of Postgres, which no D1 is ever sent: a Worker is loaded sooner without. */
const REFUSES = `
import { BillingError } from '../../errors';
const refuse = (): never => {
  throw BillingError.notSupported(
    'A build for D1 has no SQL for Postgres',
    'import from typeorm-billing, not from typeorm-billing/d1',
  );
};
`;

const withoutPostgres = {
  name: 'no SQL for Postgres',
  setup({ onLoad }) {
    const of =
      (work) =>
      async ({ path }) => ({
        contents: REFUSES + work(await readFile(path, 'utf8')),
        loader: 'ts',
        resolveDir: dirname(path),
      });
    // The names, tables and references of a migration stay, by which the wrong list is refused.
    onLoad(
      { filter: /src\/migrations\/postgres\/.*\.ts$/ },
      of((text) =>
        text.replace(
          /\n {2}async up\([\s\S]*$/,
          '\n  async up() {\n    refuse();\n  }\n  async down() {\n    refuse();\n  }\n}\n',
        ),
      ),
    );
    onLoad(
      { filter: /src\/migrations\/host-parts\/postgres(?:-columns)?\.ts$/ },
      of((text) =>
        [...text.matchAll(/^export const (\w+)/gm)]
          .map(([, name]) => `export const ${name} = refuse;\n`)
          .join(''),
      ),
    );
  },
};

const { metafile } = await build({
  entryPoints: ['src/d1.ts'],
  outfile: 'dist/worker/d1.mjs',
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  packages: 'external',
  target: 'es2022',
  keepNames: true,
  metafile: true,
  plugins: [fromBrowserBuild, withoutPostgres, withoutDoctor],
});

const foreign = [
  ...metafile.outputs['dist/worker/d1.mjs'].imports
    .map(({ path }) => path)
    .filter((path) => /^node:|^(fs|path|util|wrangler|sqlite3|pg)\b/.test(path)),
  ...Object.keys(metafile.inputs).filter((path) =>
    /^src\/(engines\/postgres|driver\/file)\//.test(path),
  ),
];
if (foreign.length > 0) {
  throw new Error(`A Worker can't run ${foreign.join(', ')}, which its build would contain.`);
}

/**
 * Migrations and entities are known by their class names, which a host's bundler may shorten. esbuild keeps
 * the names of functions too, by a call for each, and nothing asks for those.
 */
function withoutFunctionNames(text) {
  const source = ts.createSourceFile('d1.mjs', text, ts.ScriptTarget.Latest, true);
  const cuts = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText(source) === '__name') {
      const [named] = node.arguments;
      if (named.kind !== ts.SyntaxKind.ThisKeyword) {
        const { parent } = node;
        const isStatement = ts.isIdentifier(named) && ts.isExpressionStatement(parent);
        if (isStatement) cuts.push([parent.getFullStart(), parent.end]);
        else cuts.push([node.getStart(source), named.getStart(source)], [named.end, node.end]);
        if (isStatement) return;
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  cuts.sort(([a], [b]) => b - a);
  let result = text;
  for (const [from, to] of cuts) result = result.slice(0, from) + result.slice(to);
  return result;
}

const out = 'dist/worker/d1.mjs';
await writeFile(out, withoutFunctionNames(await readFile(out, 'utf8')));
