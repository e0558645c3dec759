import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, packProject, run } from './packed-project';

/** A host's classes, and its `EntitySchema`s in a Worker, which imports nothing but that front door. */
const [CLASSES, SCHEMAS] = ['typed.ts', 'schemas.ts'].map((file) =>
  readFileSync(join(__dirname, 'consumer', file), 'utf8'),
) as [string, string];
const STRICT = {
  target: 'es2022',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  experimentalDecorators: true,
  skipLibCheck: true,
  noEmit: true,
};

/** Hosts' projects, and by which front door each names its classes. */
const PROJECTS = [
  {
    ...{ file: 'typed.cts', source: CLASSES, front: 'typeorm-billing' },
    options: { module: 'node16' },
  },
  {
    ...{ file: 'typed.mts', source: CLASSES, front: 'typeorm-billing' },
    options: { module: 'nodenext' },
  },
  {
    // It knows no "exports": the package's "typesVersions" lead it.
    ...{ file: 'typed.ts', source: CLASSES, front: 'typeorm-billing/d1' },
    options: { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
  },
  {
    ...{ file: 'schemas.ts', source: SCHEMAS, front: 'typeorm-billing/d1' },
    options: { module: 'esnext', moduleResolution: 'bundler' },
  },
] as const;

describe('C1 T3 U2 the types of a host, with the packed package', () => {
  it.each(PROJECTS)(
    'T3 U2 are those that it names: $front in $file, module $options.module',
    async ({ file, source, front, options }) => {
      const { consumer } = await packProject();
      writeFileSync(join(consumer, file), source.replaceAll("'typeorm-billing'", `'${front}'`));
      writeFileSync(
        join(consumer, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files: [file] }),
      );
      expect(await run(bin('tsc'), ['-p', '.'], consumer)).toBe('');
    },
  );
});
