import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { layOut } from './erd/layout';
import { readFamilies } from './erd/model';
import { draw } from './erd/svg';
import { exitWith } from './exit-code';

const FILE = join(__dirname, '..', 'docs', 'schema.svg');
const NAME = relative(join(__dirname, '..'), FILE);

/**
 * `npm run docs:erd` draws docs/schema.svg from the entities; with `--check` it only compares the
 * file with what it would draw, and ends with exit code 1 if they differ.
 */
async function run(words: readonly string[]): Promise<number> {
  const [option, ...rest] = words;
  if (rest.length > 0 || (option !== undefined && option !== '--check')) {
    console.error(`The one option is --check, not "${words.join(' ')}".`);
    return 1;
  }
  const drawn = draw(layOut(await readFamilies()));
  if (option === undefined) {
    await writeFile(FILE, drawn);
    console.log(`wrote ${NAME}`);
    return 0;
  }
  if (drawn === (await read())) {
    console.log(`${NAME} is up to date.`);
    return 0;
  }
  console.error(`${NAME} is out of date: run \`npm run docs:erd\`.`);
  return 1;
}

/** Undefined if the file is not there. */
async function read(): Promise<string | undefined> {
  try {
    return await readFile(FILE, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

exitWith(run(process.argv.slice(2)));
