import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { check, compare, SqliteDataSource, tenantBilling } from '../../src';
import { D1DataSource } from '../../src/d1';
import { catalogOf, engines, rowsOf, TENANT_IDS, type TestDatabase } from '../support/engines';

const PLAN = '00000000-0000-4000-8000-000000000001';

/** An entity of the host that maps a part of its table only, and whose table refers to a plan. */
@Entity('invoices')
class Invoice {
  @PrimaryColumn('integer')
  id!: number;

  @Column({ name: 'plan_id', type: 'uuid' })
  planId!: string;
}

const CHANGED = ['trial_days BETWEEN 0 AND 730', 'trial_days BETWEEN 0 AND 31'] as const;

/** What the host adds to `plans`: of each kind something, some of it on billing's columns. */
const HOST = {
  postgres: `
    ALTER TABLE plans ADD COLUMN segment text DEFAULT 'smb', ADD COLUMN owner_id uuid,
      ADD COLUMN search text GENERATED ALWAYS AS (lower(name)) STORED,
      ADD CONSTRAINT host_segment CHECK (segment <> ''),
      ADD CONSTRAINT host_order UNIQUE (sort_order),
      ADD CONSTRAINT host_owner FOREIGN KEY (owner_id) REFERENCES tenants (id);
    CREATE INDEX host_plans_segment ON plans (segment, trial_days) WHERE trial_days > 0;
    CREATE UNIQUE INDEX host_plans_lower ON plans (lower(name));
    COMMENT ON COLUMN plans.name IS 'as on the price list';
    CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kept'; END $$;
    CREATE TRIGGER "hostKeeps" BEFORE DELETE ON plans FOR EACH ROW EXECUTE FUNCTION keep();`,
  sqlite: `
    ALTER TABLE plans ADD COLUMN segment text DEFAULT 'smb';
    ALTER TABLE plans ADD COLUMN owner_id text REFERENCES tenants (id);
    ALTER TABLE plans ADD COLUMN search text GENERATED ALWAYS AS (lower(name));
    CREATE INDEX host_plans_segment ON plans (segment, trial_days) WHERE trial_days > 0;
    CREATE UNIQUE INDEX host_plans_lower ON plans (lower(name));
    CREATE TRIGGER "hostKeeps" BEFORE DELETE ON plans BEGIN SELECT RAISE(ABORT, 'kept'); END;`,
};

/** The constraints of a table on SQLite, which can only be added where it is made. */
const HOST_CONSTRAINTS = `,
  CONSTRAINT host_check CHECK (sort_order <> 13), CHECK (trial_days <> 13),
  CONSTRAINT "host_order" UNIQUE (sort_order)`;

/** Tables and a view of the host that touch billing's, which a change of `plans` must not spoil. */
const AROUND = {
  postgres: `
    CREATE TABLE invoices (id integer PRIMARY KEY, plan_id uuid NOT NULL REFERENCES plans (id) ON DELETE CASCADE, vat integer);
    CREATE INDEX invoices_vat ON invoices (vat);`,
  sqlite: `
    CREATE TABLE invoices (id integer PRIMARY KEY, plan_id text NOT NULL REFERENCES plans (id) ON DELETE CASCADE, vat integer);
    CREATE INDEX invoices_vat ON invoices (vat);
    CREATE VIEW price_list AS SELECT plans.name, price_monthly FROM main.plans;
    CREATE VIEW short_list AS SELECT name FROM price_list;
    CREATE TRIGGER short_list_add INSTEAD OF INSERT ON short_list BEGIN SELECT RAISE(ABORT, 'viewed'); END;
    CREATE TRIGGER tenants_gone AFTER DELETE ON tenants BEGIN DELETE FROM plans WHERE owner_id = old.id; END;
    CREATE TRIGGER invoices_kept BEFORE DELETE ON invoices BEGIN SELECT RAISE(ABORT, 'kept'); END;`,
};

