import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { engineOf } from '../engines/registry';
import { toBillingError } from '../engines/to-billing-error';
import { BillingError } from '../errors';
import { billingKinds, tablesOf } from './billing-columns';
import { assertFile, linesOf, openBackup } from './files';
import { assertHosts, assertRoom, fitting } from './fitting';
import type { BackupManifest } from './manifest';
import { parentsFirst } from './order';
import type { OnProgress } from './progress';
import { type Orphans, refused } from './refusals';
import type { Page, RestoredTable, Stage } from './store';
import { storeOf } from './stores';

export interface RestoreOptions {
  /**
   * Leaves out the rows that refer to rows of the host's which are gone, as if those had been deleted with
   * billing's rows there: a key that the database sets to NULL is restored as NULL. Each such row is
   * listed in `orphans-<table>.jsonl` in the folder of the backup.
   */
  readonly skipOrphans?: boolean;
  /** Called as files are checked and rows are read. */
  readonly onProgress?: OnProgress;
}

/** What a restore did. */
export interface Restored {
  /** Rows put back, by table, without prefix; parents first. */
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  /** Empty unless `skipOrphans` left something out. */
  readonly orphans: readonly Orphans[];
  /** The files that list it, in the folder of the backup. */
  readonly files: readonly string[];
}

/**
 * Puts the rows of a {@link backup} back into empty tables, all or none. The backup may be of another
 * engine, and older: columns that were added since need a default. Triggers run and CHECKs are asked as
 * for any INSERT; validators and subscribers are not.
 *
 * @throws BillingError `BACKUP_INVALID` before the first row is read, if a file, a sum or a count is not
 *   what the manifest says, or if it is no backup; `RESTORE_REFUSED` if it does not fit: a table or column
 *   is not there, a table has rows, a key of the host's has another type, rows of the host's are gone, or
 *   the database rejects a row. Nothing was restored then
 */
export async function restore(
  dataSource: DataSource,
  directory: string,
  options: RestoreOptions = {},
): Promise<Restored> {
  engineOf(dataSource);
  const manifest = await openBackup(directory);
  assertHosts(dataSource, manifest);
  for (const { rows: total, ...table } of manifest.tables) {
    await assertFile(directory, { ...table, rows: total }, (rows) =>
      options.onProgress?.({ step: 'check', table: table.table, rows, total }),
    );
  }
  const stage = await storeOf(dataSource).stage(
    dataSource,
    tablesOf(dataSource),
    await billingKinds(),
  );
  const written: string[] = [];
  try {
    return await restoreOn(stage, dataSource, directory, manifest, options, written);
  } catch (error) {
    for (const file of written) await rm(join(directory, file), { force: true });
    throw asRefusal(error);
  } finally {
    await stage.end();
  }
}

async function restoreOn(
  stage: Stage,
  dataSource: DataSource,
  directory: string,
  manifest: BackupManifest,
  { skipOrphans = false, onProgress }: RestoreOptions,
  written: string[],
): Promise<Restored> {
  const tables = parentsFirst(await fitting(stage, tablesOf(dataSource), manifest));
  await assertRoom(stage, tables);
  await stage.prepare(tables);
  const totals = new Map(manifest.tables.map(({ table, rows }) => [table, rows]));
  for (const table of tables) {
    const total = totals.get(table.name) ?? 0;
    let rows = 0;
    for await (const lines of linesOf(join(directory, `${table.name}.jsonl`))) {
      await stage.load(table, lines);
      rows += linesIn(lines);
      onProgress?.({ step: 'read', table: table.name, rows, total });
    }
    await stage.loaded(table);
  }
  const expected = new Map(totals);
  const orphans = await orphansOf(stage, tables, skipOrphans, async (found, table, pages) => {
    const file = `orphans-${table.name}.jsonl`;
    await list(join(directory, file), found, pages, written.includes(file));
    if (!written.includes(file)) written.push(file);
    if (found.leaves === 'row') {
      expected.set(table.name, (expected.get(table.name) ?? 0) - found.rows);
    }
  });
  if (orphans.length > 0 && !skipOrphans) throw orphansRefused(orphans);
  for (const { name } of tables) {
    const total = expected.get(name) ?? 0;
    onProgress?.({ step: 'insert', table: name, rows: total, total });
  }
  await stage.finish(tables, expected);
  return {
    tables: tables.map(({ name }) => ({ table: name, rows: expected.get(name) ?? 0 })),
    orphans,
    files: written,
  };
}

