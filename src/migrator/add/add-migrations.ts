import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource, Migration } from 'typeorm';
import { engineNamed, engineOf } from '../../engines/registry';
import type { EngineName } from '../../engines/engine';
import { BillingError } from '../../errors';
import { isApart, oldestFirst } from '../../migrations/apart';
import { nameOf, originOf, recordsOf } from '../../migrations/records';
import type { ReversibleMigrationClass } from '../../migrations/reversible-migration';
import { BillingMigrationExecutor } from '../executor';
import { type HostFile, hostFilesIn, hostStyle, youngestIn } from './host-folder';
import { migrationText, titleOf, writtenFor } from './migration-text';

export interface AddOptions {
  /** The folder of the host's migrations; created if it is missing. */
  readonly out: string;
  readonly dialect: EngineName;
  /** Whether each file holds the SQL itself, and not a class that extends billing's. */
  readonly plain?: boolean;
  /**
   * An initialised DataSource on a database that may have billing's tables already. A migration that is
   * recorded there gets the recorded name, so that TypeORM can revert it; if by its timestamp it would
   * run before one that was applied before it, it gets a new name and takes over the record when it
   * is run.
   */
  readonly dataSource?: DataSource;
}

export interface AddedMigrations {
  /** Paths of the files written, oldest first. */
  readonly written: readonly string[];
  /** Paths of files that the host has already for these migrations; they are not changed. */
  readonly kept: readonly string[];
}

/**
 * Writes the host a migration of its own for each of billing's that it does not have yet: with today's
 * timestamp, and in the language and with the file names of the other migrations in the folder.
 *
 * @throws BillingError `CONFIGURATION_INVALID` if the folder holds such files for another database, or
 *   another file of the same name, or if the DataSource is on another kind of database,
 *   or if a copy of the SQL of a migration that is applied could not have its recorded name
 */
export async function addMigrations(
  migrations: readonly ReversibleMigrationClass[],
  { out, dialect: engine, plain = false, dataSource }: AddOptions,
): Promise<AddedMigrations> {
  const { dialect } = engineNamed(engine);
  if (dataSource !== undefined) assertSameDialect(engine, dataSource);
  const files = await hostFilesIn(out);
  const present = presentFiles(files, dialect, out);
  const held = new Set(
    // Billing's own, listed in the DataSource, are what the files are to replace.
    dataSource?.migrations.filter((one) => nameOf(one) !== originOf(one)).map(originOf),
  );
  const missing = migrations
    .map((Migration) => new Migration())
    .filter(({ name }) => !present.has(name) && !held.has(name))
    .sort((a, b) => timestampOf(a.name) - timestampOf(b.name));
  const recorded = dataSource === undefined ? [] : await recordedIn(dataSource);
  const style = await hostStyle(out, files);
  const names = new Set(migrations.map((Migration) => new Migration().name));
  const kept = [...present].filter(([name]) => names.has(name)).map(([, path]) => path);
  const written: string[] = [];
  let youngest = youngestIn(files);
  const found = missing.map(({ name }) => recordedName(name, recorded, plain, dataSource));
  await mkdir(out, { recursive: true });
  for (const [index, origin] of missing.entries()) {
    let name = found[index];
    if (name === undefined) {
      youngest = Math.max(Date.now(), youngest + 1);
      name = `${titleOf(origin.name)}${youngest}`;
    }
    const file = `${style.fileOf(titleOf(name), timestampOf(name))}.${style.extension}`;
    const path = join(out, file);
    const text = await migrationText({ origin, name, engine, dialect, plain, dataSource }, style);
    await writeFile(path, text, { flag: 'wx' }).catch((cause: unknown) => {
      if ((cause as { code?: unknown }).code !== 'EEXIST') throw cause;
      throw BillingError.configurationInvalid(
        `${path} is there already, and is not a migration of typeorm-billing`,
        'rename it, and run the command again',
        { cause },
      );
    });
    written.push(path);
  }
  return { written, kept: [...new Set(kept)] };
}

function assertSameDialect(wanted: EngineName, dataSource: DataSource): void {
  const { name, dialect } = engineOf(dataSource);
  if (dialect === engineNamed(wanted).dialect) return;
  throw BillingError.configurationInvalid(
    `Migrations for ${wanted} are asked for, and the DataSource is on ${name}`,
    `ask for ${name}, or give a DataSource on ${wanted}`,
  );
}

/** The file of each of billing's migrations that has one, by the migration's name. */
function presentFiles(
  files: readonly HostFile[],
  wanted: string,
  out: string,
): ReadonlyMap<string, string> {
  const present = new Map<string, string>();
  for (const { path, text } of files) {
    for (const { origin, dialect = wanted } of writtenFor(text)) {
      if (origin === undefined) continue;
      if (dialect !== wanted) {
        throw BillingError.configurationInvalid(
          `${out} holds ${path}, which is for ${dialect}`,
          `write the migrations for ${wanted} to another folder`,
        );
      }
      present.set(origin, path);
    }
  }
  return present;
}

/** The applied migrations, in the order in which they were applied. */
async function recordedIn(dataSource: DataSource): Promise<Migration[]> {
  const executor = new BillingMigrationExecutor(dataSource, engineOf(dataSource));
  return oldestFirst(await executor.getExecutedMigrations());
}

/**
 * The name under which a migration is recorded, if it stands there in the order of the timestamps.
 * A record that is set apart is to get its place among the host's: a class that extends billing's has it
 * taken over. A copy can't, and has the recorded name.
 */
function recordedName(
  origin: string,
  recorded: readonly Migration[],
  plain: boolean,
  dataSource: DataSource | undefined,
): string | undefined {
  const names = recorded.map(({ name }) => name);
  const [name] = recordsOf(origin, names, dataSource?.migrations ?? []);
  if (name === undefined) return undefined;
  const at = names.indexOf(name);
  if (!plain && recorded.slice(at, at + 1).some(isApart)) return undefined;
  const before = names.slice(0, at);
  if (before.every((one) => timestampOf(one) <= timestampOf(name))) return name;
  if (!plain) return undefined;
  throw BillingError.configurationInvalid(
    `${origin} is applied, after a younger migration, and a copy of its SQL would make its tables again`,
    'write it without --plain: a class that extends it takes over the record',
  );
}

const timestampOf = (name: string): number => Number(name.slice(-13));
