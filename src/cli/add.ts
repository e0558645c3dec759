import type { DataSource } from 'typeorm';
import type { EngineName } from '../engines/engine';
import { engineNamed, engineOf } from '../engines/registry';
import { FAMILY_MIGRATIONS } from '../migrations/families';
import { addMigrations } from '../migrator/add/add-migrations';
import { familiesOf } from '../migrator/lacking';
import { bindSettings, readMigrationSettings, readSettings } from '../data-sources/settings';
import { type Arguments, invalid } from './arguments';
import type { Outcome } from './outcome';

/** Whether `add` has a database of the given kind to look at. */
export function hasDatabase({ dataSource, dialect }: Arguments): boolean {
  if (dataSource !== undefined) return true;
  if ((process.env.DATABASE_URL ?? '').trim() === '') return false;
  const { engine, place } = readSettings(process.env).database;
  if (dialect !== undefined && dialect !== engine) return false;
  return engineNamed(engine).opening?.isThere?.(place) ?? true;
}

/** Writes the host migrations of its own. */
export async function add(
  { dialect, out, plain }: Arguments,
  dataSource?: DataSource,
): Promise<Outcome> {
  if (out === undefined) throw invalid('add needs --out <folder>');
  const engine = dialect ?? (dataSource === undefined ? engineOfUrl() : engineOf(dataSource).name);
  const used = dataSource === undefined ? undefined : familiesOf(dataSource);
  const settings = readMigrationSettings(process.env);
  const { families } = settings;
  // A host's own DataSource binds its classes.
  if (dataSource === undefined) bindSettings(settings);
  const isChosen = (process.env.BILLING_FAMILIES ?? '').trim() !== '' || !used?.size;
  const migrations = families
    .filter((family) => isChosen || used.has(family))
    .flatMap((family) => FAMILY_MIGRATIONS[family][engineNamed(engine).dialect]);
  const { written, kept } = await addMigrations(migrations, {
    out,
    dialect: engine,
    plain,
    ...(dataSource === undefined ? {} : { dataSource }),
  });
  const lines = [...kept.map((path) => `kept  ${path}`), ...written.map((path) => `wrote ${path}`)];
  return {
    text: lines.join('\n') || 'Your migrations have all of billing already.',
    json: { written, kept },
    exitCode: 0,
  };
}

function engineOfUrl(): EngineName {
  if ((process.env.DATABASE_URL ?? '').trim() !== '')
    return readSettings(process.env).database.engine;
  throw invalid('add needs --dialect postgres, sqlite or d1, or DATABASE_URL, or -d <file>');
}
