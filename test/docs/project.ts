import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { installPackage, linkPackages } from '../package/packed-project';
import { run } from '../support/run';
import { sharedFolder } from '../support/test-run';
import { BLOCKS, ROOT, type Block } from './pages';

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const REPORT = 'diagnostics.txt';
/** What the pages import or need, besides this package. */
const PACKAGES = [
  ...['typeorm', 'reflect-metadata', 'class-validator', 'uuid', 'pg', 'sqlite3', 'rxjs'],
  ...['@nestjs/common', '@nestjs/core', '@nestjs/typeorm', '@types/node', '@types/jest'],
  ...['@swc/core', '@swc/jest'],
];

/** Named by a page to be saved as a file; a block of TypeScript without a name is one, too. */
interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/**
 * A folder with the packed package installed, and in it a project for each page with its files as they
 * are written there. Made and compiled once in a run.
 */
export class DocsProject {
  private constructor(private readonly folder: string) {}

  static async make(): Promise<DocsProject> {
    return new DocsProject(await sharedFolder('docs-project', fill));
  }

  /** What the strict compiler has against the pages; empty if nothing. */
  get diagnostics(): string {
    return readFileSync(this.path(REPORT), 'utf8');
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }
}

/** The folder of a section that has a `tsconfig.json`, or else of its page. */
export function folderOf({ page, section }: Pick<Block, 'page' | 'section'>): string {
  const name = basename(page, '.md').toLowerCase();
  if (!hasOwnConfig({ page, section })) return name;
  return join(name, section.toLowerCase().replace(/\W+/g, '-'));
}

const hasOwnConfig = ({ page, section }: Pick<Block, 'page' | 'section'>): boolean =>
  BLOCKS.some(
    (one) => one.page === page && one.section === section && one.file === 'tsconfig.json',
  );

async function fill(folder: string): Promise<void> {
  const files = sourceFiles();
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await installPackage(folder);
  linkPackages(folder, PACKAGES);
  const own = files.filter(({ path }) => basename(path) === 'tsconfig.json');
  const isShared = ({ path }: SourceFile): boolean =>
    path.endsWith('.ts') && !own.some((one) => path.startsWith(`${dirname(one.path)}/`));
  writeFileSync(join(folder, 'tsconfig.json'), sharedConfig(files.filter(isShared)));

  const projects = ['.', ...own.map(({ path }) => dirname(path))];
  const runs = await Promise.all(
    projects.map((project) => run([TSC, '-p', project], { cwd: folder })),
  );
  writeFileSync(join(folder, REPORT), runs.map(({ stdout, stderr }) => stdout + stderr).join(''));
}

function sourceFiles(): SourceFile[] {
  const files: SourceFile[] = [];
  for (const [index, block] of BLOCKS.entries()) {
    const file = block.file ?? (block.language === 'ts' ? `block-${index}.ts` : undefined);
    if (file === undefined) continue;
    const path = join(folderOf(block), file);
    if (files.some((one) => one.path === path)) throw new Error(`${path} is there twice.`);
    files.push({ path, text: block.text });
  }
  return files;
}

/** Strict as the project itself, for all that has no configuration of its own. */
function sharedConfig(files: readonly SourceFile[]): string {
  return JSON.stringify({
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      ...{ module: 'nodenext', moduleResolution: 'nodenext', rootDir: '.', outDir: 'out' },
      ...{ noEmit: false, declaration: false, sourceMap: false, emitDecoratorMetadata: true },
      ...{ types: ['node', 'jest'], typeRoots: ['./node_modules/@types'] },
    },
    include: [],
    files: files.map(({ path }) => path),
  });
}
