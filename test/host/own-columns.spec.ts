import { DataSource } from 'typeorm';
import {
  BillingSubscriber,
  bindHost,
  check,
  compare,
  migrate,
  Plan,
  Subscription,
  tenantBilling,
  toBillingError,
  userBilling,
} from '../../src';
import { postgresOpening } from '../../src/engines/postgres/opening';
import { opened } from '../support/data-source';
import {
  catalog,
  describeOn,
  engineNamed,
  engines,
  rowsOf,
  type TestDatabase,
} from '../support/engines';
import { TENANT_IDS, USER_IDS } from '../support/host-tables';
import { unbindHost } from '../support/unbind';
import { openHost } from './open-host';
import {
  Category,
  Invoice,
  OUR_COLUMNS,
  OurDirectDebitToken,
  OurPaymentAttempt,
  OurPlan,
  OURS,
  OurSubscription,
  OurSubscriptionPlan,
  OurTenantConfig,
  OurUserSubscription,
} from './own-classes';

afterEach(unbindHost);

const [TENANT] = TENANT_IDS;
const [ALICE] = USER_IDS;
const SUBSCRIBED = { subscribers: [BillingSubscriber] };

/** What TypeORM's `migration:generate` puts into a migration. */
async function generate(dataSource: DataSource): Promise<{ up: string[]; down: string[] }> {
  const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
  return {
    up: upQueries.map(({ query }) => query),
    down: downQueries.map(({ query }) => query).reverse(),
  };
}

async function send(dataSource: DataSource, statements: readonly string[]): Promise<void> {
  await dataSource.transaction(async ({ queryRunner }) => {
    for (const statement of statements) await queryRunner?.query(statement);
  });
}

/** Rows as billing alone has them. */
async function billingRows(database: TestDatabase): Promise<unknown> {
  const all: Record<string, unknown> = {};
  for (const [table, added] of Object.entries(OUR_COLUMNS)) {
    const rows = await rowsOf(database, table);
    all[table] = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).filter(([name]) => !(added as readonly string[]).includes(name)),
      ),
    );
  }
  return all;
}

/** One row in each of the seven tables. */
async function saveAll(dataSource: DataSource): Promise<Rows> {
  const plan = await dataSource.getRepository(OurPlan).save({ name: 'Pro' });
  const subscription = await dataSource
    .getRepository(OurSubscription)
    .save({ tenantId: TENANT, plan });
  await dataSource.getRepository(OurTenantConfig).save({ tenantId: TENANT });
  const price = { amount: 100, currency: 'EUR', billingInterval: 'month' } as const;
  const userPlan = await dataSource
    .getRepository(OurSubscriptionPlan)
    .save({ code: 'pro', name: 'Pro', ...price });
  const token = await dataSource
    .getRepository(OurDirectDebitToken)
    .save({ userId: ALICE, provider: 'gocardless', scheme: 'bacs' });
  const mine = await dataSource
    .getRepository(OurUserSubscription)
    .save({ userId: ALICE, plan: userPlan, directDebitToken: token, ...price });
  await dataSource.getRepository(OurPaymentAttempt).save({
    ...{ userId: ALICE, userSubscription: mine, directDebitToken: token, kind: 'initial' },
    ...{ amount: 100, currency: 'EUR', idempotencyKey: 'one', provider: 'gocardless' },
  });
  return { plan: plan, subscription: subscription };
}

interface Rows {
  readonly plan: OurPlan;
  readonly subscription: OurSubscription;
}

describe.each(engines)("T3 U2 columns of the host's own on $name", ({ createDatabase }) => {
  it('T3 T6 T7 U2 U7: generate, run, check, take back; rows are kept both ways', async () => {
    const database = await createDatabase({ host: 'rows', billing: true });
    // The template of the database was made with billing's own classes.
    unbindHost();
    bindHost(OURS);
    const dataSource = await openHost(database, [Category, Invoice], SUBSCRIBED);
    const before = await catalog(database);

    const generated = await generate(dataSource);
    expect(generated.up).not.toEqual([]);
    await send(dataSource, generated.up);
    expect(await generate(dataSource)).toEqual({ up: [], down: [] });
    expect(await check(dataSource)).toEqual([]);
    await saveAll(dataSource);
    const rows = await billingRows(database);
    await send(dataSource, generated.down);
    expect(await catalog(database)).toEqual(before);
    expect(await billingRows(database)).toEqual(rows);
    await send(dataSource, generated.up);
    expect(await generate(dataSource)).toEqual({ up: [], down: [] });
    expect(await billingRows(database)).toEqual(rows);
  });
});

