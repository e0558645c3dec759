// Builds what a Worker loads: the entry `typeorm-billing/d1` as one ES module. It is compiled apart,
// because a bundler takes TypeORM's browser build there, and the parts of TypeORM that the driver
// extends have to come from the same build.
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { build } from 'esbuild';

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
  plugins: [fromBrowserBuild, withoutPostgres],
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