type LeaveOut = (found: Orphans, table: RestoredTable, pages: AsyncIterable<Page>) => Promise<void>;

/** Parents first, so that the rows of rows that are left out are found as well. */
async function orphansOf(
  stage: Stage,
  tables: readonly RestoredTable[],
  skips: boolean,
  leaveOut: LeaveOut,
): Promise<Orphans[]> {
  const all: Orphans[] = [];
  for (const table of tables) {
    // Rows that are left out come first: a key to one of them in the same table is gone then.
    const keys = [...table.keys].sort((a, b) => Number(a.setsNull) - Number(b.setsNull));
    for (let isChanged = true; isChanged;) {
      isChanged = false;
      for (const key of keys) {
        const { rows, values } = await stage.missing(table, key);
        if (rows === 0) continue;
        const found: Orphans = {
          ...{ table: table.name, columns: key.columns, rows, values },
          references: `${key.parent.table}.${key.parentColumns.join(', ')}`,
          leaves: key.setsNull ? 'key' : 'row',
        };
        all.push(found);
        if (!skips) continue;
        await leaveOut(found, table, stage.missingRows(table, key));
        await stage.leaveOut(table, key);
        isChanged = true;
      }
    }
  }
  return all;
}

/** One line a row: the key that is gone, whether the row is restored without it, and the row. */
async function list(
  path: string,
  { columns, references, leaves }: Orphans,
  pages: AsyncIterable<Page>,
  isBegun: boolean,
): Promise<void> {
  const reason = JSON.stringify({ columns, references, restored: leaves === 'key' });
  const before = `${reason.slice(0, -1)},"row":`;
  const handle = await open(path, isBegun ? 'a' : 'w', 0o600);
  try {
    for await (const { data } of pages) {
      const text = data.toString('utf8');
      await handle.writeFile(text.replaceAll(/^.+$/gm, (line) => `${before}${line}}`));
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function orphansRefused(orphans: readonly Orphans[]): BillingError {
  const parts = orphans.map(
    ({ table, columns, references, rows, values }) =>
      `${rows} of ${table} by ${columns.join(', ')} to ${references} ` +
      `(${values.slice(0, 3).join(', ')}${values.length > 3 ? ', …' : ''})`,
  );
  return refused(
    `Rows of the backup refer to rows that are gone: ${parts.join('; ')}`,
    'restore those first, or leave such rows out with --skip-orphans or skipOrphans, which lists them in a file',
    { orphans },
  );
}

/** What the database says of a row, as a refusal of the restore. */
function asRefusal(error: unknown): unknown {
  const found = toBillingError(error);
  if (!(found instanceof BillingError)) return rejection(found);
  if (!found.code.endsWith('_VIOLATION')) return found;
  const { table } = (found.details ?? {}) as { table?: string };
  return BillingError.restoreRefused(
    `The database rejected a row of the backup, and nothing was restored: ${found.message.replace(/\. .*$/s, '')}`,
    'correct what the tables have beside the backup, such as a CHECK or a trigger, and retry',
    { details: table === undefined ? {} : { table }, cause: found },
  );
}

/** Errors of Postgres' class 22: a value that its type does not take. On D1 a batch refuses in words. */
function rejection(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '' } = error as { code?: unknown };
  const words = /bad JSON path: '(.*)'/s.exec(error.message)?.[1];
  if (words !== undefined)
    return BillingError.restoreRefused(words, 'look at the tables and retry', {
      details: {},
      cause: error,
    });
  if (
    !String(code).startsWith('22') &&
    !/malformed JSON|numeric out of range/.test(error.message)
  ) {
    return error;
  }
  return BillingError.restoreRefused(
    `The database rejected a value of the backup, and nothing was restored: ${error.message}`,
    'restore it where the columns have the types of the backup',
    { details: {}, cause: error },
  );
}

function linesIn(buffer: Buffer): number {
  let count = 0;
  for (let at = buffer.indexOf(10); at !== -1; at = buffer.indexOf(10, at + 1)) count += 1;
  return count;
}
