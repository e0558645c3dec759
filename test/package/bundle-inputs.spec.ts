import { resolve } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = resolve(__dirname, '../..');

/** What a bundle of `entry` is made of, and what it imports from outside. */
function bundle(entry: string): { inputs: string[]; packages: string[] } {
  // Not build(), which leaves a process running.
  const { metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    packages: 'external',
  });
  const outputs = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
  return {
    inputs: Object.keys(metafile.inputs),
    packages: outputs.map(({ path }) => path),
  };
}

const isOfDriver = (file: string): boolean => /^src\/(?:driver\/|(?:copy|errors)\.ts$)/.test(file);
const NODE = /^node:|^(?:fs|path|util|sqlite3|wrangler|pg)$/;

describe('C4 what a bundle is made of', () => {
  it.each(['src/driver/file/data-source.ts', 'src/driver/d1/data-source.ts'])(
    'C4 %s takes the driver, the errors and the mark of this copy, and nothing of billing',
    (entry) => {
      const { inputs } = bundle(entry);
      expect(inputs).toEqual(expect.arrayContaining([entry, 'src/driver/driver.ts']));
      expect(inputs.filter((file) => !isOfDriver(file))).toEqual([]);
    },
  );

  it('C4 the DataSource for a file carries no other engine', () => {
    const { inputs, packages } = bundle('src/data-sources/sqlite.ts');
    expect(inputs).toContain('src/engines/sqlite/engine.ts');
    expect(inputs.filter((file) => /^src\/engines\/(?:postgres|d1)\//.test(file))).toEqual([]);
    expect(packages).toContain('sqlite3');
  });

  it.each(['src/data-sources/d1.ts', 'src/d1.ts'])(
    'C4 U3 %s carries no Postgres engine and no module of Node',
    (entry) => {
      const { inputs, packages } = bundle(entry);
      expect(inputs).toContain('src/engines/d1/engine.ts');
      expect(
        inputs.filter((file) => /^src\/(?:engines\/postgres|driver\/file)\//.test(file)),
      ).toEqual([]);
      expect(packages).toContain('typeorm');
      expect(packages.filter((name) => NODE.test(name))).toEqual([]);
    },
  );
});
