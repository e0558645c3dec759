import { join, resolve } from 'node:path';
import { run, type Run } from './run';

const ROOT = resolve(__dirname, '../..');

describe('the tests that TEST_ENGINES and TEST_LONG choose', () => {
  const list = (env: Record<string, string | undefined>): Promise<Run> =>
    run([join(ROOT, 'node_modules/jest/bin/jest.js'), '--listTests'], { cwd: ROOT, env });
  const listed = async (env: Record<string, string | undefined>): Promise<string[]> => {
    const { exitCode, stdout, stderr } = await list(env);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout
      .trim()
      .split('\n')
      .map((path) => path.slice(join(ROOT, 'test/').length));
  };

  it('are none that need another engine', async () => {
    const specs = await listed({ TEST_ENGINES: 'sqlite', TEST_LONG: undefined });
    expect(specs).toEqual(
      expect.arrayContaining([
        'schema/keys.spec.ts',
        'd1/held-writes.spec.ts',
        'cli/check.spec.ts',
      ]),
    );
    const servers =
      /^(?:package(?!\/use\.)|docs|generate|d1(?!\/held-writes|\/statement-limits))\/|drift/;
    expect(specs.filter((path) => servers.test(path))).toEqual([]);
  });

  it('are the properties in a long run', async () => {
    const specs = await listed({ TEST_ENGINES: undefined, TEST_LONG: '1' });
    expect(specs).toHaveLength(10);
    expect(specs).toContain('d1/parity-4.spec.ts');
  });

  it('are refused with the names there are, if there is no such engine', async () => {
    const { exitCode, stdout, stderr } = await list({ TEST_ENGINES: 'sqlite,mysql' });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(
      'TEST_ENGINES names "mysql": give one or more of postgres, sqlite, d1, separated by commas.',
    );
  });
});
