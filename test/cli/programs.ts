import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { Database } from 'sqlite3';
import { sharedPackage } from '../package/packed-project';
import { run } from '../support/run';
import type { Run } from '../support/run';

/** The project under test. */
export const ROOT = resolve(__dirname, '../..');

/** Where and with what a program is run. */
export interface Setting {
  /** Working folder. */
  readonly cwd: string;
  /** Variables besides those inherited; what the project reads is unset unless it is here. */
  readonly env?: Record<string, string | undefined>;
}

export const QUIET = {
  DATABASE_URL: undefined,
  BILLING_FAMILIES: undefined,
  BILLING_HOST_TABLES: undefined,
  BILLING_ROLLBACK: undefined,
  TS_NODE_PROJECT: undefined,
  FORCE_COLOR: undefined,
  NO_COLOR: '1',
};

/** What `npm run typeorm` runs, without npm's own time. */
export function typeorm(words: readonly string[], { cwd, env }: Setting): Promise<Run> {
  return run([join(ROOT, 'scripts/typeorm.cjs'), ...words], { cwd, env: { ...QUIET, ...env } });
}

/** `npx typeorm-billing`, in a project that has the packed package installed. */
export async function billing(words: readonly string[], { cwd, env }: Setting): Promise<Run> {
  const program = join(await sharedPackage(), 'dist/cli/program.js');
  return run([program, ...words], { cwd, env: { ...QUIET, ...env } });
}

/**
 * What `npm run db:migrate` and its like run, without npm's own time: the same program, from the
 * sources of a project folder. It takes twice as long.
 */
export function billingFromSources(
  words: readonly string[],
  { cwd, env, root = ROOT }: Setting & { root?: string },
): Promise<Run> {
  return run(
    ['-r', require.resolve('ts-node/register'), join(root, 'src/cli/main.ts'), ...words],
    // ts-node looks for its settings in the working folder, which is not the project's here.
    { cwd, env: { ...QUIET, TS_NODE_PROJECT: join(root, 'tsconfig.json'), ...env } },
  );
}

/** npm itself, as it is typed. */
export function npm(words: readonly string[], { cwd, env }: Setting): Promise<Run> {
  return new Promise((done) => {
    const options = { cwd, env: { ...process.env, NODE_OPTIONS: '', ...QUIET, ...env } };
    execFile('npm', words, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      done({ exitCode, stdout, stderr });
    });
  });
}

/** Reads a SQLite file that no test database made. */
export async function readSqlite<Row>(file: string, sql: string): Promise<Row[]> {
  const database = await new Promise<Database>((opened, reject) => {
    const connection: Database = new Database(file, (error) => {
      if (error) reject(error);
      else opened(connection);
    });
  });
  try {
    return await new Promise<Row[]>((found, reject) => {
      database.all<Row>(sql, (error, rows) => {
        if (error) reject(error);
        else found(rows);
      });
    });
  } finally {
    database.close();
  }
}

/** The names of a SQLite file's tables, in the order of the alphabet. */
export async function tablesOf(file: string): Promise<string[]> {
  const rows = await readSqlite<{ name: string }>(
    file,
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}
