import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { newFolder } from '../support/test-run';

const execute = promisify(execFile);
const ROOT = resolve(__dirname, '../..');
const NAME = 'typeorm-billing';
const COPY = { recursive: true };
/** What the build reads and what belongs in the package. */
const SOURCES = [
  'src',
  'scripts',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];

export interface PackedProject {
  readonly tarball: string;
  /** What is in the tarball. */
  readonly files: readonly string[];
  /** A project that has the package and its declared dependencies installed, and nothing else. */
  readonly consumer: string;
  /** The package's folder in there. */
  readonly installed: string;
}

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

/**
 * Builds and packs the project, and installs the tarball in an empty project.
 *
 * All of it in the run's own folder, on a copy of the sources: another test may be using `dist`.
 * What the package declares is linked from this project's node_modules; whatever it imports
 * without declaring it is not to be found.
 */
export async function packProject(): Promise<PackedProject> {
  const stage = newFolder('package');
  for (const name of SOURCES) {
    if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(stage, name), COPY);
  }
  symlinkSync(join(ROOT, 'node_modules'), join(stage, 'node_modules'), 'junction');
  // Runs `prepack`, and with it the build.
  await run('npm', ['pack'], stage);
  const [filename = ''] = readdirSync(stage).filter((name) => name.endsWith('.tgz'));
  const tarball = join(stage, filename);
  const listing = await run('tar', ['-tzf', tarball], stage);
  const files = listing
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));

  const consumer = newFolder('consumer');
  const installed = join(consumer, 'node_modules', NAME);
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed], consumer);
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
  for (const name of [
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
    '@types/node',
  ]) {
    const link = join(consumer, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link, 'junction');
  }
  return { tarball, files, consumer, installed };
}

/** A program of this project's development dependencies. */
export function bin(name: string): string {
  return join(ROOT, 'node_modules', '.bin', name);
}

/**
 * What the program wrote to stdout.
 *
 * @throws Error with everything it wrote, when its exit code is not 0.
 */
export async function run(
  program: string,
  words: readonly string[],
  cwd: string,
  variables: Record<string, string> = {},
): Promise<string> {
  try {
    const env = { ...process.env, ...variables };
    const { stdout } = await execute(program, words, { cwd, env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${words.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
