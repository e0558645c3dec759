import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run, type Run } from '../support/run';
import { newFolder } from '../support/test-run';

const ROOT = resolve(__dirname, '../..');

/** Processes one after the other, on a machine that is busy with other tests. */
describe('C1 npm run repository', () => {
  let folder: string;

  beforeEach(() => {
    folder = newFolder('repository');
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    mkdirSync(join(folder, 'scripts'));
    for (const name of [
      ...['package.json', 'tsconfig.json'],
      ...['scripts/exit-code.ts', 'scripts/repository.ts'],
    ]) {
      cpSync(join(ROOT, name), join(folder, name));
    }
  });

  const repository = (...words: string[]): Promise<Run> =>
    run(['-r', 'ts-node/register', 'scripts/repository.ts', ...words], { cwd: folder });
  const manifest = (): Record<string, unknown> =>
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;

  it('C1 fills in all three fields from one address, and nothing else', async () => {
    const before = manifest();
    expect(await repository('https://example.org/owner/billing.git')).toMatchObject({
      exitCode: 0,
    });
    expect(manifest()).toEqual({
      ...before,
      homepage: 'https://example.org/owner/billing#readme',
      bugs: { url: 'https://example.org/owner/billing/issues' },
      repository: { type: 'git', url: 'git+https://example.org/owner/billing.git' },
    });
    expect(Object.keys(manifest())).toEqual(Object.keys(before));
    expect(await repository('--check')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('C1 keeps a release from going out with fields of two addresses', async () => {
    await repository('https://example.org/owner/billing');
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ ...manifest(), bugs: { url: 'https://example.org/other/issues' } }),
    );
    const { exitCode, stderr } = await repository('--check');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^bugs of package.json/);
  });

  it.each(['', 'git@example.org:owner/billing', 'https://example.org'])(
    'C1 takes no other address: "%s"',
    async (address) => {
      const before = manifest();
      expect(await repository(address)).toMatchObject({ exitCode: 1, stdout: '' });
      expect(manifest()).toEqual(before);
    },
  );
});
