import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedPackage } from '../package/packed-project';
import { closeAfterwards } from '../support/closing';
import { describeOn, engineNamed } from '../support/engines';
import { run } from '../support/run';
import { createSqliteDatabase } from '../support/sqlite-database';
import { newFolder } from '../support/test-run';
import { billing } from './programs';

/** A closed file with billing's tables, of which one has lost an index: "no difference" is wrong. */
async function differing(journal: 'wal' | 'delete'): Promise<string> {
  const database = await engineNamed('sqlite').createDatabase({ billing: true });
  await database.exec('DROP INDEX "ix_subscriptions_plan_id"');
  await database.exec(`PRAGMA journal_mode = ${journal}`);
  await database.close();
  return database.url.slice('sqlite:'.length);
}

describeOn('sqlite', "T6 check of a SQLite file that can't be read", () => {
  it.each(['wal', 'delete'] as const)(
    'T6 exits with 1 while another process has locked it for longer than the busy timeout (%s)',
    async (journal) => {
      const file = await differing(journal);
      const other = await createSqliteDatabase();
      closeAfterwards(() => other.close());
      await other.exec(
        `ATTACH '${file}' AS held; PRAGMA held.locking_mode = EXCLUSIVE;
         BEGIN EXCLUSIVE; UPDATE held.plans SET name = name; COMMIT; BEGIN EXCLUSIVE`,
      );
      const { exitCode, stdout, stderr } = await check(file);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(/billing\.sqlite can't be opened, as .* for over 50 ms: wait .*\n$/);
      await other.exec('COMMIT');
      await other.close();
      expect(await check(file)).toMatchObject({ exitCode: 1, stdout: NOT_EQUAL });
    },
  );

  it('T6 exits with 1 where the folder is none', async () => {
    const cwd = newFolder('unreadable');
    writeFileSync(join(cwd, 'text'), '');
    const { exitCode, stdout, stderr } = await check(join(cwd, 'text', 'billing.sqlite'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^.*text.*\n$/);
  });

  it('T6 finds the difference in a file that it may only read, or says what is in the way', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'typeorm-billing-'));
    closeAfterwards(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const [wal, plain] = [await differing('wal'), await differing('delete')];
    for (const [name, file, mode] of [
      ['wal', wal, 0o777],
      ['plain', plain, 0o777],
      ['wal-in-closed-folder', wal, 0o555],
      ['plain-in-closed-folder', plain, 0o555],
      ['hidden', plain, 0o000],
    ] as const) {
      mkdirSync(join(folder, name));
      copyFileSync(file, join(folder, name, 'billing.sqlite'));
      chmodSync(join(folder, name, 'billing.sqlite'), 0o444);
      chmodSync(join(folder, name), mode);
    }
    chmodSync(folder, 0o755);
    const script = join(newFolder('unreadable'), 'check.cjs');
    writeFileSync(script, AS_READER);
    const { stdout, stderr } = await run([script, folder, await sharedPackage()], { cwd: folder });
    expect(stderr).toBe('');
    const refused = expect.stringMatching(/^Error: SQLITE_(?:READONLY|CANTOPEN): /) as string;
    expect(JSON.parse(stdout)).toEqual({
      wal: [NOT_EQUAL],
      // The library works in WAL mode, and can't change the file.
      plain: refused,
      'wal-in-closed-folder': refused,
      'plain-in-closed-folder': refused,
      hidden: refused,
    });
  });
});

const NOT_EQUAL = expect.stringContaining('ix_subscriptions_plan_id') as string;

/** The program's `check`, with a short busy timeout. */
async function check(file: string) {
  const cwd = newFolder('check');
  writeFileSync(
    join(cwd, 'data-source.cjs'),
    `const { SqliteDataSource, tenantBilling } = require(${JSON.stringify(await sharedPackage())});
     exports.dataSource = new SqliteDataSource({
       database: ${JSON.stringify(file)},
       busyTimeout: 50,
       entities: tenantBilling.entities,
       migrations: tenantBilling.migrations.sqlite,
     });`,
  );
  return billing(['check', '-d', 'data-source.cjs'], { cwd });
}

/** Checks as a user who owns nothing: root, who may read and write all, becomes nobody first. */
const AS_READER = `
const [, , folder, billing] = process.argv;
const { check, SqliteDataSource, tenantBilling } = require(billing);

async function checked(database) {
  const { entities } = tenantBilling;
  const dataSource = new SqliteDataSource({ database, entities });
  try {
    await dataSource.initialize();
    return await check(dataSource);
  } catch (error) {
    return String(error);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

async function main() {
  // All that is loaded on the way is loaded now.
  await checked(':memory:');
  if (process.getuid?.() === 0) {
    process.setegid(65534);
    process.seteuid(65534);
  }
  const found = {};
  for (const name of ['wal', 'plain', 'wal-in-closed-folder', 'plain-in-closed-folder', 'hidden']) {
    found[name] = await checked(folder + '/' + name + '/billing.sqlite');
  }
  console.log(JSON.stringify(found));
}

main();
`;
