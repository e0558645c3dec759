import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, migrate, revert, sqlScripts, status, writeSqlFiles } from '../../src';
import type { ScriptDialect } from '../../src';
import { FAMILY_MIGRATIONS } from '../../src/migrations/families';
import { billing } from '../cli/programs';
import { openDataSource } from '../support/data-source';
import { catalog, engines, HOST_TABLES, rowsOf, type TestDatabase } from '../support/engines';
import { newFolder } from '../support/test-run';

const migrationsFor = (dialect: ScriptDialect) =>
  [FAMILY_MIGRATIONS.user, FAMILY_MIGRATIONS.tenant].flatMap(
    (family) => family[dialect === 'd1' ? 'sqlite' : 'postgres'],
  );

const engine = (name: string) => engines.find((one) => one.name === name)!;

describe.each(['postgres', 'd1'] as const)('U3 SQL scripts for %s', (dialect) => {
  const { createDatabase } = engine(dialect);
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createDatabase({ host: 'rows' });
  });

  afterEach(() => database.close());

  const states = async (): Promise<string[]> => {
    const dataSource = await openDataSource(database);
    try {
      return (await status(dataSource)).map(({ state }) => state);
    } finally {
      await dataSource.destroy();
    }
  };

  /** All but wrangler's own table, which is not there where wrangler has done nothing. */
  const ours = async () =>
    (await catalog(database)).filter(({ table }) => table !== 'd1_migrations');

  const hostRows = async () => {
    const rows: Record<string, unknown> = {};
    for (const table of HOST_TABLES) rows[table] = await rowsOf(database, table);
    return rows;
  };

  it('U3 do what migrate() does and what revert() does, and the library knows', async () => {
    const before = await ours();
    const rows = await hostRows();
    const scripts = await sqlScripts(migrationsFor(dialect), { dialect });
    expect(scripts.map(({ file }) => file)).toEqual([
      '0001_create_tenant_billing.sql',
      '0002_create_user_billing.sql',
    ]);

    for (const { forward } of scripts) await database.exec(forward);
    expect(await states()).toEqual(['applied', 'applied']);
    const dataSource = await openDataSource(database);
    expect(await migrate(dataSource)).toEqual([]);
    expect(await check(dataSource)).toEqual([]);
    await dataSource.destroy();
    expect(await hostRows()).toEqual(rows);

    for (const { rollback } of [...scripts].reverse()) await database.exec(rollback);
    expect(await states()).toEqual(['pending', 'pending']);
    expect(await ours()).toEqual(before);
    expect(await hostRows()).toEqual(rows);
  });

  it('U3 take back what migrate() did, and revert() takes back what they did', async () => {
    const before = await ours();
    const scripts = await sqlScripts(migrationsFor(dialect), { dialect });
    const dataSource = await openDataSource(database);

    await migrate(dataSource);
    for (const { rollback } of [...scripts].reverse()) await database.exec(rollback);
    expect(await states()).toEqual(['pending', 'pending']);
    expect(await ours()).toEqual(before);

    for (const { forward } of scripts) await database.exec(forward);
    expect(await revert(dataSource, { all: true })).toHaveLength(2);
    expect(await states()).toEqual(['pending', 'pending']);
    expect(await ours()).toEqual(before);
    await dataSource.destroy();
  });

  it('U3 record themselves where the DataSource keeps account', async () => {
    const migrationsTable = 'billing_migrations';
    const others = async () => (await ours()).filter(({ table }) => table !== migrationsTable);
    const before = await others();
    const scripts = await sqlScripts(migrationsFor(dialect), { dialect, migrationsTable });
    const dataSource = await openDataSource(database, {
      BILLING_MIGRATIONS_TABLE: migrationsTable,
    });
    for (const { forward } of scripts) await database.exec(forward);
    const table = async () => (await ours()).filter((one) => one.table === migrationsTable);
    const scripted = await table();
    expect(scripted).not.toEqual([]);
    expect((await status(dataSource)).map(({ state }) => state)).toEqual(['applied', 'applied']);
    expect(await revert(dataSource, { all: true })).toHaveLength(2);
    expect(await others()).toEqual(before);
    // The table itself too is as TypeORM makes it.
    await database.exec(`DROP TABLE ${migrationsTable}`);
    await migrate(dataSource);
    await dataSource.destroy();
    expect(await table()).toEqual(scripted);
    for (const { rollback } of [...scripts].reverse()) await database.exec(rollback);
    expect(await others()).toEqual(before);
  });

  it('U3 say what they do and how they are run, and never begin a transaction in the words that wrangler refuses', async () => {
    const [script] = await sqlScripts(
      FAMILY_MIGRATIONS.user[dialect === 'd1' ? 'sqlite' : dialect],
      {
        dialect,
        from: 7,
      },
    );
    const { file, forward, rollback } = script!;
    expect(file).toBe('0007_create_user_billing.sql');
    expect(forward).toMatch(/^-- typeorm-billing migration CreateUserBilling\d{13}\n/);
    expect(forward).toMatch(/^-- Makes .*payment_attempts.* the host's "user"."id"/m);
    expect(rollback).toMatch(/^-- typeorm-billing rollback of CreateUserBilling\d{13}\n/);
    expect(rollback).toMatch(/^-- Drops .* with all their rows/m);
    const [run, takeBack] =
      dialect === 'd1'
        ? ['wrangler d1 migrations apply', 'wrangler d1 execute <database> --file']
        : ['psql ', 'psql '];
    expect(forward).toMatch(new RegExp(`^-- Run it with: ${run}`, 'm'));
    expect(rollback).toMatch(new RegExp(`^-- Run it with: ${takeBack}`, 'm'));
    for (const text of [forward, rollback]) expect(text).not.toMatch(/BEGIN TRANSACTION/i);
  });

  it('U3 leave nothing of themselves if one of their statements fails', async () => {
    const [script] = await sqlScripts(migrationsFor(dialect), { dialect });
    await database.exec('CREATE TABLE "tenant_config" ("id" text)');
    const before = await catalog(database);
    await expect(send(script!.forward)).rejects.toThrow(/already exists/);
    if (dialect === 'postgres') await database.exec('ROLLBACK');
    expect(await catalog(database)).toEqual(before);
    expect(await states()).toEqual(['pending', 'pending']);

    // And back: after what a rollback file drops comes the record, in a table that is gone.
    await database.exec('DROP TABLE "tenant_config"');
    await send(script!.forward);
    await database.exec('ALTER TABLE "migrations" RENAME TO "moved"');
    const applied = await catalog(database);
    await expect(send(script!.rollback)).rejects.toThrow(/migrations/);
    if (dialect === 'postgres') await database.exec('ROLLBACK');
    expect(await catalog(database)).toEqual(applied);
  });

  /** As the tool does: psql sends one statement after the other, wrangler a file as one batch. */
  async function send(text: string): Promise<void> {
    const statements = dialect === 'postgres' ? text.split(/(?<=;)\n/) : [text];
    for (const statement of statements) await database.exec(statement);
  }
});

