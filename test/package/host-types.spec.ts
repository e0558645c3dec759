import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, packProject, run } from './packed-project';

const SOURCE = readFileSync(join(__dirname, 'consumer', 'typed.ts'), 'utf8');
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
  { file: 'typed.cts', front: 'typeorm-billing', options: { module: 'node16' } },
  { file: 'typed.mts', front: 'typeorm-billing', options: { module: 'nodenext' } },
  {
    ...{ file: 'typed.ts', front: 'typeorm-billing/d1' },
    options: { module: 'esnext', moduleResolution: 'bundler' },
  },
] as const;

describe('C1 T3 U2 the types of a host, with the packed package', () => {
  it.each(PROJECTS)(
    'T3 U2 are those that it names: $front in $file, module $options.module',
    async ({ file, front, options }) => {
      const { consumer } = await packProject();
      writeFileSync(join(consumer, file), SOURCE.replaceAll("'typeorm-billing'", `'${front}'`));
      writeFileSync(
        join(consumer, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files: [file] }),
      );
      expect(await run(bin('tsc'), ['-p', '.'], consumer)).toBe('');
    },
  );
});
