import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { npm, readSqlite } from '../cli/programs';
import { run, type Run } from '../support/run';
import { copyProject, wrangler, WRANGLER_ENV } from './wrangler';

const PACKAGES = ['class-validator', 'reflect-metadata', 'typeorm', 'uuid', 'wrangler'];

/** A copy of a host's project, with wrangler and the packed package installed. */
export class WranglerProject {
  private constructor(readonly folder: string) {}

  /** @param packages what it needs besides wrangler and what the package itself needs */
  static async copy(source: string, packages: readonly string[] = []): Promise<WranglerProject> {
    const folder = await copyProject(source, [...PACKAGES, ...packages]);
    const programs = join(folder, 'node_modules/.bin');
    mkdirSync(programs);
    symlinkSync('../wrangler/bin/wrangler.js', join(programs, 'wrangler'));
    symlinkSync('../typeorm-billing/dist/cli/program.js', join(programs, 'typeorm-billing'));
    return new WranglerProject(folder);
  }

  /** Takes over the local databases of another copy. */
  takeState(other: WranglerProject): void {
    cpSync(join(other.folder, '.wrangler'), join(this.folder, '.wrangler'), { recursive: true });
  }

  /** One of the project's own scripts. */
  script(name: string, env: Record<string, string> = {}): Promise<Run> {
    return npm(['run', name], { cwd: this.folder, env: { ...WRANGLER_ENV, ...env } });
  }

  wrangler(words: readonly string[], env: Record<string, string> = {}): Promise<Run> {
    return wrangler(words, this.folder, env);
  }

  /** `npx typeorm-billing`, for user billing and the local D1, from one of the project's folders. */
  billing(
    words: readonly string[],
    env: Record<string, string | undefined> = {},
    folder = '.',
  ): Promise<Run> {
    const program = join(this.folder, 'node_modules/typeorm-billing/dist/cli/program.js');
    return run([program, ...words], {
      cwd: join(this.folder, folder),
      env: { ...WRANGLER_ENV, DATABASE_URL: 'd1:DB', BILLING_FAMILIES: 'user', ...env },
    });
  }

  /** Rows of a statement on the file of the local D1, while no process has it open. */
  async sql<Row = Record<string, unknown>>(text: string): Promise<Row[]> {
    const folder = join(this.folder, '.wrangler/state/v3/d1/miniflare-D1DatabaseObject');
    const files = readdirSync(folder).filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file));
    if (files.length !== 1) throw new Error(`There are ${files.length} local databases.`);
    return readSqlite<Row>(join(folder, files[0]!), text);
  }

  async names(statement: string): Promise<string[]> {
    return (await this.sql<{ name: string }>(statement)).map(({ name }) => name);
  }

  /** What is in the catalog of these tables, as it was typed. */
  catalog(tables: readonly string[]): Promise<Record<string, unknown>[]> {
    const list = tables.map((table) => `'${table}'`).join(', ');
    return this.sql(
      `SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN (${list}) ORDER BY type, name`,
    );
  }

  /** Names and contents of what is in the project, but for what tools put there. */
  files(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const entry of readdirSync(this.folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || /node_modules|\.wrangler/.test(path)) continue;
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
      found[path.slice(this.folder.length + 1)] = hash;
    }
    return found;
  }
}