describe.each(engines)("T6 B1 what the host added to billing's tables, on $name", (engine) => {
  const { createDatabase, dialect } = engine;
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createDatabase({ host: 'rows' });
    dataSource = await dataSourceOn(database).initialize();
    await dataSource.runMigrations();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.close();
  });

  /** On SQLite a table is made again, while it has no rows. */
  const remake = async (edit: (sql: string) => string): Promise<void> => {
    const [row] = await database.sql<{ sql: string }>(
      `SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'plans'`,
    );
    const sql = edit(row!.sql);
    expect(sql).not.toBe(row!.sql);
    await database.exec('DROP TABLE plans');
    await database.exec(sql);
  };

  const addHostParts = async (): Promise<void> => {
    if (dialect === 'sqlite')
      await remake((sql) => sql.replace(/\s*\)$/, `${HOST_CONSTRAINTS}\n)`));
    for (const statement of statementsOf(HOST[dialect])) await database.exec(statement);
    for (const statement of statementsOf(AROUND[dialect])) await database.exec(statement);
  };

  const changeBillingsOwn = async (): Promise<void> => {
    if (dialect === 'sqlite') return remake((sql) => sql.replace(...CHANGED));
    await database.exec(
      `ALTER TABLE plans DROP CONSTRAINT ck_plans_trial_days, ADD CONSTRAINT ck_plans_trial_days CHECK (${CHANGED[1]})`,
    );
  };

  const addRows = async (): Promise<void> => {
    await database.exec(
      `INSERT INTO plans (id, name, segment, owner_id) VALUES ('${PLAN}', 'Team', 'large', '${TENANT_IDS[0]}')`,
    );
    await database.exec(
      `INSERT INTO subscriptions (id, tenant_id, plan_id) VALUES ('${PLAN}', '${TENANT_IDS[0]}', '${PLAN}')`,
    );
    await database.exec(`INSERT INTO invoices (id, plan_id, vat) VALUES (1, '${PLAN}', 19)`);
  };

  const rows = async (): Promise<unknown> =>
    Promise.all(['plans', 'subscriptions', 'invoices'].map((table) => rowsOf(database, table)));

  const EXPECTED = [
    ['column', 'owner_id'],
    ['column', 'search'],
    ['column', 'segment'],
    ...(dialect === 'postgres'
      ? [
          ['constraint', 'host_order'],
          ['constraint', 'host_owner'],
          ['constraint', 'host_segment'],
        ]
      : [
          ['constraint', 'CHECK (trial_days <> 13)'],
          ['constraint', 'host_check'],
          ['constraint', 'host_order'],
        ]),
    ['index', 'host_plans_lower'],
    ['index', 'host_plans_segment'],
    ['trigger', 'hostKeeps'],
  ];

  const listed = async (): Promise<unknown> => {
    const { hosts } = await compare(dataSource);
    for (const { table, definition } of hosts) {
      expect({ table, isTold: definition !== '' }).toEqual({ table: 'plans', isTold: true });
    }
    return hosts.map(({ kind, name }) => [kind, name]).sort();
  };

  it("T6 is listed as the host's and is no difference", async () => {
    await addHostParts();
    expect(await check(dataSource)).toEqual([]);
    expect(await listed()).toEqual(EXPECTED);
  });

  it('T6 stays, rows and all, where the printed statements fix a real difference', async () => {
    await changeBillingsOwn();
    await addHostParts();
    await database.exec('DROP INDEX ix_subscriptions_plan_id');
    await addRows();
    const before = await rows();

    const { differences } = await compare(dataSource);
    const printed = differences.join(';\n');
    expect(printed).toContain('ck_plans_trial_days');
    expect(printed).toContain('ix_subscriptions_plan_id');
    expect(printed).not.toMatch(/DROP COLUMN|DROP (?:INDEX|CONSTRAINT) "?host/i);
    // What SQLite has to be without while a table is renamed comes back.
    for (const [drop, kind, part] of printed.matchAll(/^DROP (TRIGGER|VIEW|TABLE) "(\w+)"/gm)) {
      const made = kind === 'TABLE' ? `RENAME TO "${part}"` : `CREATE ${kind} "?${part}`;
      expect(printed.slice(printed.indexOf(drop))).toMatch(new RegExp(made));
    }
    if (dialect === 'postgres') expect(printed).not.toMatch(/invoices|"host_|segment/);

    for (const statement of differences) await database.exec(statement);
    expect(await compare(dataSource)).toMatchObject({ differences: [] });
    expect(await listed()).toEqual(EXPECTED);
    expect(await rows()).toEqual(before);
    // The rule that was fixed holds again, and each part of the host's does what it did.
    await database.exec('UPDATE plans SET trial_days = 700');
    await expect(database.exec('UPDATE plans SET trial_days = 731')).rejects.toThrow();
    await expect(database.exec('DELETE FROM plans')).rejects.toThrow('kept');
    await expect(database.exec(`UPDATE plans SET owner_id = '${PLAN}'`)).rejects.toThrow();
    const indexes = (await catalogOf(database, ['plans', 'invoices'])).filter(
      ({ kind }) => kind === 'index',
    );
    expect(indexes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['host_plans_lower', 'host_plans_segment', 'invoices_vat']),
    );
    if (dialect === 'sqlite') {
      await expect(database.exec('DELETE FROM invoices')).rejects.toThrow('kept');
      await expect(database.exec('UPDATE plans SET sort_order = 13')).rejects.toThrow('host_check');
      expect(await database.sql('SELECT name FROM short_list')).toEqual([{ name: 'Team' }]);
      const add = database.exec(`INSERT INTO short_list VALUES ('x')`);
      await expect(add).rejects.toThrow('viewed');
      const gone = database.exec(`DELETE FROM tenants WHERE id = '${TENANT_IDS[0]}'`);
      await expect(gone).rejects.toThrow('kept');
    } else {
      await expect(database.exec(`UPDATE plans SET segment = ''`)).rejects.toThrow('host_segment');
    }
  });
});

/** Statements at whose ends no other begins in the same line. */
const statementsOf = (text: string): string[] =>
  text
    .split(/;\n/)
    .map((one) => one.trim().replace(/;$/, ''))
    .filter((one) => one !== '');

function dataSourceOn(database: TestDatabase): DataSource {
  const entities = [...tenantBilling.entities, Invoice];
  const { postgres, sqlite } = tenantBilling.migrations;
  if (database.engine === 'postgres') {
    return new DataSource({
      type: 'postgres',
      url: database.url,
      ...{ uuidExtension: 'pgcrypto', installExtensions: false },
      entities,
      migrations: postgres,
    });
  }
  if (database.binding !== undefined) {
    return new D1DataSource({ database: database.binding, entities, migrations: sqlite });
  }
  const file = database.url.slice('sqlite:'.length);
  return new SqliteDataSource({ database: file, entities, migrations: sqlite });
}
