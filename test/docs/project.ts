import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { run, type Run } from '../support/run';
import { newFolder } from '../support/test-run';

const ROOT = resolve(__dirname, '../..');

/** A project of a host, with the files of a page in it, typed as written. */
export class HostProject {
  readonly #folder = newFolder('host');
  readonly #files: string[] = [];

  constructor(blocks: readonly string[]) {
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'), 'junction');
    for (const [index, text] of blocks.entries()) {
      // Where a block is to be saved stands in its first line.
      const file = /^\/\/ (src\/\S+\.ts)\n/.exec(text)?.[1] ?? `block-${String(index + 1)}.ts`;
      this.#write(file, text);
      this.#files.push(file);
    }
  }

  get files(): readonly string[] {
    return this.#files;
  }

  /** What the strict compiler has against it; empty if nothing. The package is its sources. */
  async compile(): Promise<string> {
    const tsconfig = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: {
        emitDecoratorMetadata: true,
        paths: {
          'typeorm-billing': [join(ROOT, 'src/index.ts')],
          'typeorm-billing/d1': [join(ROOT, 'src/d1.ts')],
        },
        types: ['node'],
        typeRoots: [join(ROOT, 'node_modules/@types')],
      },
      include: [],
      files: this.#files,
    };
    this.#write('tsconfig.json', JSON.stringify(tsconfig));
    const { stdout, stderr } = await run([join(ROOT, 'node_modules/typescript/bin/tsc')], {
      cwd: this.#folder,
    });
    return stdout + stderr;
  }

  /** Runs `src/main.ts` in a process of its own. */
  async start(env: Record<string, string> = {}): Promise<Run> {
    for (const file of this.#files) this.#write(file.replace(/\.ts$/, '.js'), this.#emit(file));
    this.#write('register.cjs', REGISTER);
    return run(['-r', './register.cjs', 'src/main.js'], { cwd: this.#folder, env });
  }

  path(file: string): string {
    return join(this.#folder, file);
  }

  #emit(file: string): string {
    return transpileModule(readFileSync(this.path(file), 'utf8'), {
      compilerOptions: {
        target: ScriptTarget.ES2022,
        module: ModuleKind.CommonJS,
        esModuleInterop: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        useDefineForClassFields: false,
      },
    }).outputText;
  }

  #write(file: string, text: string): void {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
  }
}

/** Makes the package's name stand for its sources. */
const REGISTER = `
process.env.TS_NODE_PROJECT = ${JSON.stringify(join(ROOT, 'tsconfig.json'))};
require(${JSON.stringify(join(ROOT, 'node_modules/ts-node/register'))});
const Module = require('node:module');
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const name = request === 'typeorm-billing' ? ${JSON.stringify(join(ROOT, 'src/index.ts'))} : request;
  return resolveFilename.call(this, name, ...rest);
};
`;
