import type { DataSource } from 'typeorm';
import {
  bindHost,
  migrate,
  pendingSql,
  revert,
  sqlScripts,
  tenantBilling,
  userBilling,
} from '../../src';
import type { ReversibleMigrationClass } from '../../src/migrations/reversible-migration';
import { openHost } from '../host/open-host';
import { catalog, engines, rowsOf, TENANT_IDS, type TestDatabase } from '../support/engines';
import { partsOf } from '../support/host-additions';
import { droppingRows } from '../support/rollback-files';
import { unbindHost } from '../support/unbind';
import { HOST, laterMigration, REMADE } from './later-migration';

afterEach(unbindHost);

const PLAN = '00000000-0000-4000-8000-000000000001';
const TABLES = ['plans', 'subscriptions', 'tenants', 'invoices', 'invoice_lines'];
const ROWS = [
  `INSERT INTO plans (id, name, trial_days, "Badge") VALUES ('${PLAN}', 'Pro', 7, 'new')`,
  `INSERT INTO subscriptions (id, tenant_id, plan_id, seen) VALUES ('${PLAN}', '${TENANT_IDS[0]}', '${PLAN}', true)`,
  `INSERT INTO invoices VALUES (1, '${PLAN}')`,
  `INSERT INTO invoice_lines VALUES (5, 1)`,
];