describe('U3 the folder of SQL scripts', () => {
  const write = (out: string, from?: number) =>
    writeSqlFiles(migrationsFor('d1'), {
      dialect: 'd1',
      out,
      ...(from === undefined ? {} : { from }),
    });

  function folderWith(...files: string[]): string {
    const folder = newFolder('sql');
    for (const file of files) writeFileSync(join(folder, file), '-- of the host\n');
    return folder;
  }

  it.each([
    [[], ['0001', '0002']],
    [
      ['0000_host.sql', '0007_host.sql'],
      ['0008', '0009'],
    ],
    [['20260101120000_host.sql'], ['20260101120001', '20260101120002']],
    [
      ['host.sql', 'README.md'],
      ['0001', '0002'],
    ],
  ])('U3 after %j is numbered from %j', async (files, numbers) => {
    const out = folderWith(...files);
    const { written } = await write(out);
    const names = [
      `${numbers[0]}_create_tenant_billing.sql`,
      `${numbers[1]}_create_user_billing.sql`,
    ];
    expect(written).toEqual(
      names.flatMap((name) => [join(out, name), join(out, 'rollback', name)]),
    );
    expect(readdirSync(out).sort()).toEqual([...files, ...names, 'rollback'].sort());
    expect(readdirSync(join(out, 'rollback')).sort()).toEqual(names);
  });

  it('U3 keeps what it holds already, as it may have been applied', async () => {
    const out = folderWith('0000_host.sql');
    await writeSqlFiles(FAMILY_MIGRATIONS.user.sqlite, { dialect: 'd1', out, from: 5 });
    const file = join(out, '0005_create_user_billing.sql');
    writeFileSync(file, `${readFileSync(file, 'utf8')}-- a note of the host\n`);
    const text = readFileSync(file, 'utf8');

    const { written, kept } = await write(out);
    expect(kept).toEqual([file]);
    expect(written).toEqual([
      join(out, '0006_create_tenant_billing.sql'),
      join(out, 'rollback/0006_create_tenant_billing.sql'),
    ]);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(await write(out)).toMatchObject({ written: [], kept: { length: 2 } });
  });

  it('U3 refuses a number that a file of the host has, and writes nothing', async () => {
    const out = folderWith('0000_host.sql', '0003_host.sql');
    await expect(write(out, 2)).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringMatching(
        /0003_create_user_billing\.sql.*0003_host\.sql.*from 4/,
      ) as string,
    });
    expect(readdirSync(out)).toEqual(['0000_host.sql', '0003_host.sql']);
    expect((await write(out, 1)).written).toHaveLength(4);
  });

  it.each([[-1], [0.5], [99_999_999_999_999]])('U3 refuses to number from %d', async (from) => {
    await expect(write(newFolder('sql'), from)).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
    });
  });

  it('U3 names the table of applied files as wrangler is told to', async () => {
    const options = { dialect: 'd1', wranglerTable: 'applied_files' } as const;
    const [script] = await sqlScripts(migrationsFor('d1'), options);
    expect(script!.rollback).toContain('DELETE FROM applied_files WHERE name');
    expect(script!.rollback).not.toContain('d1_migrations');
    await expect(
      sqlScripts(migrationsFor('d1'), { dialect: 'd1', wranglerTable: 'x; DROP TABLE y' }),
    ).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  });

  it('U3 is written by db:sql, of the families that the environment names', async () => {
    const cwd = newFolder('sql');
    mkdirSync(join(cwd, 'drizzle'));
    const words = ['sql', '--dialect', 'postgres', '--out', 'drizzle', '--from', '3', '--json'];
    const { exitCode, stdout } = await billing(words, { cwd, env: { BILLING_FAMILIES: 'tenant' } });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      written: [
        'drizzle/0003_create_tenant_billing.sql',
        'drizzle/rollback/0003_create_tenant_billing.sql',
      ],
      kept: [],
    });
    expect(existsSync(join(cwd, 'drizzle/rollback/0003_create_tenant_billing.sql'))).toBe(true);
  });

  it.each([
    [['sql', '--out', 'x'], /--dialect postgres or d1/],
    [['sql', '--dialect', 'd1'], /--out <folder>/],
    [['sql', '--dialect', 'mysql', '--out', 'x'], /it is postgres or d1/],
    [['sql', '--dialect', 'd1', '--out', 'x', '--from', 'two'], /up to 14 digits/],
    [['migrate', '--from', '2'], /migrate has no option --from/],
  ])('U3 %j is refused with a hint', async (words, hint) => {
    const cwd = newFolder('sql');
    const { exitCode, stdout, stderr } = await billing(words, { cwd });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(hint);
    expect(readdirSync(cwd)).toEqual([]);
  });
});
