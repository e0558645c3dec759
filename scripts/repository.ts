import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitWith } from './exit-code';

const FILE = join(__dirname, '..', 'package.json');
const PLACEHOLDER = 'https://example.com/typeorm-billing';
const USAGE = 'npm run repository -- https://github.com/<owner>/<name>';

type Manifest = Record<string, unknown>;

/** The fields of package.json that say where the project is, made from the one address. */
const fieldsOf = (address: string): Manifest => ({
  homepage: `${address}#readme`,
  bugs: { url: `${address}/issues` },
  repository: { type: 'git', url: `git+${address}.git` },
});

/**
 * `npm run repository -- <address>` writes where the project is into package.json. With `--check`,
 * which runs before a release, it ends with exit code 1 while that is still the placeholder, or the
 * three fields are not of one address.
 */
async function run(words: readonly string[]): Promise<number> {
  const [word = '', ...rest] = words;
  const manifest = JSON.parse(await readFile(FILE, 'utf8')) as Manifest;
  if (word === '--check' && rest.length === 0) return check(manifest);
  const address = word.replace(/(?:\.git)?\/?$/, '');
  if (rest.length > 0 || !/^https:\/\/[^\s/]+(?:\/[^\s/?#]+)+$/.test(address)) {
    console.error(`Expected the address of the repository: ${USAGE}`);
    return 1;
  }
  await writeFile(FILE, `${JSON.stringify({ ...manifest, ...fieldsOf(address) }, null, 2)}\n`);
  console.log(`wrote ${Object.keys(fieldsOf(address)).join(', ')} of ${address}`);
  return 0;
}

function check(manifest: Manifest): number {
  const { homepage } = manifest;
  const address = typeof homepage === 'string' ? homepage.replace(/#readme$/, '') : '';
  const wrong = Object.entries(fieldsOf(address))
    .filter(([name, value]) => JSON.stringify(manifest[name]) !== JSON.stringify(value))
    .map(([name]) => name);
  if (wrong.length === 0 && address !== PLACEHOLDER) return 0;
  const problem =
    wrong.length > 0
      ? `${wrong.join(', ')} of package.json and its homepage ${address} differ.`
      : `package.json has the placeholder ${PLACEHOLDER}.`;
  console.error(`${problem} Run: ${USAGE}`);
  return 1;
}

exitWith(run(process.argv.slice(2)));
