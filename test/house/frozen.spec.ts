import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, ROOT } from '../cli/programs';
import type { Run } from '../support/run';
import { ProjectCopy } from '../generate/project-copy';

const MIGRATIONS = join(ROOT, 'src/migrations');
const LIST = 'SHA256SUMS';

const lines = (folder: string): string[] =>
  readFileSync(join(folder, LIST), 'utf8').trimEnd().split('\n');

const sum = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

describe('C3 the migrations', () => {
  it('are frozen: every file is in the list with its checksum, and no other', () => {
    const files = ['postgres', 'sqlite'].flatMap((dialect) =>
      readdirSync(join(MIGRATIONS, dialect)).map((file) => `${dialect}/${file}`),
    );
    // A file that is missing in the list: `npm run db:freeze` adds it. One that differs must not
    // change any more: take the change back, and make a new pair by `npm run db:generate`.
    expect(lines(MIGRATIONS).sort()).toEqual(
      files.map((file) => `${sum(join(MIGRATIONS, file))}  ${file}`).sort(),
    );
  });
});

describe('C3 db:freeze', () => {
  const freeze = (copy: ProjectCopy, ...words: string[]): Promise<Run> =>
    npm(['run', '-s', 'db:freeze', '--', ...words], { cwd: copy.folder });

  it('adds what is new at the end, and says when nothing is', async () => {
    const copy = new ProjectCopy();
    const folder = join(copy.folder, 'src/migrations');
    const before = lines(folder);
    writeFileSync(join(folder, 'postgres/1999999999999-add-nothing.ts'), '// nothing\n');
    expect(await freeze(copy)).toEqual({
      exitCode: 0,
      stdout: 'froze src/migrations/postgres/1999999999999-add-nothing.ts\n',
      stderr: '',
    });
    const after = lines(folder);
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.at(-1)).toBe(
      `${sum(join(folder, 'postgres/1999999999999-add-nothing.ts'))}  postgres/1999999999999-add-nothing.ts`,
    );
    expect(await freeze(copy)).toEqual({
      exitCode: 0,
      stdout: 'All migration files are frozen: nothing to add.\n',
      stderr: '',
    });
    expect(lines(folder)).toEqual(after);
  });

  it('writes nothing if a frozen file has changed or is gone, and names each', async () => {
    const copy = new ProjectCopy();
    const folder = join(copy.folder, 'src/migrations');
    const before = readFileSync(join(folder, LIST), 'utf8');
    const [first = '', second = ''] = lines(folder).map((line) => line.slice(66));
    appendFileSync(join(folder, first), '\n');
    renameSync(join(folder, second), join(folder, `${second}.txt`));
    const { exitCode, stdout, stderr } = await freeze(copy);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining(`src/migrations/${first} has changed since it was frozen`),
      expect.stringContaining(`src/migrations/${second} is gone, and is frozen`),
    ]);
    expect(readFileSync(join(folder, LIST), 'utf8')).toBe(before);
  });

  it('refuses words', async () => {
    const { exitCode, stdout, stderr } = await freeze(new ProjectCopy(), '--force');
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'Expected no words, not "--force": run npm run db:freeze.\n',
    });
  });
});
