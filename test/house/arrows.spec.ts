import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { run } from '../support/run';
import rooms from '../../scripts/rooms.json';

const SRC = join(__dirname, '../../src');
const SCRIPTS = join(__dirname, '../../scripts');
const IMPORT = /(?:\bfrom|\bimport|\brequire(?:\.resolve)?)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/** The TypeScript in a folder. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replaceAll('\\', '/'));

const files = filesIn(SRC);

/** The files of src that each file imports. */
const imports = new Map(
  files.map((file) => {
    const text = readFileSync(join(SRC, file), 'utf8');
    const found = [...text.matchAll(IMPORT)].map(([, path = '']) =>
      relative(SRC, join(SRC, dirname(file), `${path}.ts`)).replaceAll('\\', '/'),
    );
    return [file, found] as const;
  }),
);

/** The files of a folder that have such a text. */
const texts = (pattern: RegExp, folder = SRC): string[] =>
  filesIn(folder).filter((file) => pattern.test(readFileSync(join(folder, file), 'utf8')));

const roomOf = (file: string): string => file.split('/')[0]!.replace(/\.ts$/, '');

describe('C2 the rooms of src', () => {
  it('import only what is below them, and only files that are there', () => {
    const allowed: Readonly<Record<string, readonly string[]>> = rooms;
    const wrong = [...imports].flatMap(([file, targets]) =>
      targets
        .filter((target) => !imports.has(target) || !mayImport(roomOf(file), roomOf(target)))
        .map((target) => `${file} -> ${target}`),
    );
    expect(wrong).toEqual([]);
    // The pattern has found them at all.
    expect([...imports.values()].flat().length).toBeGreaterThan(files.length);

    function mayImport(from: string, to: string): boolean {
      return from === to || (allowed[from]?.includes(to) ?? false);
    }
  });

  it('ask only in engines/ which database it is', () => {
    const asking = texts(/[!=]== '(?:postgres|sqlite|d1)'|case '(?:postgres|sqlite|d1)'/);
    expect(asking.filter((file) => roomOf(file) !== 'engines')).toEqual([]);
    // The pattern finds those that there are.
    expect(asking).toContain('engines/postgres/engine.ts');
  });

  it('take what is inside TypeORM in one file each', () => {
    const inside = /['"]typeorm\/\w/;
    const taking = [...texts(inside), ...texts(inside, SCRIPTS)];
    expect(taking.filter((file) => !file.endsWith('/typeorm.ts'))).toEqual([]);
    expect(taking).toContain('driver/typeorm.ts');
  });

  it('reach a DataSource from an object of TypeORM by dataSourceOf() alone', () => {
    const direct =
      /\b(?:this|driver|manager|metadata|queryRunner)\.dataSource\b|\{[^{}]*\bdataSource\b[^{}]*(?:\{[^{}]*\}[^{}]*)?\}(?: = (?:metadata|queryRunner)\b|: (?:QueryRunner|EntityMetadata)\b)/;
    expect(texts(direct)).toEqual([]);
    // The pattern finds all forms that there could be.
    for (const form of [
      'queryRunner.dataSource.driver',
      'const { relations, dataSource } = metadata;',
      'const keyOf = ({ dataSource }: QueryRunner) => 1',
      'function recordOf({ dataSource: { driver } }: QueryRunner) {}',
    ]) {
      expect(form).toMatch(direct);
    }
  });

  it('have no circle, neither among rooms nor among files', () => {
    expect(circles(imports)).toEqual([]);
    expect(circles(new Map(Object.entries(rooms)))).toEqual([]);
  });
});

function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) found.push([...path.slice(path.indexOf(node)), node].join(' -> '));
    else if (!done.has(node)) {
      for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
      done.add(node);
    }
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}

describe('C2 the lint', () => {
  const FORMS = [
    `import { x } from '$';`,
    `import '$';`,
    `import type { X } from '$';`,
    `export { x } from '$';`,
    `export type { X } from '$';`,
    `export * from '$';`,
    `export const x = import('$');`,
    `export const x = require('$');`,
    `export const x = require.resolve('$');`,
    `import x = require('$');`,
    `export type X = import('$').X;`,
    `export type X = typeof import('$');`,
  ];

  it('refuses each import, in whatever form, that the list of rooms does not allow', async () => {
    const up = FORMS.map((form) => ['driver/sql/x.ts', form.replace('$', '../../host/bindings')]);
    const down = FORMS.map((form) => ['driver/sql/x.ts', form.replace('$', '../../errors')]);
    const names = Object.keys(rooms);
    const pairs = names.flatMap((from) => names.map((to) => ({ from, to })));
    const outside = [
      ['attic/x.ts', `import '../errors';`],
      ['driver/x.ts', `import '../../test/support/run';`],
    ];
    const messages = await lint([
      ...up,
      ...down,
      ...outside,
      ...pairs.map(({ from, to }) => [`${from}/x.ts`, `import '../${to}/y';`]),
    ]);
    const next = (count: number): string[][] => messages.splice(0, count);
    expect(next(up.length)).toEqual(up.map(() => ['driver may import copy, errors, not host.']));
    expect(next(down.length)).toEqual(down.map(() => []));
    expect(next(outside.length)).toEqual([
      ['attic is in no room, not errors.'],
      ['driver may import copy, errors, not outside of src.'],
    ]);
    const allowed: Readonly<Record<string, readonly string[]>> = rooms;
    expect(pairs.filter((_, index) => messages[index]!.length > 0)).toEqual(
      pairs.filter(({ from, to }) => from !== to && !allowed[from]!.includes(to)),
    );
  });

  async function lint(samples: readonly (readonly string[])[]): Promise<string[][]> {
    const script = join(__dirname, 'lint-samples.mjs');
    const { stdout, stderr } = await run([script, JSON.stringify(samples)], { cwd: __dirname });
    expect(stderr).toBe('');
    return JSON.parse(stdout) as string[][];
  }
});
