// Builds what a Worker loads: the entry `typeorm-billing/d1` as one ES module. It is compiled apart,
// because a bundler takes TypeORM's browser build there, and the parts of TypeORM that the driver
// extends have to come from the same build.
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
  plugins: [fromBrowserBuild],
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
