import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ROOT, billingFromSources, npm } from '../cli/programs';
import type { Dialect } from '../support/engines';
import type { Run } from '../support/run';
import { newFolder } from '../support/test-run';

/** A replacement in one file of the copy; it must find something to replace. */
export interface Edit {
  /** Path in `src/entities`. */
  readonly file: string;
  readonly find: string | RegExp;
  readonly replace: string;
}

/** One of the pair of files that `db:generate` writes, and what it sends. */
export interface GeneratedMigration {
  readonly name: string;
  readonly up: readonly string[];
  readonly down: readonly string[];
}

const DIALECTS = ['postgres', 'sqlite'] as const;

/** What `db:generate` needs of the project, in a folder of its own, to be changed at will. */
export class ProjectCopy {
  readonly folder = newFolder('generate');
  readonly #before: Record<Dialect, readonly string[]>;

  constructor() {
    const parts = ['src', 'scripts', 'test/support', 'package.json', 'tsconfig.json'];
    mkdirSync(join(this.folder, 'test'));
    for (const part of parts)
      cpSync(join(ROOT, part), join(this.folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'), 'junction');
    this.#before = this.#files();
  }

  edit({ file, find, replace }: Edit): void {
    const path = join(this.folder, 'src/entities', file);
    const text = readFileSync(path, 'utf8');
    const edited = text.replace(find, replace);
    if (edited === text) throw new Error(`${file} has no ${String(find)} to replace.`);
    writeFileSync(path, edited);
  }

  /** `npm run db:generate`, as it is typed. */
  generate(...words: string[]): Promise<Run> {
    return npm(['run', '-s', 'db:generate', '--', ...words], { cwd: this.folder });
  }

  /** A command of the copy's own. */
  command(url: string, ...words: string[]): Promise<Run> {
    return billingFromSources(words, {
      cwd: this.folder,
      root: this.folder,
      env: { DATABASE_URL: url },
    });
  }

  /** The files that were not there at first, by name and for each dialect. */
  newFiles(): Record<Dialect, readonly string[]> {
    const files = this.#files();
    const added = (dialect: Dialect) =>
      files[dialect].filter((file) => !this.#before[dialect].includes(file));
    return { postgres: added('postgres'), sqlite: added('sqlite') };
  }

  /** The text of the list in which a dialect's migrations are registered. */
  list(dialect: Dialect): string {
    return readFileSync(join(this.folder, `src/migrations/${dialect}-migrations.ts`), 'utf8');
  }

  /** The new migrations of a dialect, oldest first, each with the statements it sends. */
  async newMigrations(dialect: Dialect): Promise<GeneratedMigration[]> {
    const migrations: GeneratedMigration[] = [];
    for (const file of this.newFiles()[dialect]) {
      const path = join(this.folder, 'src/migrations', dialect, file);
      const exported = Object.values((await import(path)) as Record<string, unknown>);
      const [Migration] = exported as (new () => MigrationInterface & { name: string })[];
      if (Migration === undefined || exported.length !== 1) throw new Error(`${file} is no class.`);
      const migration = new Migration();
      migrations.push({
        name: migration.name,
        up: await record((queryRunner) => migration.up(queryRunner)),
        down: await record((queryRunner) => migration.down(queryRunner)),
      });
    }
    return migrations;
  }

  #files(): Record<Dialect, readonly string[]> {
    const [postgres = [], sqlite = []] = DIALECTS.map((dialect) =>
      readdirSync(join(this.folder, 'src/migrations', dialect)).sort(),
    );
    return { postgres, sqlite };
  }
}

async function record(work: (queryRunner: QueryRunner) => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const query = (sql: string): Promise<unknown> => {
    statements.push(sql);
    return Promise.resolve([]);
  };
  await work({ query } as unknown as QueryRunner);
  return statements;
}
