import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that was written for a migration. */
export interface MigrationFile {
  readonly migration: string;
  /** The database it is for. */
  readonly dialect: string;
  readonly file: string;
}

const FIRST_LINE = /^-- typeorm-billing migration (\w+) for (\w+)\r?$/m;

/** The SQL files in `folder` that were written for migrations. */
export async function migrationFilesIn(folder: string): Promise<MigrationFile[]> {
  const found: MigrationFile[] = [];
  for (const file of await sqlFilesIn(folder)) {
    const text = await readFile(join(folder, file), 'utf8');
    const [, migration, dialect] = FIRST_LINE.exec(text) ?? [];
    if (migration !== undefined && dialect !== undefined) found.push({ migration, dialect, file });
  }
  return found;
}

/** Names of the SQL files in `folder`, the host's among them; none if there is no such folder. */
export async function sqlFilesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.sql'))
    .map(({ name }) => name)
    .sort();
}
