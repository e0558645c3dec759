import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { migrationFilesIn, sqlFilesIn } from '../engines/migration-file';
import { BillingError } from '../errors';
import { recordsOf } from '../migrations/records';
import type { ReversibleMigrationClass } from '../migrations/reversible-migration';
import {
  MAX_NUMBER,
  type ScriptDialect,
  scriptWriter,
  sqlScripts,
  type SqlScriptOptions,
} from './sql-scripts';

export interface SqlFileOptions extends SqlScriptOptions {
  /** The folder to write to; created if it is missing. */
  readonly out: string;
  /** Number of the first file; if not given, the next one in the folder. */
  readonly from?: number;
}

export interface SqlFiles {
  /** Paths of the files written: each forward file, and its rollback file after it. */
  readonly written: readonly string[];
  /** Paths of forward files that were there already. They may have been applied: never changed. */
  readonly kept: readonly string[];
}

/**
 * Writes migrations to a folder as numbered SQL files, and a rollback file for each to the folder beside
 * it whose name ends in `-rollback`: a tool that applies all files below `out` does not find them. A
 * migration that has a file already is skipped; only its rollback file is written again
 * if it is missing.
 *
 * @throws BillingError `CONFIGURATION_INVALID` if another file in the folder has one of the numbers,
 *   if no number is left after its last file, or if the folder is another database's
 */
export async function writeSqlFiles(
  migrations: readonly ReversibleMigrationClass[],
  { out, from, ...options }: SqlFileOptions,
): Promise<SqlFiles> {
  const present = await presentFiles(migrations, out, options.dialect);
  const missing = migrations.filter((Migration) => !present.has(new Migration().name));
  const numbers = numbersOf(await sqlFilesIn(out));
  const next = from ?? (missing.length > 0 ? nextNumber(numbers, out) : 1);
  const scripts = await sqlScripts(missing, { ...options, from: next });
  for (const { file } of scripts) {
    const taken = numbers.get(Number.parseInt(file, 10));
    if (taken === undefined) continue;
    throw BillingError.configurationInvalid(
      `${file} would have the number of ${taken}, which is in ${out}`,
      `number the files from ${nextNumber(numbers, out)}, or leave the number out`,
    );
  }
  const written: string[] = [];
  const write = async (path: string, text: string): Promise<void> => {
    await writeFile(path, text);
    written.push(path);
  };
  const back = rollbackFolderOf(out);
  await mkdir(out, { recursive: true });
  await mkdir(back, { recursive: true });
  const writeAgain = scriptWriter(options);
  const rollbacks = await sqlFilesIn(back);
  for (const Migration of migrations) {
    const migration = new Migration();
    const file = present.get(migration.name);
    if (file === undefined || rollbacks.includes(file)) continue;
    await write(join(back, file), (await writeAgain(migration, file)).rollback);
  }
  for (const { file, forward, rollback } of scripts) {
    await write(join(out, file), forward);
    await write(join(back, file), rollback);
  }
  return { written, kept: [...present.values()].map((file) => join(out, file)) };
}

/** `migrations-rollback` for `migrations`. */
function rollbackFolderOf(out: string): string {
  const folder = out.replace(/[\\/]+$/, '');
  // A path such as `.` or `..` has no name to add to.
  return `${/(?:^|[\\/])\.{0,2}$/.test(folder) ? resolve(out) : folder}-rollback`;
}

/** The file of each migration that has one in the folder, by the migration's name. */
async function presentFiles(
  migrations: readonly ReversibleMigrationClass[],
  out: string,
  wanted: ScriptDialect,
): Promise<ReadonlyMap<string, string>> {
  const instances = migrations.map((Migration) => new Migration());
  const present = new Map<string, string>();
  for (const { migration, dialect, file } of await migrationFilesIn(out)) {
    if (dialect !== wanted) {
      throw BillingError.configurationInvalid(
        `${out} holds ${file}, which is for ${dialect}`,
        `write the files for ${wanted} to another folder`,
      );
    }
    for (const one of instances) {
      const { name, billing = name } = one;
      // A file of the same migration of billing's may be under another name.
      if (recordsOf(billing, [migration], instances).length > 0) present.set(name, file);
    }
  }
  return present;
}

/** The files, by the number at the start of their names. */
const numbersOf = (files: readonly string[]): ReadonlyMap<number, string> =>
  new Map(
    files
      .map((file) => [Number.parseInt(file, 10), file] as const)
      .filter(([number]) => !Number.isNaN(number)),
  );

function nextNumber(numbers: ReadonlyMap<number, string>, out: string): number {
  const last = Math.max(0, ...numbers.keys());
  if (last < MAX_NUMBER) return last + 1;
  throw BillingError.configurationInvalid(
    `${numbers.get(last) ?? last} in ${out} has a number of more than 14 digits, the maximum`,
    'give the first number by --from',
  );
}
