import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DataSource } from 'typeorm';
import { BillingError } from '../errors';
import { type Compiler, isTypeScript, registerCompiler } from './compilers';
import { oneLine } from './one-line';
import { importOrRequireFile, InstanceChecker } from './typeorm';

/** What an import may leave out of a file's name, in the order in which Node looks. */
const ENDINGS = ['', '.js', '.cjs', '.mjs', '.ts', '.cts', '.mts'];

const REMEDY = 'give -d the path of a module that exports one TypeORM DataSource';

/**
 * Loads the DataSource that a host's module exports, from TypeScript or JavaScript, a CommonJS or an
 * ES module. As for TypeORM's own commands, an export may be a promise of it.
 *
 * @param word the path as it was typed
 * @throws BillingError `CONFIGURATION_INVALID` or `PACKAGE_MISSING`
 */
export async function loadDataSourceFile(word: string): Promise<DataSource> {
  const file = find(word);
  const compiler = isTypeScript(file) ? await registerCompiler(file, word) : undefined;
  let found: ReadonlyMap<unknown, string>;
  try {
    const [module] = (await importOrRequireFile(file)) as [unknown, string];
    found = await exportsOf(module);
  } catch (cause) {
    throw loadFailed(word, cause, compiler);
  }
  const dataSources = [...found].filter(([value]) => InstanceChecker.isDataSource(value));
  const [first, ...others] = dataSources;
  if (first === undefined) throw unusable(word, ...withoutDataSource([...found]));
  if (others.length === 0) return first[0] as DataSource;
  const names = dataSources.map(([, name]) => name).join(', ');
  const reason = `it exports ${String(dataSources.length)} DataSources: ${names}`;
  throw unusable(word, reason, 'export each from its own file, and give -d one of them');
}

function find(word: string): string {
  const path = resolve(word);
  const kind = (at: string) => statSync(at, { throwIfNoEntry: false });
  const bases = kind(path)?.isDirectory() ? [path, join(path, 'index')] : [path];
  for (const base of bases) {
    const file = ENDINGS.map((ending) => base + ending).find((at) => kind(at)?.isFile());
    if (file !== undefined) return file;
  }
  throw unusable(word, bases.length > 1 ? 'it is a folder' : `there is no file ${path}`);
}

/**
 * The settled exports with their names. Each value counts once: many modules export one DataSource by
 * its name and as the default. A CommonJS module that was imported has all of its exports in `default`.
 */
async function exportsOf(exported: unknown): Promise<Map<unknown, string>> {
  const found = new Map<unknown, string>();
  // `module.exports` may be a promise.
  const module = await exported;
  const add = async (name: string, value: unknown): Promise<void> => {
    const settled = await value;
    if (!found.has(settled)) found.set(settled, name);
  };
  if (InstanceChecker.isDataSource(module)) await add('module.exports', module);
  else if (typeof module === 'function') await add(module.name || 'module.exports', module);
  else if (typeof module === 'object' && module !== null) {
    for (const [name, value] of Object.entries(module)) {
      if (name === 'default' && isNamespace(value)) {
        for (const [inner, one] of Object.entries(value)) await add(inner, one);
      } else if (name !== 'module.exports') await add(name, value);
    }
  }
  return found;
}

/** Whether it is a plain object: the exports of a module, and no instance of a class. */
const isNamespace = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);

function withoutDataSource(found: readonly (readonly [unknown, string])[]): [string, string?] {
  const maker = found.find(([value]) => typeof value === 'function' && !isClass(value));
  if (maker !== undefined) {
    const [, name] = maker;
    const reason = `it exports no DataSource, but a function, ${name}`;
    return [
      reason,
      `export what it returns, a DataSource or a promise of one, in place of ${name}`,
    ];
  }
  const names = found.map(([, name]) => name).filter((name) => name !== '__esModule');
  const list = names.length > 0 ? `, but ${names.join(', ')}` : '';
  return [`it exports no DataSource${list}`];
}

const isClass = (value: object): boolean =>
  /^class\b/.test(Function.prototype.toString.call(value));

function unusable(word: string, reason: string, remedy = REMEDY, cause?: unknown): BillingError {
  const problem = `${word} can't be used as a DataSource (${reason.replace(/\.$/, '')})`;
  return BillingError.configurationInvalid(problem, remedy, { cause });
}

/** What loading the host's sources ended with, in one line with the remedy. */
export function loadFailed(word: string, cause: unknown, compiler?: Compiler): BillingError {
  const remedy = compiler?.remedyFor(cause) ?? 'correct that, or give -d another module';
  return unusable(word, oneLine(cause), remedy, cause);
}
