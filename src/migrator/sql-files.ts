import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesByMigration, sqlFilesIn } from '../engines/d1/migration-file';
import { BillingError } from '../errors';
import type { ReversibleMigrationClass } from '../migrations/reversible-migration';
import { sqlScripts, type SqlScriptOptions } from './sql-scripts';

export interface SqlFileOptions extends SqlScriptOptions {
  /** The folder to write to; it is made if it is not there. */
  readonly out: string;
  /** Number of the first file; if not given, the one after the folder's last. */
  readonly from?: number;
}

export interface SqlFiles {
  /** Paths of the files written: each forward file, and its rollback file after it. */
  readonly written: readonly string[];
  /** Paths of forward files that were there: a file that may have been applied is not changed. */
  readonly kept: readonly string[];
}

/**
 * Writes migrations into a folder as numbered SQL files, and into its folder `rollback` a file to
 * take each back. Migrations that the folder holds already are left as they are.
 *
 * @throws BillingError `CONFIGURATION_INVALID` if another file of the folder has one of the numbers
 */
export async function writeSqlFiles(
  migrations: readonly ReversibleMigrationClass[],
  { out, from, ...options }: SqlFileOptions,
): Promise<SqlFiles> {
  const files = await sqlFilesIn(out);
  const present = await filesByMigration(out);
  const missing = migrations.filter((Migration) => !present.has(new Migration().name));
  const numbers = new Map(files.map((file) => [Number.parseInt(file, 10), file]));
  const last = Math.max(0, ...[...numbers.keys()].filter(Number.isSafeInteger));
  const scripts = await sqlScripts(missing, { ...options, from: from ?? last + 1 });
  for (const { file } of scripts) {
    const taken = numbers.get(Number.parseInt(file, 10));
    if (taken === undefined) continue;
    throw new BillingError(
      'CONFIGURATION_INVALID',
      `${file} would have the number of ${taken}, which is in ${out}: number the files from ${last + 1}, or ` +
        'leave the number out.',
    );
  }
  const written: string[] = [];
  await mkdir(join(out, 'rollback'), { recursive: true });
  for (const { file, forward, rollback } of scripts) {
    for (const [path, text] of [
      [join(out, file), forward],
      [join(out, 'rollback', file), rollback],
    ] as const) {
      await writeFile(path, text);
      written.push(path);
    }
  }
  const names = new Set(migrations.map((Migration) => new Migration().name));
  const kept = [...present].filter(([name]) => names.has(name)).map(([, file]) => join(out, file));
  return { written, kept };
}
