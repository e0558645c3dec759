import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HELP } from '../../src/cli/arguments';
import { run } from '../support/run';
import { ROOT, read, textsOf } from './pages';
import { DocsProject } from './project';

describe('C4 the programs of the guides', () => {
  let project: DocsProject;

  beforeAll(async () => {
    project = await DocsProject.make();
  });

  it('C4 T1 what a host has beside billing runs and prints what the page says', async () => {
    const cwd = project.path('out/extending/src');
    expect(await run(['main.js'], { cwd })).toEqual({
      ...{ exitCode: 0, stderr: '' },
      stdout: textsOf('docs/extending.md', 'Together', 'text').join(),
    });
  });

  it('C4 B1 the tests of a service pass in jest, each on a database of its own', async () => {
    const cwd = project.path('testing');
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    const { exitCode, stderr } = await run([jest, '--ci', '--watchman=false'], { cwd });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toMatch(/^Tests: +3 passed, 3 total$/m);
  });
});

describe('C2 what the guides say of the project', () => {
  it('C2 the usage is the one that the program prints', () => {
    expect(textsOf('docs/migrations.md', 'Commands', 'text')).toEqual([`${HELP}\n`]);
  });

  it('C2 every code of an error is in the table, once', () => {
    const codes = [...read('src/error-codes.ts').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(
      ([, code]) => code,
    );
    expect(codes.length).toBeGreaterThan(10);
    const rows = [...read('docs/errors.md').matchAll(/^\| `([A-Z_]+)` /gm)].map(([, code]) => code);
    expect(rows.sort()).toEqual(codes.sort());
  });

  it('C2 every guarantee names tests that there are', () => {
    const named = [...read('docs/guarantees.md').matchAll(/`([\w/-]+\.spec\.ts)`/g)];
    const paths = named.map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(25);
    expect(paths.filter((path) => !existsSync(join(ROOT, 'test', path)))).toEqual([]);
  });

  it('C2 no fact about the engines has the number of another, and none is left out', () => {
    const facts = [...read('docs/engines.md').matchAll(/^(\d+)\. /gm)].map(([, one]) =>
      Number(one),
    );
    expect(facts).toEqual(facts.map((_, index) => index + 1));
    expect(facts.length).toBeGreaterThanOrEqual(63);
  });
});
