import type { DataSource } from 'typeorm';
import { check, migrate, revert } from '../../src';
import { BILLING_TABLES, TENANT_TABLES, USER_TABLES } from '../support/billing-tables';
import { openDataSource } from '../support/data-source';
import {
  catalog,
  catalogOf,
  engines,
  HOST_TABLES,
  rowsOf,
  TENANT_IDS,
  type TestDatabase,
  USER_IDS,
} from '../support/engines';

describe.each(engines)('T4 U8 clean and brownfield on $name', ({ createDatabase }) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  const open = async (host: 'empty' | 'rows', environment = {}): Promise<void> => {
    database = await createDatabase({ host });
    dataSource = await openDataSource(database, environment);
  };

  const hostState = async (): Promise<unknown> => {
    const rows: unknown[] = [];
    for (const table of HOST_TABLES) rows.push(await rowsOf(database, table));
    return { catalog: await catalogOf(database, HOST_TABLES), rows };
  };

  it.each(['empty', 'rows'] as const)(
    'T1 T4 T7 U1 U8 with host tables %s: up, down and up again leave the host as it was, and the same catalog',
    async (host) => {
      await open(host);
      const before = await hostState();
      const empty = await catalog(database);

      expect((await migrate(dataSource)).map(({ name }) => name.replace(/\d+$/, ''))).toEqual([
        'CreateTenantBilling',
        'CreateUserBilling',
      ]);
      const up = await catalog(database);
      expect(await hostState()).toEqual(before);
      expect(up).not.toEqual(empty);
      expect(await check(dataSource)).toEqual([]);
      expect((await dataSource.driver.createSchemaBuilder().log()).upQueries).toEqual([]);

      expect(await revert(dataSource, { all: true })).toHaveLength(2);
      expect(await catalog(database)).toEqual(empty);
      expect(await hostState()).toEqual(before);

      await migrate(dataSource);
      expect(await catalog(database)).toEqual(up);
      expect(await hostState()).toEqual(before);
    },
  );

  it('T5 a second run changes nothing and applies nothing', async () => {
    await open('rows');
    await migrate(dataSource);
    const before = await catalog(database);
    expect(await migrate(dataSource)).toEqual([]);
    expect(await catalog(database)).toEqual(before);
    expect(await database.sql('SELECT count(*) AS n FROM migrations')).toEqual([
      { n: database.engine === 'postgres' ? '2' : 2 },
    ]);
  });

  it('T3 U2 deleting a host row takes its billing rows along, and no other row', async () => {
    await open('rows');
    await migrate(dataSource);
    const plan = '00000000-0000-4000-8000-0000000000a1';
    await database.sql(`INSERT INTO plans (id, name) VALUES ($1, 'Pro')`, [plan]);
    for (const [index, tenant] of TENANT_IDS.entries()) {
      const id = `00000000-0000-4000-8000-0000000000b${index}`;
      await database.sql('INSERT INTO subscriptions (id, tenant_id, plan_id) VALUES ($1, $2, $3)', [
        id,
        tenant,
        plan,
      ]);
      await database.sql('INSERT INTO tenant_config (id, tenant_id) VALUES ($1, $2)', [id, tenant]);
    }
    await database.sql('DELETE FROM tenants WHERE id = $1', [TENANT_IDS[0]]);
    for (const table of ['subscriptions', 'tenant_config']) {
      const rows = await database.sql<{ tenant_id: string }>(
        `SELECT tenant_id FROM ${table} ORDER BY id`,
      );
      expect(rows.map((row) => row.tenant_id)).toEqual(TENANT_IDS.slice(1));
    }
    expect(await database.sql('SELECT name FROM plans')).toEqual([{ name: 'Pro' }]);
  });

  it('U8 a rollback with billing rows in every table leaves the host rows alone', async () => {
    await open('rows');
    const before = await hostState();
    await migrate(dataSource);
    const [tenant, user] = [TENANT_IDS[0], USER_IDS[0]];
    const id = '00000000-0000-4000-8000-0000000000c1';
    await database.sql(`INSERT INTO plans (id, name) VALUES ($1, 'Pro')`, [id]);
    await database.sql('INSERT INTO subscriptions (id, tenant_id, plan_id) VALUES ($1, $2, $1)', [
      id,
      tenant,
    ]);
    await database.sql(
      `INSERT INTO subscription_plans (id, code, name, amount, currency, billing_interval) VALUES ($1, 'p', 'P', 1, 'EUR', 'month')`,
      [id],
    );
    await database.sql(
      `INSERT INTO direct_debit_tokens (id, user_id, provider, scheme) VALUES ($1, $2, 'gocardless', 'bacs')`,
      [id, user],
    );
    await database.sql(
      `INSERT INTO user_subscriptions (id, user_id, plan_id, direct_debit_token_id, amount, currency, billing_interval)
       VALUES ($1, $2, $1, $1, 1, 'EUR', 'month')`,
      [id, user],
    );
    await database.sql('INSERT INTO tenant_config (id, tenant_id) VALUES ($1, $2)', [id, tenant]);
    await database.sql(
      `INSERT INTO payment_attempts (id, user_id, user_subscription_id, kind, amount, currency, idempotency_key, provider)
       VALUES ($1, $2, $1, 'one_off', 1, 'EUR', 'key', 'gocardless')`,
      [id, user],
    );
    for (const table of BILLING_TABLES) expect(await rowsOf(database, table)).toHaveLength(1);
    await revert(dataSource, { all: true, discard: true });
    expect(await hostState()).toEqual(before);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['tenant', TENANT_TABLES, USER_TABLES],
    ['user', USER_TABLES, TENANT_TABLES],
  ])('C4 the %s family can be used alone', async (family, present, absent) => {
    await open('empty', { BILLING_FAMILIES: family });
    await migrate(dataSource);
    for (const table of present) expect(await rowsOf(database, table)).toEqual([]);
    for (const table of absent)
      await expect(rowsOf(database, table)).rejects.toThrow(/no such table|does not exist/);
    expect(await check(dataSource)).toEqual([]);
  });

  it('C4 the families can be applied one after the other, in either order', async () => {
    await open('empty', { BILLING_FAMILIES: 'user' });
    await migrate(dataSource);
    await dataSource.destroy();
    dataSource = await openDataSource(database);
    expect((await migrate(dataSource)).map(({ name }) => name)).toEqual([
      expect.stringMatching(/^CreateTenantBilling/) as string,
    ]);
    expect(await check(dataSource)).toEqual([]);
  });
});
