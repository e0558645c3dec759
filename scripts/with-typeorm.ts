import { spawnSync, type StdioOptions } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const USAGE = 'npm run test:versions -- <version of TypeORM> [<package>@<version> …] -- <for jest>';
/** Everything of the project that its tests read, but its dependencies. */
const LEFT_OUT = ['.git', 'node_modules', 'coverage', 'bench'];
/** As of `sysexits.h`: the registry could not be reached, or has no such version. */
const UNAVAILABLE = 69;
/** For one run of some tests: better-sqlite3 compiles in a quarter of the time. */
const UNOPTIMISED = { CFLAGS: '-O0', CXXFLAGS: '-O0', JOBS: 'max' };

/**
 * `npm run test:versions -- 0.3.29 sqlite3@5 -- test/driver` runs tests of this project on another version
 * of TypeORM, and of other packages. A version is what npm takes (`0.3`, `1`, `latest`), or `nightly`.
 * The tests run in a copy in the system's folder for temporary files, which is removed afterwards.
 * Ends with jest's exit code, or 69 if npm can't install a package.
 */
function run(words: readonly string[]): number {
  const end = words.indexOf('--');
  const [version, ...others] = words.slice(0, end);
  if (end < 1 || version === undefined || others.some((one) => !/.@/.test(one))) {
    console.error(`Expected: ${USAGE}`);
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'with-typeorm-'));
  // As root, the tests start Postgres as another user, from the copy.
  chmodSync(folder, 0o755);
  try {
    const copy = join(folder, 'project');
    const packages = [`typeorm@${version === 'nightly' ? newestNightly() : version}`, ...others];
    copyProject(copy);
    const installed = packages.map((one) => install(one, copy, join(folder, 'install')));
    console.error(`Running the tests on ${installed.join(' and ')}.`);
    if (
      versionOf(join(copy, 'node_modules/typeorm')) !==
      versionOf(join(ROOT, 'node_modules/typeorm'))
    ) {
      // Refuses what only another version of TypeORM has.
      const tsc = join(copy, 'node_modules', 'typescript', 'bin', 'tsc');
      const types = ['--noEmit', '-p', 'tsconfig.build.json'];
      const { status } = call(process.execPath, [tsc, ...types], copy, 'inherit');
      if (status !== 0) return status;
    }
    const jest = join(copy, 'node_modules', 'jest', 'bin', 'jest.js');
    return call(process.execPath, [jest, ...words.slice(end + 1)], copy, 'inherit').status;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.error(`NOT RUN on TypeORM ${version}: ${error.message}`);
    return UNAVAILABLE;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class Unavailable extends Error {}

/** The dependencies are hard links, where the file system has them, so nothing in them may be written to. */
function copyProject(copy: string): void {
  for (const name of readdirSync(ROOT).filter((one) => !LEFT_OUT.includes(one))) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  link(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
}

function link(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) link(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkOrCopy(source, target);
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EXDEV', 'EPERM', 'EMLINK'].includes(code)) throw error;
    copyFileSync(source, target);
  }
}

/**
 * Puts a package in the place of the one that the copy has. What it depends on goes below it, unless the
 * copy has the same version: `reflect-metadata` has to be one for all.
 *
 * @returns the name and version of what is installed
 */
function install(wanted: string, copy: string, folder: string): string {
  const name = wanted.slice(0, wanted.indexOf('@', 1));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const flags = ['--no-audit', '--no-fund', '--legacy-peer-deps', '--prefer-offline'];
  npm(['install', ...flags, wanted], folder, UNOPTIMISED);
  const from = join(folder, 'node_modules');
  const to = join(copy, 'node_modules');
  const place = join(to, name);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(place, '..'), { recursive: true });
  renameSync(join(from, name), place);
  for (const one of packagesIn(from)) {
    if (existsSync(join(to, one)) && versionOf(join(to, one)) === versionOf(join(from, one)))
      continue;
    const below = join(place, 'node_modules', one);
    if (existsSync(below)) continue;
    mkdirSync(join(below, '..'), { recursive: true });
    renameSync(join(from, one), below);
  }
  return `${name} ${versionOf(place)}`;
}

function packagesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(folder, name)).map((one) => `${name}/${one}`)
        : [name],
    );
}

const versionOf = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;

/** TypeORM's nightly builds have a version of their own each, and npm lists versions in their order. */
function newestNightly(): string {
  const versions = JSON.parse(npm(['view', 'typeorm', 'versions', '--json'], ROOT)) as string[];
  const date = (version: string): string => /-nightly\.(\d+)$/.exec(version)?.[1] ?? '';
  const newest = versions.reduce((last, one) => (date(one) > date(last) ? one : last), '');
  if (newest === '') throw new Unavailable('the registry lists no nightly build.');
  return newest;
}

function npm(
  words: readonly string[],
  cwd: string,
  variables: Record<string, string> = {},
): string {
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
  const { status, stdout, stderr } = call('npm', words, cwd, stdio, variables);
  if (status === 0) return stdout;
  throw new Unavailable(`npm ${words.join(' ')} ended with ${status}.\n${stderr.trim()}`);
}

function call(
  command: string,
  words: readonly string[],
  cwd: string,
  stdio: StdioOptions,
  variables: Record<string, string> = {},
): { status: number; stdout: string; stderr: string } {
  // npm sets variables that name the project it was started for.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(?:package|lifecycle|config_local)/.test(name),
    ),
  );
  const { status, error, stdout, stderr } = spawnSync(command, words, {
    cwd,
    env: { ...env, ...variables },
    stdio,
    encoding: 'utf8',
  });
  if (error) throw error;
  return { status: status ?? 1, stdout, stderr };
}

process.exitCode = run(process.argv.slice(2));
