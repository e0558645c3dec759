import { check, migrate, revert, sqlScripts, status } from '../../src';
import type { ScriptDialect } from '../../src';
import { FAMILY_MIGRATIONS } from '../../src/migrations/families';
import { openDataSource } from '../support/data-source';
import {
  catalog,
  describeOn,
  engineNamed,
  HOST_TABLES,
  rowsOf,
  type TestDatabase,
} from '../support/engines';

const migrationsFor = (dialect: ScriptDialect) =>
  [FAMILY_MIGRATIONS.user, FAMILY_MIGRATIONS.tenant].flatMap(
    (family) => family[dialect === 'd1' ? 'sqlite' : 'postgres'],
  );

for (const dialect of ['postgres', 'd1'] as const)
  describeOn(dialect, `U3 SQL scripts for ${dialect}`, () => {
    const { createDatabase } = engineNamed(dialect);
    let database: TestDatabase;

    beforeEach(async () => {
      database = await createDatabase({ host: 'rows' });
    });

    const states = async (): Promise<string[]> => {
      return (await status(await openDataSource(database))).map(({ state }) => state);
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
      expect(forward).toMatch(
        /^-- typeorm-billing migration CreateUserBilling\d{13} for (?:postgres|d1)\n/,
      );
      expect(forward).toMatch(/^-- Makes .*payment_attempts.* the host's "user"."id"/m);
      expect(rollback).toMatch(/^-- typeorm-billing rollback of CreateUserBilling\d{13}\n/);
      expect(rollback).toMatch(
        /^-- Refused, .* while it would drop rows, unless a line below is uncommented/m,
      );
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

    if (dialect === 'd1') {
      it('U3 a rollback file that wrangler applies as a migration changes nothing', async () => {
        const [script] = await sqlScripts(migrationsFor(dialect), { dialect });
        await send(script!.forward);
        const before = await catalog(database);
        // What `wrangler d1 migrations apply` adds to a file.
        const record = `\nINSERT INTO "d1_migrations" (name)\nvalues ('rollback/0001.sql');`;
        await expect(send(script!.rollback + record)).rejects.toThrow(/syntax error/);
        expect(await catalog(database)).toEqual(before);
        await send(script!.rollback);
        expect(await catalog(database)).not.toEqual(before);
      });
    }

    /** As the tool does: psql sends one statement after the other, wrangler a file as one batch. */
    async function send(text: string): Promise<void> {
      const statements = dialect === 'postgres' ? text.split(/(?<=;)\n/) : [text];
      for (const statement of statements) await database.exec(statement);
    }
  });

describeOn('d1', 'U3 SQL scripts for d1 on a host that is not as they need it', () => {
  it.each([
    ['no table', '', /no such table: user/],
    ['no such column', 'CREATE TABLE "user" (uid text PRIMARY KEY)', /no such column: user\.id/],
    [
      'a column that is no key',
      'CREATE TABLE "user" (id text)',
      /foreign key mismatch - "\w+" referencing "user"/,
    ],
  ])('U3 %s: the file is refused as a whole', async (_, host, says) => {
    const database = await engineNamed('d1').createDatabase({ host: 'none' });
    if (host) await database.exec(host);
    const before = await catalog(database);
    const scripts = await sqlScripts(FAMILY_MIGRATIONS.user.sqlite, { dialect: 'd1' });
    await expect(database.exec(scripts[0]!.forward)).rejects.toThrow(says);
    expect(await catalog(database)).toEqual(before);
  });
});
