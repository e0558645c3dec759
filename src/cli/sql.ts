import { engineNamed } from '../engines/registry';
import { FAMILY_MIGRATIONS } from '../migrations/families';
import { writeSqlFiles } from '../migrator/sql-files';
import { readMigrationSettings } from '../data-sources/settings';
import type { Arguments } from './arguments';
import type { Outcome } from './commands';

/** Writes the scripts of the families that the environment names, without a database. */
export async function writeSql({
  dialect = 'd1',
  out = '.',
  from,
  table,
}: Arguments): Promise<Outcome> {
  const { families, migrationsTable } = readMigrationSettings(process.env);
  const engine = engineNamed(dialect);
  const migrations = families.flatMap((family) => FAMILY_MIGRATIONS[family][engine.dialect]);
  const { written, kept } = await writeSqlFiles(migrations, {
    dialect,
    out,
    migrationsTable,
    ...(from === undefined ? {} : { from }),
    ...(table === undefined ? {} : { wranglerTable: table }),
  });
  const text = [
    ...kept.map((path) => `kept  ${path}`),
    ...written.map((path) => `wrote ${path}`),
  ].join('\n');
  return { text, json: { written, kept }, exitCode: 0 };
}
