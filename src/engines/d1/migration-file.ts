import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The first line of a migration's SQL file, by which it is known again whatever its name is. */
export const firstLineOf = (migration: string): string =>
  `-- typeorm-billing migration ${migration}`;

/** Names of the SQL files in `folder`, by the name of the migration that each holds. */
export async function filesByMigration(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const file of await sqlFilesIn(folder)) {
    const text = await readFile(join(folder, file), 'utf8');
    const migration = /^-- typeorm-billing migration (\w+)$/m.exec(text)?.[1];
    if (migration !== undefined) found.set(migration, file);
  }
  return found;
}

/** Names of the SQL files in `folder`, the host's among them; none if there is no such folder. */
export async function sqlFilesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  return files.filter((file) => file.endsWith('.sql')).sort();
}
