import type { DataSource } from 'typeorm';
import { migrate, pendingSql, sqlScripts, tenantBilling, userBilling } from '../../src';
import { bindSettings, readSettings } from '../../src/data-sources/settings';
import { createDataSource } from '../../src/data-sources/shared';
import { engines } from '../support/engines';
import { opened } from '../support/data-source';
import { unbindHost } from '../support/unbind';
import { openHost } from './open-host';

afterEach(unbindHost);

const invalid = (message: string): Error =>
  expect.objectContaining({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringContaining(message) as unknown,
  }) as Error;

describe('T3 U2 C3 tables that are named where no class is at hand', () => {
  it.each(engines)('T3 U2 C3 migrate on $name, and the same in SQL files', async (engine) => {
    const { dialect } = engine;
    const database = await engine.createDatabase({ host: 'none' });
    const organizations = dialect === 'postgres' ? 'core.organizations' : 'organizations';
    await database.exec(
      `${dialect === 'postgres' ? 'CREATE SCHEMA core;' : ''}
       CREATE TABLE ${organizations} (id integer PRIMARY KEY);
       CREATE TABLE "ac.counts" (k varchar(48) PRIMARY KEY)`,
    );
    const settings = readSettings({
      DATABASE_URL: 'sqlite::memory:',
      BILLING_TENANT: 'core.organizations.id:integer',
      BILLING_USER: '"ac.counts".k:varchar(48)',
    });
    bindSettings(settings);
    const dataSource: DataSource = await (database.binding !== undefined || dialect === 'postgres'
      ? openHost(database, [])
      : opened(createDataSource(readSettings({ DATABASE_URL: database.url }))));
    const shown = (await pendingSql(dataSource)).flatMap(({ sql }) => sql).join('\n');
    const scripts = await sqlScripts(
      [...tenantBilling.migrations[dialect], ...userBilling.migrations[dialect]],
      { dialect: dialect === 'postgres' ? 'postgres' : 'd1' },
    );
    for (const text of [shown, scripts.map(({ forward }) => forward).join('\n')]) {
      expect(text).toContain(
        `REFERENCES ${dialect === 'postgres' ? '"core"."organizations"' : '"organizations"'} ("id")`,
      );
      expect(text).toContain('REFERENCES "ac.counts" ("k")');
      expect(text).toContain('"tenant_id" integer NOT NULL');
      expect(text).toContain('"user_id" varchar(48) NOT NULL');
      expect(text).not.toMatch(/REFERENCES "(?:tenants|user)"/);
    }
    expect(await migrate(dataSource)).toHaveLength(2);
  });

  it.each([
    ['organizations', 'BILLING_TENANT is "organizations"'],
    ['organizations.id:date', '"date" is no type of a key'],
  ])('C3 refuses BILLING_TENANT=%s', (text, message) => {
    expect(() => readSettings({ DATABASE_URL: 'sqlite::memory:', BILLING_TENANT: text })).toThrow(
      invalid(message),
    );
  });
});

describe.each(engines)(
  'T4 a host table that does not fit on $name',
  ({ createDatabase, dialect }) => {
    it('T4 is answered with the table that is near, and what binds it', async () => {
      const database = await createDatabase({ host: 'none' });
      await database.exec(
        `CREATE TABLE tenants (id ${dialect === 'postgres' ? 'uuid' : 'text'} PRIMARY KEY);
       CREATE TABLE users (id integer PRIMARY KEY, name text);
       CREATE TABLE invoices (id integer PRIMARY KEY)`,
      );
      const error: unknown = await migrate(await openHost(database, [], { logger: 'debug' })).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'HOST_TABLE_MISSING' });
      const { message } = error as Error;
      for (const part of [
        '"users" ("id" integer)',
        'bindHost({ user: … })',
        'BILLING_USER=users.id:integer',
      ]) {
        expect(message).toContain(part);
      }
      expect(message).not.toMatch(/invoices|BILLING_HOST_TABLES/);
    });
  },
);
