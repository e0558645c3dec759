import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from './api/generate';
import { exitWith } from './exit-code';

const FOLDER = join(__dirname, '..', 'docs', 'api');

type Files = ReadonlyMap<string, string>;

/**
 * `npm run docs:api` writes docs/api from the docblocks; with `--check` it only compares
 * the pages with what it would write, names those that differ, and ends with exit code 1 then.
 */
async function run(words: readonly string[]): Promise<number> {
  const [option, ...rest] = words;
  if (rest.length > 0 || (option !== undefined && option !== '--check')) {
    console.error(`The one option is --check, not "${words.join(' ')}".`);
    return 1;
  }
  const made = await generated();
  if (option === undefined) {
    await rm(FOLDER, { recursive: true, force: true });
    await mkdir(FOLDER, { recursive: true });
    for (const [name, text] of made) await writeFile(join(FOLDER, name), text);
    console.log(`wrote ${[...made.keys()].map((name) => `docs/api/${name}`).join(', ')}`);
    return 0;
  }
  const stale = differences(await readFiles(FOLDER), made);
  if (stale.length === 0) {
    console.log('docs/api is up to date.');
    return 0;
  }
  console.error(`docs/api is out of date (${stale.join(', ')}): run \`npm run docs:api\`.`);
  return 1;
}

async function generated(): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), 'typeorm-billing-api-'));
  try {
    await generate(folder);
    return await readFiles(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** By name; empty if the folder is not there. */
async function readFiles(folder: string): Promise<Files> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const files = new Map<string, string>();
  for (const name of names.sort()) files.set(name, await readFile(join(folder, name), 'utf8'));
  return files;
}

/** The files that are missing, superfluous or different. */
function differences(present: Files, wanted: Files): string[] {
  const names = [...new Set([...present.keys(), ...wanted.keys()])].sort();
  return names.filter((name) => present.get(name) !== wanted.get(name));
}

exitWith(run(process.argv.slice(2)));
