import { check, revert, sqlScripts, status, tenantBilling, userBilling } from '../../src';
import { bindSettings, readMigrationSettings } from '../../src/data-sources/settings';
import { catalog, engines } from '../support/engines';
import { unbindHost } from '../support/unbind';
import { openHost } from './open-host';

afterEach(unbindHost);

const OWN = `
  CREATE TABLE plans (id integer PRIMARY KEY);
  CREATE TABLE subscriptions (id integer PRIMARY KEY)`;

describe.each(engines.filter(({ name }) => name !== 'sqlite'))(
  'T4 U4 SQL files with BILLING_PREFIX and BILLING_SCHEMA on $name',
  ({ name, dialect, createDatabase }) => {
    it("T4 U4 run beside the host's tables, are known to check and status, and are taken back", async () => {
      bindSettings(readMigrationSettings({ BILLING_PREFIX: 'b_', BILLING_SCHEMA: 'billing' }));
      const database = await createDatabase();
      await database.exec(OWN);
      const hosts = async (): Promise<unknown> =>
        (await catalog(database)).filter(({ table }) => table !== 'd1_migrations');
      const before = await hosts();
      const scripts = await sqlScripts(
        [...tenantBilling.migrations[dialect], ...userBilling.migrations[dialect]],
        { dialect: name === 'd1' ? 'd1' : 'postgres' },
      );
      for (const { forward } of scripts) await database.exec(forward);
      const dataSource = await openHost(database, []);
      expect((await status(dataSource)).map(({ state }) => state)).toEqual(['applied', 'applied']);
      expect(await check(dataSource)).toEqual([]);
      for (const { rollback } of [...scripts].reverse()) await database.exec(rollback);
      expect(await hosts()).toEqual(before);

      // What a file made, the program reverts.
      for (const { forward } of scripts) await database.exec(forward);
      expect(await revert(dataSource, { all: true })).toHaveLength(2);
      expect(await hosts()).toEqual(before);
    });
  },
);
