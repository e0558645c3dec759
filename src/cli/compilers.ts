import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BillingError } from '../errors';
import { registerAliases } from './aliases';
import { messageOf } from './one-line';
import { importOrRequireFile } from './typeorm';

/** What compiles a host's TypeScript while it is loaded. */
export interface Compiler {
  /** What to do about an error that it, or the lack of it, is the reason of; undefined: something else is. */
  readonly remedyFor: (error: unknown) => string | undefined;
}

/** The host's file, and what is known of it. */
interface Source {
  readonly file: string;
  readonly isModule: boolean;
  /** The nearest `tsconfig.json` above the file, if there is one. */
  readonly tsconfig: string | undefined;
  /** Finds packages where the host's file would find them. */
  readonly require: NodeJS.Require;
}

interface Candidate {
  /** The package that the host has installed. */
  readonly name: string;
  readonly register: (source: Source) => Promise<Compiler>;
}

export const isTypeScript = (file: string): boolean => /\.[cm]?tsx?$/.test(file);

/** In the order in which they are looked for: ts-node is TypeORM's own choice, and tsx has no decorator metadata. */
const CANDIDATES: readonly Candidate[] = [
  { name: 'ts-node', register: registerTsNode },
  { name: '@swc-node/register', register: registerSwcNode },
  { name: 'tsx', register: registerTsx },
];

const INSTALL = 'npm install --save-dev';

/**
 * Makes this process load TypeScript with the compiler that the host has installed. Its own settings
 * apply, from the environment and from the `tsconfig.json` nearest to the file. If the command was started
 * with a compiler (`NODE_OPTIONS`), that one is used.
 *
 * @throws BillingError `PACKAGE_MISSING` if there is none, and Node itself doesn't load TypeScript
 */
export async function registerCompiler(file: string, word: string): Promise<Compiler> {
  if (isRegistered()) return { remedyFor: () => undefined };
  const source: Source = {
    file,
    isModule: isModule(file),
    tsconfig: findAbove(file, 'tsconfig.json'),
    require: nodeModule.createRequire(file),
  };
  const failures: unknown[] = [];
  for (const { name, register } of CANDIDATES) {
    if (!isInstalled(source, name)) continue;
    try {
      return await register(source);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 0 && stripsTypes()) return stripTypes;
  const [cause] = failures;
  if (cause === undefined) {
    const user = `${word} is TypeScript; without @swc-node/register or tsx it`;
    throw BillingError.packageMissing(user, 'ts-node', undefined, '--save-dev ');
  }
  throw BillingError.configurationInvalid(
    `${word} is TypeScript, and the installed compiler can't be used (${messageOf(cause).split('\n')[0] ?? ''})`,
    'correct that, or install another one of ts-node, @swc-node/register and tsx',
    { cause },
  );
}

/** Node does so since 22.18; the types that this is compiled with are older. */
const stripsTypes = (): boolean =>
  Boolean((process.features as { typescript?: unknown }).typescript);

/** Node's own: no decorators, no parameter properties. */
const stripTypes: Compiler = {
  remedyFor: (error) =>
    error instanceof SyntaxError || /ERR_UNSUPPORTED_|ERR_INVALID_TYPESCRIPT/.test(codeOf(error))
      ? `Node itself only strips types: run \`${INSTALL} ts-node\``
      : undefined,
};

async function registerTsNode(source: Source): Promise<Compiler> {
  // For the thread that resolves ES modules as well, which inherits the environment.
  process.env.TS_NODE_TRANSPILE_ONLY ??= 'true';
  if (source.tsconfig !== undefined) process.env.TS_NODE_PROJECT ??= source.tsconfig;
  // TypeScript 6 asks for a rootDir because of the outDir that ts-node sets.
  process.env.TS_NODE_IGNORE_DIAGNOSTICS ??= '5011';
  // ts-node uses what Node 22 and later warn of.
  process.noDeprecation = true;
  (source.require('ts-node') as { register: () => void }).register();
  if (source.isModule) registerHooks('ts-node/esm', source);
  const hasAliases = registerAliases(source);
  return Promise.resolve({
    remedyFor: (error) =>
      !hasAliases && /^Cannot find (?:module|package) '(?![./])/.test(messageOf(error))
        ? `install what is missing or, if it is a path alias of tsconfig.json, run \`${INSTALL} tsconfig-paths\``
        : undefined,
  });
}

async function registerSwcNode(source: Source): Promise<Compiler> {
  if (source.tsconfig !== undefined) process.env.SWC_NODE_PROJECT ??= source.tsconfig;
  source.require('@swc-node/register');
  if (source.isModule) registerHooks('@swc-node/register/esm', source);
  return Promise.resolve({ remedyFor: () => undefined });
}

async function registerTsx(source: Source): Promise<Compiler> {
  if (source.tsconfig !== undefined) process.env.TSX_TSCONFIG_PATH ??= source.tsconfig;
  // What `node --import tsx` imports: both kinds of modules.
  await importOrRequireFile(source.require.resolve('tsx'));
  return {
    remedyFor: (error) =>
      /emitDecoratorMetadata|Reflect/.test(messageOf(error))
        ? `tsx writes no decorator metadata: run \`${INSTALL} ts-node\`, which is then used, or give each column its type`
        : undefined,
  };
}

function registerHooks(name: string, { file }: Source): void {
  nodeModule.register(name, pathToFileURL(file));
}

function isInstalled({ require }: Source, name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Whether Node was started with a compiler, or one was registered before. */
function isRegistered(): boolean {
  const words = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  return (
    /\b(?:ts-node|tsx|swc-node|oxc-node|esbuild-register|jiti|experimental-transform-types)\b/.test(
      words,
    ) || Symbol.for('ts-node.register.instance') in process
  );
}

/** As Node and TypeORM decide: by the ending, or by the nearest `package.json`. */
function isModule(file: string): boolean {
  if (file.endsWith('.mts')) return true;
  if (!file.endsWith('.ts')) return false;
  const manifest = findAbove(file, 'package.json');
  return (
    manifest !== undefined &&
    (nodeModule.createRequire(file)(manifest) as { type?: unknown }).type === 'module'
  );
}

function findAbove(file: string, name: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, name);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return undefined;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
