import { appendFile, cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backup, type BackupManifest, restore } from '../../src';
import { newFolder } from '../support/test-run';
import { openBilling } from '../support/data-source';
import { engines, USER_IDS } from '../support/engines';
import { fill } from '../generate/rows';
import { countsOf, valuesOf } from './rows';

describe.each(engines)('R2 a restore on $name', ({ createDatabase }) => {
  const original = join(newFolder('backup'), 'original');
  let expected: Awaited<ReturnType<typeof valuesOf>>;

  beforeAll(async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    await fill(database);
    await backup(dataSource, original);
    expected = await valuesOf(dataSource);
  });

  const copied = async (): Promise<string> => {
    const folder = join(newFolder('backup'), 'copy');
    await cp(original, folder, { recursive: true });
    return folder;
  };

  const changeManifest = async (
    folder: string,
    change: (manifest: Record<string, unknown> & Pick<BackupManifest, 'tables'>) => object,
  ): Promise<void> => {
    const path = join(folder, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as BackupManifest;
    await writeFile(path, JSON.stringify(change({ ...manifest })));
  };

  const INVALID: readonly (readonly [string, (folder: string) => Promise<unknown>, RegExp])[] = [
    [
      'a file with another byte',
      async (folder) => {
        const path = join(folder, 'plans.jsonl');
        await writeFile(path, (await readFile(path, 'utf8')).replace('Pro', 'Prx'));
      },
      /plans\.jsonl in .* was changed: its SHA-256/,
    ],
    [
      'a file that is longer',
      (folder) => appendFile(join(folder, 'plans.jsonl'), '{}\n'),
      /plans\.jsonl in .* has \d+ bytes, not \d+/,
    ],
    [
      'a missing file',
      (folder) => rm(join(folder, 'plans.jsonl')),
      /plans\.jsonl in .* is missing/,
    ],
    [
      'another count',
      (folder) =>
        changeManifest(folder, ({ tables, ...rest }) => ({
          ...rest,
          tables: tables.map((one) => ({ ...one, rows: one.rows + 1 })),
        })),
      /has \d+ rows, not \d+/,
    ],
    [
      'no manifest, as of an interrupted backup',
      (folder) => rename(join(folder, 'manifest.json'), join(folder, 'manifest.json.incomplete')),
      /There is no manifest\.json/,
    ],
    [
      'a manifest that is cut off',
      async (folder) => {
        const path = join(folder, 'manifest.json');
        await writeFile(path, (await readFile(path, 'utf8')).slice(0, -10));
      },
      /is not JSON/,
    ],
    [
      'a format of the future',
      (folder) => changeManifest(folder, (manifest) => ({ ...manifest, version: 2 })),
      /format version 2/,
    ],
    [
      'another manifest',
      (folder) => writeFile(join(folder, 'manifest.json'), '{"name":"x"}'),
      /is not the manifest of a backup/,
    ],
    [
      'a file outside of the folder',
      (folder) =>
        changeManifest(folder, ({ tables, ...rest }) => ({
          ...rest,
          tables: tables.map((one) => ({ ...one, file: '../plans.jsonl' })),
        })),
      /lacks a part/,
    ],
  ];

  it('R2 refuses a backup with anything wrong before the first row, and restores nothing', async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    const before = await countsOf(database);
    for (const [, damage, message] of INVALID) {
      const folder = await copied();
      await damage(folder);
      await expect(restore(dataSource, folder)).rejects.toMatchObject({
        code: 'BACKUP_INVALID',
        message: expect.stringMatching(message) as unknown,
      });
    }
    expect(await countsOf(database)).toEqual(before);
  });

  it('R2 refuses tables with rows and lists the counts', async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    await restore(dataSource, original);
    await expect(restore(dataSource, original)).rejects.toMatchObject({
      code: 'RESTORE_REFUSED',
      details: { rows: await countsOf(database) },
    });
    expect(await valuesOf(dataSource)).toEqual(expected);
  });

  it('R2 takes all back if a CHECK rejects one row', async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    // The last row of the last table.
    await database.exec(
      database.engine === 'postgres'
        ? `ALTER TABLE payment_attempts ADD CONSTRAINT ck_own CHECK (currency <> 'JPY')`
        : `CREATE TRIGGER own BEFORE INSERT ON payment_attempts WHEN new.currency = 'JPY'
           BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: ck_own'); END`,
    );
    await expect(restore(dataSource, original)).rejects.toMatchObject({ code: 'RESTORE_REFUSED' });
    expect(Object.values(await countsOf(database)).every((count) => count === 0)).toBe(true);
    await database.exec(
      database.engine === 'postgres'
        ? 'ALTER TABLE payment_attempts DROP CONSTRAINT ck_own'
        : 'DROP TRIGGER own',
    );
    await restore(dataSource, original);
    expect(await valuesOf(dataSource)).toEqual(expected);
  });

  it('R2 lists the host rows that are gone, and leaves theirs out if it is told to', async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    const [alice] = USER_IDS;
    await database.sql(`DELETE FROM "user" WHERE id = $1`, [alice]);
    const folder = await copied();
    await expect(restore(dataSource, folder)).rejects.toMatchObject({
      code: 'RESTORE_REFUSED',
      details: {
        orphans: [
          { table: 'direct_debit_tokens', columns: ['user_id'], rows: 3, values: [alice] },
          { table: 'user_subscriptions', columns: ['user_id'], rows: 2, values: [alice] },
          { table: 'payment_attempts', columns: ['user_id'], rows: 3, values: [alice] },
        ],
      },
    });
    expect(Object.values(await countsOf(database)).every((count) => count === 0)).toBe(true);

    const { files } = await restore(dataSource, folder, { skipOrphans: true });
    const theirs = (row: object): boolean => 'userId' in row && row.userId === alice;
    const kept = Object.entries(expected).map(([table, rows]) => [
      table,
      rows
        .filter((row) => !theirs(row))
        // Bob's token had been replaced by one of Alice's: deleting that sets the key to NULL.
        .map((row) => ('replacedById' in row ? { ...row, replacedById: null } : row)),
    ]);
    expect(await valuesOf(dataSource)).toEqual(Object.fromEntries(kept));
    expect(files.map((file) => file.replace(/^orphans-|\.jsonl$/g, '')).sort()).toEqual([
      ...['direct_debit_tokens', 'payment_attempts', 'user_subscriptions'],
    ]);
    const lines = (await readFile(join(folder, 'orphans-direct_debit_tokens.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { restored: boolean; columns: string[] });
    expect(lines.map(({ columns, restored }) => [...columns, restored])).toEqual([
      ...Array.from({ length: 3 }, () => ['user_id', false]),
      ['replaced_by_id', true],
    ]);
  });

  it('R2 writes to no folder with anything else in it, and goes on after an interrupted backup', async () => {
    const { dataSource } = await openBilling(createDatabase, { host: 'rows' });
    const folder = await copied();
    const before = await readFile(join(folder, 'manifest.json'), 'utf8');
    await expect(backup(dataSource, folder)).rejects.toMatchObject({ code: 'INVALID_CALL' });
    expect(await readFile(join(folder, 'manifest.json'), 'utf8')).toBe(before);

    await rename(join(folder, 'manifest.json'), join(folder, 'manifest.json.incomplete'));
    await backup(dataSource, folder);
    expect((await readdir(folder)).filter((name) => name.startsWith('manifest'))).toEqual([
      'manifest.json',
    ]);
    await rm(join(folder, 'manifest.json'));
    await expect(backup(dataSource, folder)).rejects.toMatchObject({
      code: 'INVALID_CALL',
      message: expect.stringContaining('is not empty') as unknown,
    });
  });
});
