import {
  BILLING_TABLES,
  type BillingTableName,
  DELETE_BILLING_ROWS,
} from '../support/billing-tables';
import { engines, HOST_TABLES, rowsOf, type TestDatabase } from '../support/engines';
import { HOST_ROWS } from '../support/host-tables';
import {
  createBillingDatabase,
  day,
  idsOf,
  NOBODY,
  OTHER_TENANT,
  OTHER_USER,
  PLAN,
  type Row,
  rowOf,
  startAfresh,
  store,
  TENANT,
  TOKEN,
  update,
  USER,
  USER_PLAN,
  USER_SUBSCRIPTION,
} from './billing-database';
import { COLUMNS } from './expected-columns';
import { type ExpectedForeignKey, FOREIGN_KEYS } from './expected-keys';
import { expectRefused } from './refusal';

/** A row of each table that is referred to. */
const TARGETS: Readonly<Record<string, string>> = {
  tenants: TENANT,
  user: USER,
  plans: PLAN,
  subscription_plans: USER_PLAN,
  user_subscriptions: USER_SUBSCRIPTION,
  direct_debit_tokens: TOKEN,
};
const KEYS = Object.entries(FOREIGN_KEYS).map(([name, key]) => ({
  name,
  ...key,
  targetId: TARGETS[key.target] ?? '',
}));
const OPTIONAL_KEYS = KEYS.filter(({ table, column }) => COLUMNS[table][column]?.nullable);
const keysOn = (action: ExpectedForeignKey['onDelete']): typeof KEYS =>
  KEYS.filter(({ onDelete }) => onDelete === action);
const ENDED = { status: 'canceled', ended_at: day(9) };

