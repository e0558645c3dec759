import { engineNamed } from '../engines/registry';
import { SCRIPT_DIALECTS } from '../engines/scripts';
import { FAMILY_MIGRATIONS } from '../migrations/families';
import { writeSqlFiles } from '../migrator/sql-files';
import { bindSettings, readMigrationSettings } from '../data-sources/settings';
import { type Arguments, invalid } from './arguments';
import type { Outcome } from './outcome';

/** Writes the scripts of the families that the environment names, without a database. */
export async function writeSql({ dialect: name, out, from, table }: Arguments): Promise<Outcome> {
  const dialect = SCRIPT_DIALECTS.find((one) => one === name);
  if (dialect === undefined || out === undefined) {
    throw invalid('sql needs --dialect postgres or d1, and --out <folder>');
  }
  const settings = readMigrationSettings(process.env);
  bindSettings(settings);
  const { families, migrationsTable } = settings;
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
