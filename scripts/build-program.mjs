// Builds the program as one file, with TypeORM in it: loading TypeORM's 330 modules one by one takes
// most of the time of a migration. A host's own DataSource (`-d`) belongs to the host's TypeORM, so
// the launcher takes the modules as they are for that.
import { readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const manifest = async (path) => JSON.parse(await readFile(path, 'utf8'));
const own = await manifest('package.json');
const typeorm = await manifest('node_modules/typeorm/package.json');

/** Drivers, and what this package depends on, stay where they are installed; all else goes inside. */
const outside = new Set([
  ...Object.keys(own.dependencies),
  ...Object.keys(own.peerDependencies),
  ...Object.keys(typeorm.peerDependencies),
]);
outside.delete('typeorm');
outside.delete('reflect-metadata');

await build({
  entryPoints: ['dist/cli/main.js'],
  outfile: 'dist/cli/main.bundle.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  // Migrations and entities are known by their class names.
  keepNames: true,
  plugins: [
    {
      name: 'installed packages stay where they are',
      setup({ onResolve }) {
        // Only a host's own DataSource needs it, for which the modules are taken as they are.
        onResolve({ filter: /^\.\/data-source-file$/ }, ({ path }) => ({ path, external: true }));
        onResolve({ filter: /^[^./]/ }, ({ path }) => {
          const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/');
          return outside.has(name) ? { path, external: true } : undefined;
        });
      },
    },
  ],
});

await writeFile(
  'dist/cli/program.js',
  `#!/usr/bin/env node
'use strict';
const own = process.argv.some((word) => /^(-d|--data-source)/.test(word));
require(own ? './main.js' : './main.bundle.js');
`,
  { mode: 0o755 },
);
