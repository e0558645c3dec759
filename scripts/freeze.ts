import { createHash } from 'node:crypto';
import { appendFile, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exitWith } from './exit-code';

const FOLDER = join(__dirname, '..', 'src', 'migrations');
const LIST = 'SHA256SUMS';

/**
 * `npm run db:freeze` adds the migration files that are not in the list of checksums to it. It never
 * changes a line of the list: if a file differs from its line, or is gone, it writes nothing and ends
 * with exit code 1.
 */
async function freeze(words: readonly string[]): Promise<number> {
  if (words.length > 0) {
    console.error(`Expected no words, not "${words.join(' ')}": run npm run db:freeze.`);
    return 1;
  }
  const listed = await readList();
  const files = await migrationFiles();
  const sums = new Map(
    await Promise.all(files.map(async (file) => [file, await sum(file)] as const)),
  );

  const broken = [...listed].filter(([file, wanted]) => sums.get(file) !== wanted);
  for (const [file] of broken) {
    console.error(
      `src/migrations/${file} ${sums.has(file) ? 'has changed since it was' : 'is gone, and is'} frozen: ` +
        'restore it (git checkout), and make the change with `npm run db:generate -- <Name>`.',
    );
  }
  if (broken.length > 0) return 1;

  const added = [...sums].filter(([file]) => !listed.has(file));
  await appendFile(join(FOLDER, LIST), added.map(([file, hash]) => `${hash}  ${file}\n`).join(''));
  for (const [file] of added) console.log(`froze src/migrations/${file}`);
  if (added.length === 0) console.log('All migration files are frozen: nothing to add.');
  return 0;
}

/** The checksum of each file in the list, in the format of `sha256sum`; empty if there is no list. */
async function readList(): Promise<Map<string, string>> {
  // Made by appending: the first time there is none.
  await appendFile(join(FOLDER, LIST), '');
  const text = await readFile(join(FOLDER, LIST), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [, hash = '', file = ''] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
      if (file === '') throw new Error(`src/migrations/${LIST} has a line that is none: ${line}`);
      return [file, hash];
    }),
  );
}

async function migrationFiles(): Promise<string[]> {
  const folders = ['postgres', 'sqlite'];
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(FOLDER, folder))).sort().map((file) => `${folder}/${file}`),
    ),
  );
  return files.flat();
}

async function sum(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(join(FOLDER, file)))
    .digest('hex');
}

exitWith(freeze(process.argv.slice(2)));
