import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** How a host writes its migrations. */
export interface HostStyle {
  /** `ts`, `js`, or one of these with `m` or `c` before it. */
  readonly extension: string;
  readonly modules: 'esm' | 'commonjs';
  /** The name of a file without its extension, for a title such as `CreateTenantBilling`. */
  readonly fileOf: (title: string, timestamp: number) => string;
}

/** A file of migrations. */
export interface HostFile {
  readonly path: string;
  readonly name: string;
  readonly text: string;
}

/** The code files below a folder, the youngest name last; none if there is no such folder. */
export async function hostFilesIn(folder: string): Promise<HostFile[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(
    (error: unknown) => {
      if ((error as { code?: unknown }).code === 'ENOENT') return [];
      throw error;
    },
  );
  const paths = entries
    .filter((one) => one.isFile() && /(?<!\.d)\.[cm]?[jt]s$/.test(one.name))
    .map(({ parentPath, name }) => ({ path: join(parentPath, name), name }))
    .filter(({ path }) => !/[\\/]node_modules[\\/]/.test(path));
  const files = await Promise.all(
    paths.map(async (one) => ({ ...one, text: await readFile(one.path, 'utf8') })),
  );
  return files.sort((a, b) => numberIn(a.name) - numberIn(b.name));
}

/** The youngest timestamp in the files' names, or in the names of the migrations in them; 0 if none. */
export const youngestIn = (files: readonly HostFile[]): number =>
  Math.max(
    0,
    ...files.flatMap(({ name, text }) =>
      [...`${name} ${text}`.matchAll(/(?<!\d)\d{13}(?!\d)/g)].map(([digits]) => Number(digits)),
    ),
  );

/** The style of the youngest file in which it can be seen, and else the project's. */
export async function hostStyle(folder: string, files: readonly HostFile[]): Promise<HostStyle> {
  const named = files.filter(({ name }) => numberIn(name) > 0);
  const last = named.at(-1);
  const extension = /[cm]?[jt]s$/.exec(last?.name ?? '')?.[0] ?? languageOf(folder);
  return {
    extension,
    modules: await modulesOf(folder, extension, last?.text),
    fileOf: fileNames(named.map(({ name }) => name.replace(/\.[cm]?[jt]s$/, '')).reverse()),
  };
}

const numberIn = (name: string): number => Number(/\d{10,14}/.exec(name)?.[0] ?? 0);

/** @param names without their extensions, the youngest first */
function fileNames(names: readonly string[]): HostStyle['fileOf'] {
  const [youngest = '1-X'] = names;
  const isFirst = /^\d/.test(youngest);
  const separator = (isFirst ? /^\d+([^\da-z]?)/i : /([^\da-z]?)\d+$/i).exec(youngest)?.[1] ?? '-';
  const write =
    names.map((name) => caseOf(name.replace(/\d{10,14}/, ''))).find((one) => one !== undefined) ??
    (separator === '_'
      ? snake
      : isFirst && names.length > 0 && !/[A-Z]/.test(youngest)
        ? kebab
        : asIs);
  return (title, timestamp) =>
    isFirst ? `${timestamp}${separator}${write(title)}` : `${write(title)}${separator}${timestamp}`;
}

type Write = (title: string) => string;

const asIs: Write = (title) => title;
const kebab: Write = (title) => title.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
const snake: Write = (title) => kebab(title).replaceAll('-', '_');
const camel: Write = (title) => title.charAt(0).toLowerCase() + title.slice(1);

/** How a name is written; undefined for a single word in lower case, which could be any but Pascal's. */
function caseOf(name: string): Write | undefined {
  const words = name.replaceAll(/^[-_.]+|[-_.]+$/g, '');
  if (/^[A-Z]/.test(words)) return asIs;
  if (/^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(words)) return kebab;
  if (/^[a-z0-9]+(?:_[a-z0-9]+)+$/.test(words)) return snake;
  return /[A-Z]/.test(words) ? camel : undefined;
}

const languageOf = (folder: string): string =>
  nearest(folder, 'tsconfig.json') === undefined ? 'js' : 'ts';

/** By the extension, by the youngest file, and else by the project's package.json. */
async function modulesOf(
  folder: string,
  extension: string,
  text: string | undefined,
): Promise<HostStyle['modules']> {
  if (extension.startsWith('m')) return 'esm';
  if (extension.startsWith('c')) return 'commonjs';
  if (text !== undefined) {
    if (/^\s*(?:module\.)?exports\b|\brequire\(/m.test(text)) return 'commonjs';
    if (/^\s*(?:export|import)\b/m.test(text)) return 'esm';
  }
  const manifest = nearest(folder, 'package.json');
  if (manifest === undefined) return 'commonjs';
  const { type } = JSON.parse(await readFile(manifest, 'utf8')) as { type?: string };
  return type === 'module' ? 'esm' : 'commonjs';
}

/** The path of a file of that name in the folder, or in the nearest one above it. */
function nearest(folder: string, name: string): string | undefined {
  for (let one = resolve(folder); ; one = dirname(one)) {
    if (existsSync(join(one, name))) return join(one, name);
    if (one === dirname(one)) return undefined;
  }
}
