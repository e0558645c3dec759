import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sqlScripts, writeSqlFiles } from '../../src';
import type { ScriptDialect } from '../../src';
import { FAMILY_MIGRATIONS } from '../../src/migrations/families';
import { billing } from '../cli/programs';
import { newFolder } from '../support/test-run';

const migrationsFor = (dialect: ScriptDialect) =>
  [FAMILY_MIGRATIONS.user, FAMILY_MIGRATIONS.tenant].flatMap(
    (family) => family[dialect === 'd1' ? 'sqlite' : 'postgres'],
  );

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
      names.flatMap((name) => [join(out, name), join(`${out}-rollback`, name)]),
    );
    expect(readdirSync(out).sort()).toEqual([...files, ...names].sort());
    expect(readdirSync(`${out}-rollback`).sort()).toEqual(names);
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
      join(`${out}-rollback`, '0006_create_tenant_billing.sql'),
    ]);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(await write(out)).toMatchObject({ written: [], kept: { length: 2 } });
  });

  it('U3 writes a rollback file again that is gone, under the name that the forward file has', async () => {
    const out = folderWith();
    await write(out);
    const name = '0002_create_user_billing.sql';
    const text = readFileSync(join(`${out}-rollback`, name), 'utf8');
    renameSync(join(out, name), join(out, '0009_billing.sql'));
    rmSync(join(`${out}-rollback`, name));
    const rollback = join(`${out}-rollback`, '0009_billing.sql');
    expect(await write(out)).toMatchObject({ written: [rollback], kept: { length: 2 } });
    expect(readFileSync(rollback, 'utf8')).toBe(text.replaceAll(name, '0009_billing.sql'));
  });

  it('U3 refuses a folder that has the files for another database', async () => {
    const out = folderWith();
    await write(out);
    const postgres = { dialect: 'postgres', out } as const;
    await expect(writeSqlFiles(migrationsFor('postgres'), postgres)).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringMatching(
        /0001_create_tenant_billing\.sql, which is for d1: .* to another folder/,
      ) as string,
    });
  });

  it('U3 passes over a folder with a name like a file, and numbers after no number that is too long', async () => {
    const out = folderWith('20261120093000123_init.sql');
    mkdirSync(join(out, 'old.sql'));
    await expect(write(out)).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringMatching(/20261120093000123_init\.sql .* by --from/) as string,
    });
    expect((await write(out, 7)).written).toHaveLength(4);
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
    await expect(write(newFolder('sql'), from)).rejects.toMatchObject({ code: 'INVALID_CALL' });
  });

  it('U3 names the table of applied files as the wrangler configuration does', async () => {
    const options = { dialect: 'd1', wranglerTable: 'applied_files' } as const;
    const [script] = await sqlScripts(migrationsFor('d1'), options);
    expect(script!.rollback).toContain('DELETE FROM applied_files WHERE name');
    expect(script!.rollback).not.toContain('d1_migrations');
    await expect(
      sqlScripts(migrationsFor('d1'), { dialect: 'd1', wranglerTable: 'x; DROP TABLE y' }),
    ).rejects.toMatchObject({ code: 'INVALID_CALL' });
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
        'drizzle-rollback/0003_create_tenant_billing.sql',
      ],
      kept: [],
    });
    expect(existsSync(join(cwd, 'drizzle-rollback/0003_create_tenant_billing.sql'))).toBe(true);
  });

  it.each([
    [['sql', '--out', 'x'], /--dialect postgres or d1/],
    [['sql', '--dialect', 'd1'], /--out <folder>/],
    [['sql', '--dialect', 'mysql', '--out', 'x'], /"mysql", not postgres or d1/],
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
