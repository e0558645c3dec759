import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../support/run';
import { newFolder } from '../support/test-run';
import { ROOT } from './pages';

describe('C2 npm run docs:api', () => {
  it('C2 with --check names the pages that are out of date, and no others', async () => {
    const folder = newFolder('api');
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const name of ['src', 'scripts', 'docs/api', 'package.json']) {
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    }
    for (const name of ['tsconfig.json', 'tsconfig.build.json']) {
      cpSync(join(ROOT, name), join(folder, name));
    }
    mkdirSync(join(folder, 'docs/api'), { recursive: true });
    rmSync(join(folder, 'docs/api/d1.md'));
    writeFileSync(join(folder, 'docs/api/left-over.md'), '');
    const words = ['-r', 'ts-node/register', 'scripts/api.ts'];
    expect(await run([...words, '--check'], { cwd: folder })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'docs/api is out of date (d1.md, left-over.md): run `npm run docs:api`.\n',
    });
    expect(await run([...words, '--chekc'], { cwd: folder })).toMatchObject({ exitCode: 1 });
  });
});
