import type { DataSource } from 'typeorm';
import { check, compare } from '../../src';
import { openBilling } from '../support/data-source';
import { catalog, engines, rowsOf, TENANT_IDS, type TestDatabase } from '../support/engines';

const PLAN = '00000000-0000-4000-8000-000000000001';

/** Of the host's, on and beside a column of billing's that has another name meanwhile. */
const HOST = {
  postgres: [
    'ALTER TABLE plans ADD COLUMN segment varchar(100), ADD COLUMN "we""ird" integer',
    'CREATE INDEX host_title ON plans (title, segment)',
    'CREATE VIEW "we""ird" AS SELECT title AS label FROM plans',
  ],
  sqlite: [
    'ALTER TABLE plans ADD COLUMN segment varchar(100)',
    'ALTER TABLE plans ADD COLUMN "we""ird" integer',
    'CREATE INDEX host_title ON plans (title, segment)',
    'CREATE VIEW "we""ird" AS SELECT title AS label FROM plans',
    `CREATE TRIGGER host_kept BEFORE DELETE ON plans WHEN old.title = 'Team' BEGIN SELECT RAISE(ABORT, 'kept'); END`,
    `CREATE TRIGGER "host""gone" AFTER DELETE ON tenants BEGIN DELETE FROM plans WHERE title = 'Pro'; END`,
  ],
};