describe.each(engines)("H2 H5 a later migration of billing's on $name", (engine) => {
  const { createDatabase, dialect } = engine;
  let Later: ReversibleMigrationClass;
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    Later = await laterMigration(await createDatabase({ billing: true }));
  });

  beforeEach(async () => {
    database = await createDatabase({ host: 'rows', billing: true });
  });

  const open = async (statements: readonly string[]): Promise<void> => {
    for (const sql of statements) await database.exec(sql);
    const own = [tenantBilling, userBilling].flatMap(({ migrations }) => migrations[dialect]);
    dataSource = await openHost(database, [], { migrations: [...own, Later] });
    dataSource.setOptions({ logger: 'debug' });
  };

  /** Of a default and a constraint that SQLite takes only where a table is made. */
  const remade = async (): Promise<string[]> => {
    if (dialect === 'postgres') return [];
    const [row] = await database.sql<{ sql: string }>(
      `SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'plans'`,
    );
    return [
      'DROP TABLE plans',
      REMADE.reduce((sql, [find, replace]) => sql.replace(find, replace), row!.sql),
    ];
  };

  it('U3 B3 keeps all that the host added, and every row, up and down and up again', async () => {
    const add = `INSERT INTO plans (id, name) VALUES ('${TENANT_IDS[0]}', 'Max')`;
    await open([...(await remade()), ...HOST[dialect], ...ROWS]);
    const before = await state();
    for (let round = 0; round < 2; round += 1) {
      expect(await migrate(dataSource)).toHaveLength(1);
      const after = await state();
      expect(after.hosts).toEqual(before.hosts);
      expect(after.rows).toEqual(before.rows);
      await expect(database.exec('UPDATE plans SET setup_fee = 1001')).rejects.toThrow(
        'ck_plans_setup_fee',
      );
      await expect(database.exec('DELETE FROM plans')).rejects.toThrow('kept');
      expect(await revert(dataSource)).toHaveLength(1);
      expect(await state()).toEqual(before);
    }
    await migrate(dataSource);
    await database.exec(add);
    expect(await database.sql(`SELECT stripe_product_id FROM plans WHERE name = 'Max'`)).toEqual([
      { stripe_product_id: 'host' },
    ]);
    await expect(database.exec(`UPDATE plans SET trial_days = 13`)).rejects.toThrow(/constraint/i);
    await database.exec(`UPDATE plans SET trial_days = 800`);
  });

  it('U3 says what is in the way, either way, and changes nothing', async () => {
    await open([...HOST[dialect], ...ROWS, 'CREATE INDEX host_sort ON plans (sort_order, name)']);
    const before = await state();
    const refused = async (work: Promise<unknown>): Promise<string[]> =>
      partsOf(await work.catch((error: unknown) => error)) as string[];
    expect(await refused(migrate(dataSource))).toEqual(['plans index host_sort']);
    expect(await state()).toEqual(before);
    await database.exec('DROP INDEX host_sort');
    await migrate(dataSource);
    await database.exec('CREATE INDEX host_fee ON plans (setup_fee)');
    await database.exec('CREATE INDEX host_day ON plans (trial_days)');
    const after = await state();
    expect(await refused(revert(dataSource))).toEqual(['plans index host_fee']);
    expect(await state()).toEqual(after);
    await database.exec('DROP INDEX host_fee');
    expect(await revert(dataSource)).toHaveLength(1);
    expect((await catalog(database)).map(({ name }) => name)).toContain('host_day');
  });

  it('U3 a column that the host has under the same name is refused', async () => {
    await open(['ALTER TABLE plans ADD COLUMN setup_fee text']);
    const before = await catalog(database);
    await expect(migrate(dataSource)).rejects.toThrow(/setup_fee/);
    expect(await catalog(database)).toEqual(before);
  });

  it('U3 what is printed before keeps it too', async () => {
    await open([...HOST[dialect], ...ROWS]);
    const before = await state();
    const [pending, ...more] = await pendingSql(dataSource);
    expect([pending?.complete, more]).toEqual([true, []]);
    if (dialect === 'postgres') await database.exec(pending!.sql.join(';\n'));
    else for (const sql of pending!.sql) await database.exec(sql);
    const after = await state();
    expect([after.hosts, after.rows]).toEqual([before.hosts, before.rows]);
    await database.exec('UPDATE plans SET setup_fee = 1');
  });

  it("T7 what it has added is billing's: all is reverted, but not beside a column of the host", async () => {
    await open([]);
    await migrate(dataSource);
    await database.exec('ALTER TABLE plans ADD COLUMN badge text');
    const before = await state();
    const error: unknown = await revert(dataSource, { all: true }).catch((one: unknown) => one);
    expect(partsOf(error)).toEqual(['plans column badge']);
    expect(await state()).toEqual(before);
    await database.exec('ALTER TABLE plans DROP COLUMN badge');
    expect(await revert(dataSource, { all: true })).toHaveLength(3);
  });

  it('T4 T7 follows a prefix beside a plans of the host, and its views', async () => {
    // The template of the database was made without one.
    unbindHost();
    bindHost({ prefix: 'billing_' });
    const fresh = await createDatabase({ host: 'rows' });
    const own = [
      'CREATE TABLE plans (id integer PRIMARY KEY, title text)',
      'CREATE TABLE subscriptions (id integer PRIMARY KEY, plan_id integer REFERENCES plans (id))',
      `INSERT INTO plans VALUES (1, 'theirs')`,
    ];
    for (const sql of own) await fresh.exec(sql);
    const { migrations } = tenantBilling;
    dataSource = await openHost(fresh, [], { migrations: [...migrations[dialect], Later] });
    await migrate(dataSource);
    await revert(dataSource);
    await fresh.exec('ALTER TABLE billing_plans ADD COLUMN badge text');
    await fresh.exec('CREATE INDEX host_badge ON billing_plans (badge)');
    await fresh.exec(
      'CREATE VIEW both_lists AS SELECT "plans".title, b.name FROM "plans", "billing_plans" b',
    );
    await fresh.exec(`INSERT INTO billing_plans (id, name) VALUES ('${PLAN}', 'Pro')`);
    const before = await catalog(fresh);
    const plain = (entries: typeof before): string[] =>
      entries.map(({ kind, name, definition }) =>
        [kind, name, definition.replaceAll(/\s+|"|^\d+: /g, '')].join(' '),
      );
    expect(await migrate(dataSource)).toHaveLength(1);
    await fresh.exec('UPDATE billing_plans SET setup_fee = 7');
    expect(await fresh.sql('SELECT * FROM both_lists')).toEqual([{ title: 'theirs', name: 'Pro' }]);
    expect((await catalog(fresh)).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['host_badge', 'ix_billing_plans_setup_fee']),
    );
    await revert(dataSource, { discard: true });
    expect(plain(await catalog(fresh)).sort()).toEqual(plain(before).sort());
  });

  const files = async (): Promise<{ forward: string; rollback: string }> => {
    const name = dialect === 'postgres' ? 'postgres' : 'd1';
    const [file] = await sqlScripts([Later], { dialect: name });
    return file!;
  };
  const rejected = async (text: string, message: string): Promise<void> => {
    await expect(database.exec(text)).rejects.toThrow(message);
    if (dialect === 'postgres') await database.exec('ROLLBACK');
  };

  it('U3 a file changes the tables, and takes nothing of the host with them', async () => {
    await open([`INSERT INTO plans (id, name) VALUES ('${PLAN}', 'Pro')`]);
    const clean = await state();
    const { forward, rollback } = await files();
    await database.exec(forward);
    await database.exec('UPDATE plans SET setup_fee = 1');
    await rejected(rollback, 'would drop rows: plans.setup_fee (1 value)');
    await database.exec(droppingRows(rollback));
    expect(await state()).toEqual(clean);

    await database.exec('DELETE FROM plans');
    for (const sql of [...HOST[dialect], ...ROWS]) await database.exec(sql);
    const before = await state();
    if (dialect === 'postgres') {
      await database.exec('CREATE INDEX host_sort ON plans (sort_order)');
      await rejected(forward, 'Remove them first: index host_sort (plans)');
      await database.exec('DROP INDEX host_sort');
      await database.exec(forward);
      await database.exec('CREATE INDEX host_fee ON plans (setup_fee)');
      await rejected(rollback, 'Remove them first: index host_fee (plans)');
      await database.exec('DROP INDEX host_fee');
      await database.exec(rollback);
    } else {
      await rejected(forward, 'Migrate by the program, which keeps them: column Badge (plans)');
      expect(await state()).toEqual(before);
      await migrate(dataSource);
      const after = await state();
      await rejected(rollback, 'Migrate by the program, which keeps them: column Badge (plans)');
      expect(await state()).toEqual(after);
      await revert(dataSource);
    }
    expect(await state()).toEqual(before);
  });

  /**
   * The catalog and the rows. White space, the numbers of columns and the quotes that SQLite puts around
   * the name of a renamed table have no meaning.
   */
  async function state(): Promise<{ all: string[]; hosts: string[]; rows: unknown }> {
    const entries = (await catalog(database))
      .filter(({ table }) => table !== 'd1_migrations')
      .map(({ kind, table, name, definition }) => {
        const line = definition
          .replaceAll(/\s+/g, ' ')
          .replaceAll(/ ?([(),]) ?/g, '$1')
          .replaceAll('"', '')
          .replace(/^\d+: /, '');
        return { kind, name, text: [kind, table, name, line].join(' ') };
      });
    const isChanged = (text: string): boolean =>
      /setup_fee|sort_order|ck_plans_trial_days|^(table|column) plans (plans|stripe_product_id)/.test(
        text,
      );
    const columns =
      dialect === 'postgres'
        ? []
        : await database.sql(
            `SELECT * FROM pragma_table_xinfo('plans') WHERE name NOT IN ('setup_fee', 'sort_order', 'stripe_product_id') ORDER BY name`,
          );
    const there = new Set(entries.map(({ name }) => name));
    const rows = await Promise.all(
      TABLES.filter((table) => there.has(table)).map(async (table) =>
        (await rowsOf(database, table)).map(({ sort_order: _, setup_fee: __, ...row }) => row),
      ),
    );
    return {
      all: entries.map(({ text }) => text).sort(),
      hosts: [
        ...entries.map(({ text }) => text).filter((text) => !isChanged(text)),
        ...columns.map(({ cid: _, ...column }) => JSON.stringify(column)),
      ].sort(),
      rows,
    };
  }
});
