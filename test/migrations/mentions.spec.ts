import { revert, tenantBilling } from '../../src';
import { openDataSource } from '../support/data-source';
import { engines } from '../support/engines';
import { partsOf } from '../support/host-additions';

/** What names `plans` where a table stands. */
const NAMED = [
  `VIEW v AS SELECT 1 AS x FROM tenants WHERE id IN plans`,
  `VIEW v AS SELECT * FROM 'plans'`,
  `VIEW v AS SELECT * FROM [Plans]`,
  'VIEW v AS SELECT * FROM main . `plans` AS p',
  `VIEW v AS SELECT * FROM /* the */ plans`,
  `VIEW v AS SELECT * FROM -- the\n"plans"`,
  `VIEW v AS SELECT * FROM (tenants, plans)`,
  `VIEW v AS SELECT * FROM tenants t, plans p`,
  `VIEW v AS SELECT 1 FROM (SELECT id, name FROM tenants ORDER BY name, id) t, plans p`,
  `VIEW v AS SELECT a.id FROM tenants a JOIN tenants b ON a.id = b.id, plans`,
  `VIEW v AS SELECT count(*) AS n FROM tenants GROUP BY id UNION SELECT 1 FROM tenants, plans`,
  `VIEW v AS WITH plans AS (SELECT * FROM main.plans) SELECT * FROM plans`,
  `TRIGGER v AFTER UPDATE ON tenants BEGIN UPDATE OR IGNORE plans SET sort_order = 1; END`,
  `TRIGGER v AFTER UPDATE ON tenants BEGIN SELECT 1; DELETE FROM plans; END`,
  `TRIGGER v AFTER UPDATE ON tenants BEGIN INSERT INTO plans (id, name) VALUES (new.id, 'it''s'); END`,
  `TRIGGER v AFTER UPDATE ON tenants BEGIN UPDATE tenants SET id = p.id FROM user, plans p; END`,
  // Long ones are read in parts: names may stand across two of them.
  `TRIGGER v AFTER UPDATE ON tenants BEGIN ${'SELECT id FROM user; '.repeat(600)}DELETE FROM plans; END`,
  `TRIGGER v AFTER UPDATE ON tenants BEGIN ${'SELECT id FROM user; '.repeat(600)} DELETE FROM  plans; END`,
];

/** What has the word elsewhere. */
const ALIKE = [
  `VIEW v AS SELECT * FROM tenants -- not from plans`,
  `VIEW v AS SELECT * FROM tenants /* , plans */`,
  `VIEW v AS SELECT 'take from plans ' AS x FROM tenants`,
  `VIEW v AS SELECT 1 AS x FROM tenants WHERE id IN ('a', 'plans')`,
  `VIEW v AS SELECT id AS plans, id AS b FROM tenants ORDER BY b, plans`,
  `VIEW v AS SELECT id AS b, id AS plans FROM tenants GROUP BY b, plans`,
  `VIEW v AS SELECT t.b, t.plans FROM (SELECT id AS b, id AS plans FROM tenants) t`,
  `VIEW v AS SELECT b, plans FROM (SELECT id AS b, id AS plans FROM tenants) UNION SELECT id, id FROM tenants`,
  `VIEW v AS WITH plans AS (SELECT 1 AS x) SELECT x FROM plans`,
  `VIEW v AS SELECT * FROM "old plans"`,
  `TRIGGER v AFTER UPDATE ON tenants BEGIN SELECT 1 FROM user; INSERT INTO prices (id, plans) VALUES (1, 2); END`,
];

describe.each(engines.filter(({ dialect }) => dialect === 'sqlite'))(
  'H5 a rollback and the text of views and triggers on $name',
  ({ createDatabase }) => {
    it('H5 T7 is refused where a table is named, and only there', async () => {
      const database = await createDatabase({ billing: true });
      await database.exec('CREATE TABLE prices (id integer, plans integer)');
      await database.exec('CREATE TABLE "old plans" (id integer)');
      const [tenant] = tenantBilling.migrations.sqlite.map((Migration) => new Migration());
      const dataSource = await openDataSource(database, { BILLING_FAMILIES: 'tenant' });
      await database.exec(`DELETE FROM migrations WHERE name <> '${tenant!.name}'`);
      for (const sql of NAMED) {
        await database.exec(`CREATE ${sql}`);
        const error: unknown = await revert(dataSource).catch((one: unknown) => one);
        const kind = sql.slice(0, sql.indexOf(' '));
        expect([sql, partsOf(error)]).toEqual([sql, [`plans ${kind.toLowerCase()} v`]]);
        await database.exec(`DROP ${kind} v`);
      }
      for (const [index, sql] of ALIKE.entries()) {
        await database.exec(`CREATE ${sql.replace(' v ', ` v${index} `)}`);
      }
      expect(await revert(dataSource)).toEqual([tenant!.name]);
    });
  },
);