describe.each(engines)('T3, U2 the foreign keys on $name', (engine) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
  });
  beforeEach(async () => {
    // Host rows are deleted here, and wanted again.
    const emptied = [...HOST_TABLES].reverse().map((table) => `DELETE FROM "${table}";`);
    await database.exec(`${emptied.join(' ')} DELETE FROM plans; DELETE FROM subscription_plans;`);
    await database.exec(HOST_ROWS);
    await startAfresh(database);
  });

  const remove = (table: string, id: string): Promise<unknown> =>
    database.sql(`DELETE FROM "${table}" WHERE id = $1`, [id]);
  const exists = async (table: BillingTableName, id: string): Promise<boolean> =>
    (await idsOf(database, table)).includes(id);

  it.each(KEYS)('$name refuses a row that points nowhere', async (key) => {
    const { name, table, column, targetId } = key;
    const reason = { kind: 'foreign key', name } as const;
    await expectRefused(database, reason, () => store(database, table, { [column]: NOBODY }));
    const id = await store(database, table, { [column]: targetId });
    await expectRefused(database, reason, () =>
      database.sql(`UPDATE "${table}" SET "${column}" = $1 WHERE id = $2`, [NOBODY, id]),
    );
  });

  it.each(OPTIONAL_KEYS)('$name lets a row point at nothing', async ({ table, column }) => {
    const id = await store(database, table, { [column]: null });
    expect(await rowOf(database, table, id)).toMatchObject({ [column]: null });
  });

  it.each(keysOn('RESTRICT'))('$name: ON DELETE $onDelete', async (key) => {
    const { name, table, column, target, targetId } = key;
    await store(database, table, { [column]: targetId });
    const reason = { kind: 'foreign key', name } as const;
    await expectRefused(database, reason, () => remove(target, targetId));
  });

  it.each(keysOn('CASCADE'))('$name: ON DELETE $onDelete', async (key) => {
    const { table, column, target, targetId } = key;
    const id = await store(database, table, { [column]: targetId });
    expect(await exists(table, id)).toBe(true);
    await remove(target, targetId);
    expect(await exists(table, id)).toBe(false);
  });

  it.each(keysOn('SET NULL'))('$name: ON DELETE $onDelete', async (key) => {
    const { table, column, target } = key;
    // The plan of the row itself can't be deleted: it changes to another.
    const targetId =
      column === 'pending_plan_id'
        ? await store(database, target as BillingTableName)
        : key.targetId;
    const id = await store(database, table, { [column]: targetId });
    const row = await rowOf(database, table, id);
    await remove(target, targetId);
    expect(await rowOf(database, table, id)).toEqual({ ...row, [column]: null });
  });

  it.each([
    { table: 'subscriptions', plans: 'plans' },
    { table: 'user_subscriptions', plans: 'subscription_plans' },
  ] as const)('a plan that $table change to on a date can not be deleted', async (each) => {
    const { table, plans } = each;
    const pending_plan_id = await store(database, plans);
    const id = await store(database, table, { pending_plan_id, pending_from: day(9) });
    const reason = { kind: 'check', name: `ck_${table}_pending_from` } as const;
    await expectRefused(database, reason, () => remove(plans, pending_plan_id));
    await update(database, table, id, { pending_from: null });
    await remove(plans, pending_plan_id);
    expect(await rowOf(database, table, id)).toMatchObject({ pending_plan_id: null });
  });

  it('a deleted tenant takes its billing rows along, and nothing else', async () => {
    const rowsFor = async (tenant_id: string): Promise<string[]> => [
      await store(database, 'subscriptions', { tenant_id, ...ENDED }),
      await store(database, 'subscriptions', { tenant_id, status: 'active' }),
      await store(database, 'tenant_config', { tenant_id }),
    ];
    await rowsFor(TENANT);
    const kept = await rowsFor(OTHER_TENANT);
    const users = await rowsOf(database, 'user');

    await remove('tenants', TENANT);
    expect(
      [
        ...(await idsOf(database, 'subscriptions')),
        ...(await idsOf(database, 'tenant_config')),
      ].sort(),
    ).toEqual(kept.sort());
    expect(await idsOf(database, 'plans')).toEqual([PLAN]);
    expect(await rowsOf(database, 'user')).toEqual(users);
  });

  it('a deleted user takes their billing rows along, however they refer to each other', async () => {
    const rowsFor = async (user_id: string): Promise<string[]> => {
      const replaced_by_id = await store(database, 'direct_debit_tokens', { user_id });
      const token = { user_id, direct_debit_token_id: replaced_by_id };
      const user_subscription_id = await store(database, 'user_subscriptions', token);
      return [
        replaced_by_id,
        user_subscription_id,
        await store(database, 'direct_debit_tokens', { user_id, replaced_by_id }),
        await store(database, 'user_subscriptions', { ...token, ...ENDED }),
        await store(database, 'payment_attempts', { ...token, user_subscription_id }),
        await store(database, 'payment_attempts', { user_id, kind: 'one_off' }),
      ];
    };
    const there = await allIds();
    await rowsFor(USER);
    const kept = await rowsFor(OTHER_USER);

    await remove('user', USER);
    expect(await allIds()).toEqual([...there, ...kept].sort());
    expect((await rowsOf(database, 'tenants')).length).toBe(3);
  });

  async function allIds(): Promise<string[]> {
    const ids: string[] = [];
    for (const table of BILLING_TABLES) ids.push(...(await idsOf(database, table)));
    return ids.sort();
  }

  it.each<{ what: string; ended: Row }>([
    { what: 'live', ended: {} },
    { what: 'ended', ended: ENDED },
  ])('a plan can be deleted once no $what subscription is left of it', async ({ ended }) => {
    const plan_id = await store(database, 'plans');
    const subscription = await store(database, 'subscriptions', { plan_id, ...ended });
    const ofTenant = { kind: 'foreign key', name: 'fk_subscriptions_plan_id' } as const;
    await expectRefused(database, ofTenant, () => remove('plans', plan_id));
    await remove('subscriptions', subscription);
    await remove('plans', plan_id);
    expect(await exists('plans', plan_id)).toBe(false);

    const userPlan = await store(database, 'subscription_plans');
    const ofUser = { kind: 'foreign key', name: 'fk_user_subscriptions_plan_id' } as const;
    const used = await store(database, 'user_subscriptions', { plan_id: userPlan, ...ended });
    await expectRefused(database, ofUser, () => remove('subscription_plans', userPlan));
    await remove('user_subscriptions', used);
    await remove('subscription_plans', userPlan);
    expect(await exists('subscription_plans', userPlan)).toBe(false);
  });

  it('U8 deleting every billing row leaves the host its own', async () => {
    await store(database, 'subscriptions');
    await store(database, 'payment_attempts');
    const before = await hostRows();
    await database.exec(DELETE_BILLING_ROWS);
    expect(await hostRows()).toEqual(before);
  });

  async function hostRows(): Promise<unknown[]> {
    const rows: unknown[] = [];
    for (const table of HOST_TABLES) rows.push(...(await rowsOf(database, table)));
    return rows;
  }
});