describe.each(engines)("T3 U2 a host's classes in use on $name", ({ createDatabase }) => {
  async function open(): Promise<{ database: TestDatabase; dataSource: DataSource }> {
    const database = await createDatabase({ host: 'rows', billing: true });
    unbindHost();
    bindHost(OURS);
    const dataSource = await openHost(database, [Category, Invoice], SUBSCRIBED);
    await send(dataSource, (await generate(dataSource)).up);
    return { database, dataSource };
  }

  it('T3 T4 rows have the columns, the relations and the rules of both', async () => {
    const { database, dataSource } = await open();
    const category = await dataSource.getRepository(Category).save({ id: 1, title: 'Teams' });
    const plans = dataSource.getRepository(OurPlan);
    const plan = await plans.save(
      plans.create({ name: 'Pro', badge: 'new', category, priceMonthly: 1900 }),
    );
    const next = await plans.save({ name: 'Max', badge: 'hot' });
    const subscriptions = dataSource.getRepository(OurSubscription);
    await subscriptions.save(
      Object.assign(new OurSubscription(), {
        ...{ tenantId: TENANT, plan, previousPlan: next, pendingPlanId: next.id },
      }),
    );
    const found = await subscriptions.findOneOrFail({
      where: { plan: { badge: 'new' } },
      relations: { plan: { category: true }, previousPlan: true, pendingPlan: true, tenant: true },
    });
    expect(
      [found.plan, found.previousPlan, found.pendingPlan].map((one) => one?.constructor),
    ).toEqual([OurPlan, OurPlan, OurPlan]);
    expect(found).toMatchObject({
      ...{ seatsUsed: 0, planId: plan.id, tenant: { id: TENANT } },
      ...{ plan: { badge: 'new', category: { title: 'Teams' } }, previousPlan: { name: 'Max' } },
    });
    // A key beside a loaded row counts where it was changed.
    await subscriptions.save(Object.assign(found, { planId: next.id, seatsUsed: 4 }));
    expect(found.plan).toBeUndefined();
    expect(await rowsOf(database, 'subscriptions')).toMatchObject([
      { plan_id: next.id, previous_plan_id: next.id, seats_used: 4 },
    ]);
    expect(
      await dataSource.getRepository(Category).find({ relations: { plans: true } }),
    ).toMatchObject([{ plans: [{ name: 'Pro' }] }]);
    expect(
      await plans.findOne({ where: { name: 'Max' }, relations: { subscriptions: true } }),
    ).toMatchObject({ subscriptions: [{ seatsUsed: 4 }] });
  });

  it('T4 U5 refuses what a rule of either forbids, of instances and of plain objects', async () => {
    const { database, dataSource } = await open();
    const plans = dataSource.getRepository(OurPlan);
    const refusal = (...properties: string[]): object => ({
      code: 'VALIDATION_FAILED',
      details: { entity: 'OurPlan', failures: properties.map((property) => ({ property })) },
    });
    const wrong = { name: '', badge: 'x'.repeat(21) };
    for (const write of [
      () => plans.save(plans.create(wrong)),
      () => plans.save(wrong),
      () => plans.insert(wrong),
      () => plans.upsert(wrong, ['name']),
    ]) {
      await expect(write()).rejects.toMatchObject(refusal('badge', 'name'));
    }
    await expect(plans.insert({ name: 'Pro', bage: 'new' } as object)).rejects.toThrow(
      'did you mean badge?',
    );
    await plans.insert({ name: 'Pro', badge: 'new' });
    await expect(plans.update({ name: 'Pro' }, { badge: '' })).rejects.toMatchObject(
      refusal('badge'),
    );
    expect(await rowsOf(database, 'plans')).toMatchObject([{ name: 'Pro', badge: 'new' }]);

    // The database's own refusals.
    const direct = { userId: ALICE, provider: 'gocardless', scheme: 'bacs' } as const;
    const tokens = dataSource.getRepository(OurDirectDebitToken);
    const token = await tokens.save(
      tokens.create({ ...direct, tokenCiphertext: 'secret', tokenKeyId: 'k', signedBy: 'Al' }),
    );
    expect(JSON.stringify(token)).not.toContain('secret');
    expect(JSON.stringify(token)).toContain('"signedBy":"Al"');
    expect((await tokens.findOneByOrFail({ signedBy: 'Al' })).tokenCiphertext).toBe('secret');
    const configs = dataSource.getRepository(OurTenantConfig);
    await configs.insert({ tenantId: TENANT, poNumber: 'PO-1' });
    const again = configs.insert({ tenantId: TENANT_IDS[1], poNumber: 'PO-1' });
    expect(await again.catch(toBillingError)).toMatchObject({
      code: 'UNIQUE_VIOLATION',
      details: { table: 'tenant_config', columns: ['po_number'] },
    });
    const badge = database.exec(`UPDATE plans SET badge = ''`);
    expect(await badge.catch(toBillingError)).toMatchObject({
      code: 'CHECK_VIOLATION',
      details: { constraint: 'ck_plans_badge' },
    });
  });

  it("C2 finds the host's class by billing's, and by its name", async () => {
    const { database, dataSource } = await open();
    expect(tenantBilling.entities).toEqual(expect.arrayContaining([OurPlan, OurSubscription]));
    expect(tenantBilling.entities).not.toContain(Plan);
    expect(userBilling.entities).toContain(OurDirectDebitToken);
    for (const target of [Plan, OurPlan, 'Plan', 'OurPlan', 'plans']) {
      expect(dataSource.getMetadata(target).target).toBe(OurPlan);
      expect(dataSource.getRepository(target).create()).toBeInstanceOf(OurPlan);
    }
    const old = await dataSource.manager.save(Object.assign(new Plan(), { name: 'Old' }));
    await dataSource.getRepository(Plan).save({ name: 'Pro' });
    expect((await dataSource.getRepository(Plan).find())[0]).toBeInstanceOf(OurPlan);
    const subscription = await dataSource
      .getRepository(Subscription)
      .save({ tenantId: TENANT, plan: old });
    await dataSource.getRepository(Invoice).save({ id: 1, plan: old, subscription });
    const invoice = await dataSource
      .getRepository(Invoice)
      .findOneOrFail({ where: { id: 1 }, relations: { plan: true, subscription: true } });
    expect(invoice.plan).toBeInstanceOf(OurPlan);
    expect(invoice.subscription).toBeInstanceOf(OurSubscription);
    expect(await rowsOf(database, 'plans')).toHaveLength(2);
  });

  it("T6 T7 compare() tells the host's additions from differences, and the commands leave them", async () => {
    const { database, dataSource } = await open();
    await saveAll(dataSource);
    await dataSource.destroy();
    // As a process does that knows nothing of the host's classes.
    unbindHost();
    const plain = await openHost(database, []);
    expect(await check(plain)).toEqual([]);
    const { hosts } = await compare(plain);
    for (const [table, [first, second]] of Object.entries(OUR_COLUMNS)) {
      for (const column of [first, second]) {
        expect(hosts).toContainEqual(
          expect.objectContaining({ table, kind: 'column', name: column }),
        );
      }
    }
    expect(await migrate(plain)).toEqual([]);
  });
});

describeOn('postgres', "T3 U2 a host's classes in TypeORM's own DataSource", () => {
  it("T3 T6 TypeORM's own migration:generate makes what they add, and nothing of billing's", async () => {
    const database = await engineNamed('postgres').createDatabase({ host: 'rows', billing: true });
    unbindHost();
    bindHost(OURS);
    const dataSource = await opened(
      new DataSource({
        ...(postgresOpening.options(database.url) as { url: string }),
        type: 'postgres',
        entities: [Category, Invoice, ...tenantBilling.entities, ...userBilling.entities],
        subscribers: [BillingSubscriber],
      }),
    );
    const before = await catalog(database);
    const { up, down } = await generate(dataSource);
    await send(dataSource, up);
    expect(await generate(dataSource)).toEqual({ up: [], down: [] });
    expect(await check(dataSource)).toEqual([]);
    await saveAll(dataSource);
    await send(dataSource, down);
    expect(await catalog(database)).toEqual(before);
  });
});
