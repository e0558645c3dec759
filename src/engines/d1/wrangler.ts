import type { D1Binding } from '../../driver/d1/binding';

/** wrangler's table of the files it has applied, unless its configuration names another. */
export const WRANGLER_TABLE = 'd1_migrations';

/** Creates the table as wrangler does; the name is an identifier. */
export const createWranglerTable = (name: string): string => `CREATE TABLE IF NOT EXISTS ${name} (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** The files in wrangler's `migrations_dir` that hold migrations of a database. */
export interface WranglerFiles {
  /** Table in which wrangler records the files it has applied. */
  readonly table: string;
  /** Name of the file, by the name of the migration it holds. */
  readonly files: ReadonlyMap<string, string>;
}

const filesOf = new WeakMap<D1Binding, WranglerFiles>();

/** Notes which files wrangler has for the database behind a binding. */
export function noteWranglerFiles(binding: D1Binding, files: WranglerFiles): void {
  filesOf.set(binding, files);
}

/** The record that wrangler keeps of a migration; undefined if it has no file for it. */
export function wranglerRecordOf(
  binding: D1Binding | undefined,
  migration: string,
): { readonly table: string; readonly file: string } | undefined {
  const found = binding && filesOf.get(binding);
  const file = found?.files.get(migration);
  return found && file !== undefined ? { table: found.table, file } : undefined;
}