describe.each(engines)(
  'T6 B1 a column changed by hand, on $name',
  ({ createDatabase, dialect }) => {
    let database: TestDatabase;
    let dataSource: DataSource;

    beforeEach(async () => {
      ({ database, dataSource } = await openBilling(createDatabase, { host: 'rows' }));
    });

    const addRows = async (name: string): Promise<void> => {
      await database.exec(`INSERT INTO plans (id, ${name}) VALUES ('${PLAN}', 'Team')`);
      await database.exec(
        `INSERT INTO subscriptions (id, tenant_id, plan_id) VALUES ('${PLAN}', '${TENANT_IDS[0]}', '${PLAN}')`,
      );
    };

    const rows = async (): Promise<unknown> =>
      Promise.all(['plans', 'subscriptions'].map((table) => rowsOf(database, table)));

    /** On SQLite a table is made again, while it has no rows. */
    const remakePlans = async (find: RegExp, replace: string): Promise<void> => {
      const [row] = await database.sql<{ sql: string }>(
        `SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'plans'`,
      );
      const sql = row!.sql.replaceAll(find, replace);
      expect(sql).not.toBe(row!.sql);
      await database.exec('DROP TABLE plans');
      await database.exec(sql);
    };

    const fix = async (statements: readonly string[]): Promise<void> => {
      for (const statement of statements) await database.exec(statement);
    };

    const renamed = async (): Promise<unknown> => {
      await addRows('name');
      const before = await rows();
      await database.exec('ALTER TABLE plans RENAME COLUMN name TO title');
      await fix(HOST[dialect]);
      return before;
    };

    const expectFixed = async (before: unknown): Promise<void> => {
      const { differences, hosts } = await compare(dataSource);
      expect(differences).toEqual([]);
      expect(hosts.map(({ name }) => name)).toEqual(expect.arrayContaining(['segment', 'we"ird']));
      expect(await rows()).toEqual([
        [
          expect.objectContaining({
            ...(before as object[][])[0]![0],
            segment: null,
            'we"ird': null,
          }) as unknown,
        ],
        (before as unknown[])[1],
      ]);
      expect(await database.sql('SELECT label FROM "we""ird"')).toEqual([{ label: 'Team' }]);
      if (dialect === 'sqlite') {
        await expect(database.exec('DELETE FROM plans')).rejects.toThrow('kept');
        await database.exec(`INSERT INTO plans (id, name) VALUES ('${TENANT_IDS[0]}', 'Pro')`);
        await database.exec(`INSERT INTO tenants SELECT * FROM tenants WHERE false`);
        await database.exec(`DELETE FROM subscriptions`);
        await database.exec(`DELETE FROM tenants`);
        expect(await database.sql('SELECT name FROM plans')).toEqual([{ name: 'Team' }]);
      }
    };

    it('T6 is renamed back if it was renamed, and is not listed', async () => {
      const before = await renamed();
      const { differences, hosts } = await compare(dataSource);
      expect(differences).toEqual(['ALTER TABLE "plans" RENAME COLUMN "title" TO "name"']);
      expect(hosts.map(({ kind, name }) => [kind, name])).toEqual(
        expect.arrayContaining([
          ['column', 'segment'],
          ['column', 'we"ird'],
          ['index', 'host_title'],
        ]),
      );
      expect(hosts.map(({ name }) => name)).not.toContain('title');
      await fix(differences);
      await expectFixed(before);
    });

    it('T6 is renamed back beside another difference of its table', async () => {
      if (dialect === 'sqlite') await remakePlans(/BETWEEN 0 AND 730/g, 'BETWEEN 0 AND 31');
      else {
        await database.exec(
          'ALTER TABLE plans DROP CONSTRAINT ck_plans_trial_days, ADD CONSTRAINT ck_plans_trial_days CHECK (trial_days < 31)',
        );
      }
      const before = await renamed();
      const differences = await check(dataSource);
      expect(differences.join('\n')).toContain('RENAME COLUMN "title" TO "name"');
      await fix(differences);
      await expectFixed(before);
      await database.exec('UPDATE plans SET trial_days = 730');
      await expect(database.exec('UPDATE plans SET trial_days = 731')).rejects.toThrow();
    });

    it('T6 is renamed back if other tables refer to it', async () => {
      await addRows('name');
      const before = await rows();
      await database.exec('ALTER TABLE plans RENAME COLUMN id TO key');
      const differences = await check(dataSource);
      expect(differences).toEqual(['ALTER TABLE "plans" RENAME COLUMN "key" TO "id"']);
      await fix(differences);
      expect(await check(dataSource)).toEqual([]);
      expect(await rows()).toEqual(before);
    });

    it('T6 is added if it may be null, and a column like it stays', async () => {
      // On SQLite a CHECK names the column, so that it can't be dropped alone.
      if (dialect === 'sqlite') {
        await remakePlans(/^ *"description" .*\n|^.*ck_plans_description".*\n/gm, '');
      } else await database.exec('ALTER TABLE plans DROP COLUMN description');
      await database.exec('ALTER TABLE plans ADD COLUMN segment text');
      const { differences, hosts } = await compare(dataSource);
      expect(differences).toContainEqual(expect.stringMatching(/"description" text(?:,|$)/m));
      expect(hosts).toMatchObject([{ kind: 'column', name: 'segment' }]);
      await fix(differences);
      expect(await compare(dataSource)).toMatchObject({ differences: [], hosts });
    });

    describe('that is required and gone', () => {
      beforeEach(async () => {
        if (dialect === 'sqlite') {
          await remakePlans(/BETWEEN 0 AND 730/g, 'BETWEEN 0 AND 31');
          await remakePlans(/^ *"name" .*\n|^.*(?:ck|uq)_plans_name".*\n/gm, '');
        } else {
          await database.exec('ALTER TABLE plans DROP COLUMN name');
        }
        await database.exec('CREATE VIEW prices AS SELECT price_monthly FROM plans');
        await database.exec('DROP INDEX ix_subscriptions_plan_id');
      });

      it('T6 is refused first, and nothing is changed, if there are rows', async () => {
        await database.exec(`INSERT INTO plans (id) VALUES ('${PLAN}')`);
        const differences = await check(dataSource);
        const [before, rowsBefore] = [await catalog(database), await rows()];
        await expect(database.exec(differences[0]!)).rejects.toThrow(/not.null|null values/i);
        expect(differences[0]).toMatch(/^ALTER TABLE "plans" ADD (?:COLUMN )?"name" /);
        expect(await catalog(database)).toEqual(before);
        expect(await rows()).toEqual(rowsBefore);
      });

      it('T6 is added if there are none', async () => {
        await fix(await check(dataSource));
        expect(await check(dataSource)).toEqual([]);
        await database.exec('SELECT * FROM prices');
        await addRows('name');
        await expect(addRows('name')).rejects.toThrow(/unique/i);
      });
    });
  },
);
