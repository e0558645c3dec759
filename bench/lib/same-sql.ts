import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineName } from './databases';
import { runNode } from './node-process';
import { RESULTS } from './paths';

/** One of our migrations, as `migrate --dry-run --json` prints it. */
export interface MigrationSql {
  readonly name: string;
  /** The statements, as they are sent: on Postgres one message may hold several. */
  readonly sql: readonly string[];
}

/** The folder that the tools find their migrations in, by `BENCH_SQL`. */
export const SQL_FOLDER = join(RESULTS, 'sql');

/** Writes the SQL of our own migrations down as the other tools can read it. */
export async function writeSameSql(engine: EngineName, url: string): Promise<MigrationSql[]> {
  const { stdout } = await runNode(['dist/cli/program.js', 'migrate', '--dry-run', '--json'], {
    DATABASE_URL: url,
  });
  const { pending } = JSON.parse(stdout) as { pending: MigrationSql[] };
  const folder = join(SQL_FOLDER, engine);
  await write(join(folder, 'migrations.json'), JSON.stringify(pending));
  for (const [index, migration] of pending.entries()) {
    const sql = migration.sql.join(';\n--> statement-breakpoint\n');
    await write(join(folder, 'drizzle', `${tagOf(index)}.sql`), sql);
  }
  await write(
    join(folder, 'drizzle', 'meta', '_journal.json'),
    JSON.stringify(drizzleJournal(engine, pending)),
  );
  return pending;
}

/** The tables that the migrations make. */
export function tablesOf(migrations: readonly MigrationSql[]): string[] {
  return migrations
    .flatMap(({ sql }) => sql)
    .flatMap((statement) => [...statement.matchAll(/CREATE TABLE "(\w+)"/g)])
    .flatMap(([, table]) => table ?? []);
}

const tagOf = (index: number): string => `${index}`.padStart(4, '0');

function drizzleJournal(engine: EngineName, migrations: readonly MigrationSql[]): object {
  return {
    version: '7',
    dialect: engine === 'postgres' ? 'postgresql' : 'sqlite',
    entries: migrations.map(({ name }, idx) => ({
      idx,
      version: '7',
      when: Number(name.slice(-13)),
      tag: tagOf(idx),
      breakpoints: true,
    })),
  };
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
}
