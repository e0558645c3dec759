import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { newFolder, sharedFolder } from '../support/test-run';

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
  'docs',
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
 * Installs the packed project in an empty one. What the package declares is linked from this
 * project's node_modules; whatever it imports without declaring it is not to be found.
 */
export async function packProject(): Promise<PackedProject> {
  const tarball = await packedTarball();
  const listing = await run('tar', ['-tzf', tarball], ROOT);
  const files = listing
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));

  const consumer = newFolder('consumer');
  const installed = await installPackage(consumer);
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
  linkPackages(consumer, [
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
    '@types/node',
  ]);
  return { tarball, files, consumer, installed };
}

/**
 * The tarball that `PACKED_TARBALL` names: what was built with one version of TypeORM has to run on another.
 * Unset, the project is built and packed, once in a run, on a copy of the sources: another test may be
 * using `dist`.
 *
 * @returns path of the tarball
 */
export async function packedTarball(): Promise<string> {
  const { PACKED_TARBALL: given = '' } = process.env;
  if (given !== '') return given;
  const stage = await sharedFolder('package', async (folder) => {
    for (const name of SOURCES) {
      if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(folder, name), COPY);
    }
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    // Runs `prepack`, and with it the build.
    await run('npm', ['pack'], folder);
  });
  const [filename = ''] = readdirSync(stage).filter((name) => name.endsWith('.tgz'));
  return join(stage, filename);
}

/**
 * The packed package in a project that the whole run shares, with what it may need besides: to be run
 * and required, and left as it is.
 *
 * @returns the package's folder
 */
export async function sharedPackage(): Promise<string> {
  const project = await sharedFolder('installed', async (folder) => {
    await installPackage(folder);
    linkPackages(folder, [
      ...['class-validator', 'pg', 'reflect-metadata', 'sqlite3', 'typeorm', 'uuid', 'wrangler'],
    ]);
  });
  return join(project, 'node_modules', NAME);
}

/** Unpacks the packed project into the node_modules of `project`, and returns where. */
export async function installPackage(project: string): Promise<string> {
  const installed = join(project, 'node_modules', NAME);
  mkdirSync(installed, { recursive: true });
  const words = ['-xzf', await packedTarball(), '--strip-components=1', '-C', installed];
  await run('tar', words, project);
  return installed;
}

/** Links packages of this project's node_modules into those of `project`. */
export function linkPackages(project: string, names: readonly string[]): void {
  for (const name of names) {
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link, 'junction');
  }
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
