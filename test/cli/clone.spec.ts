import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isClone } from '../../src/data-sources/clone';
import { newFolder } from '../support/test-run';
import { ROOT } from './programs';

/** A folder like the project's, or like a package, in which nothing is packed but `dist`. */
function folder(path: string, source: 'src' | 'dist'): string {
  const root = join(newFolder('clone'), path);
  mkdirSync(join(root, source), { recursive: true });
  writeFileSync(join(root, source, 'data-source.ts'), '');
  return root;
}

describe('C4 the default database is for a clone of the project alone', () => {
  it('C4 this project is one, whatever the name of its folder', () => {
    expect(isClone()).toBe(true);
    expect(isClone(ROOT, join(ROOT, 'src/cli/main.ts'))).toBe(true);
    expect(isClone(folder('my-copy', 'src'), '')).toBe(true);
  });

  it.each([
    ['an installed package', folder('app/node_modules/typeorm-billing', 'dist'), ''],
    ['one with its sources', folder('app/node_modules/typeorm-billing', 'src'), ''],
    [
      'one of a package manager that links',
      folder('app/node_modules/.pnpm/x/node_modules/y', 'src'),
      '',
    ],
    ['a package that was copied elsewhere', folder('layer/typeorm-billing', 'dist'), ''],
    ['a link to a clone, by npx', ROOT, '/app/node_modules/.bin/typeorm-billing'],
    ['a link to a clone', ROOT, 'C:\\app\\node_modules\\typeorm-billing\\dist\\cli\\program.js'],
  ])('C4 %s is none', (_, root, program) => {
    expect(isClone(root, program)).toBe(false);
  });
});
