import type { DataSource } from 'typeorm';
import { DirectDebitToken, Plan, Subscription, UserSubscription } from '../../src';
import {
  createBillingDatabase,
  insert,
  NOBODY,
  OTHER_TENANT,
  PARENT_USER,
  PLAN,
  startAfresh,
  TENANT,
  TOKEN,
  update,
  USER_SUBSCRIPTION,
  validRow,
} from '../schema/billing-database';
import { closeAfterwards } from '../support/closing';
import { openDataSource } from '../support/data-source';
import { engines, rowsOf, type TestDatabase } from '../support/engines';
import { openBareDataSource } from './bare-data-source';

const LARGE = '018f3c5e-0000-7000-8000-0000000000a2';
const THIRD = '018f3c5e-0000-7000-8000-0000000000a3';
const SUBSCRIPTION = '018f3c5e-0000-7000-8000-0000000000e1';

const SOURCES = engines.flatMap((engine) => [
  { engine, name: engine.name, kind: 'the shared DataSource', open: openDataSource },
  { engine, name: engine.name, kind: 'a DataSource without subscribers', open: openBareDataSource },
]);

describe.each(SOURCES)('T3 keys beside rows, through $kind on $name', ({ engine, open }) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
    dataSource = await open(database);
    closeAfterwards(() => dataSource.destroy());
  });
  beforeEach(async () => {
    await startAfresh(database);
    for (const id of [LARGE, THIRD]) await insert(database, 'plans', { id, name: id });
    await insert(database, 'subscriptions', { ...validRow('subscriptions'), id: SUBSCRIPTION });
    await update(database, 'user_subscriptions', USER_SUBSCRIPTION, {
      direct_debit_token_id: TOKEN,
    });
  });

  const load = (): Promise<Subscription> =>
    dataSource.getRepository(Subscription).findOneOrFail({
      where: { id: SUBSCRIPTION },
      relations: { plan: true, tenant: true },
    });
  const subscriptions = () => dataSource.getRepository(Subscription);
  const storedPlan = async (): Promise<unknown> =>
    (await rowsOf(database, 'subscriptions')).find(({ id }) => id === SUBSCRIPTION)?.plan_id;
  const planOf = (id: string): Promise<Plan> =>
    dataSource.getRepository(Plan).findOneByOrFail({ id });

  it('T3 a key set beside a loaded row is stored, and the row taken away', async () => {
    const loaded = await load();
    loaded.planId = LARGE;
    const saved = await subscriptions().save(loaded);
    expect(await storedPlan()).toBe(LARGE);
    expect(saved).toMatchObject({ planId: LARGE, tenant: { id: TENANT } });
    expect(saved.plan).toBeUndefined();
    expect('plan' in saved).toBe(false);
  });

  it.each<{ how: string; change: (loaded: Subscription) => unknown }>([
    { how: 'Object.assign()', change: (loaded) => Object.assign(loaded, { planId: LARGE }) },
    { how: 'merge()', change: (loaded) => subscriptions().merge(loaded, { planId: LARGE }) },
    {
      how: 'preload()',
      change: () => subscriptions().preload({ id: SUBSCRIPTION, planId: LARGE }),
    },
    { how: 'a spread copy', change: (loaded) => ({ ...(loaded as object), planId: LARGE }) },
    {
      how: 'create() of a copy',
      change: (loaded) => subscriptions().create({ ...(loaded as object), planId: LARGE }),
    },
    {
      how: 'a plain object',
      change: () => ({ id: SUBSCRIPTION, planId: LARGE, plan: { id: PLAN } }),
    },
    {
      how: 'a row set',
      change: async (loaded) => Object.assign(loaded, { plan: await planOf(LARGE) }),
    },
    { how: 'a row by its id', change: (loaded) => Object.assign(loaded, { plan: { id: LARGE } }) },
    {
      how: 'both',
      change: async (loaded) => Object.assign(loaded, { plan: await planOf(LARGE), planId: LARGE }),
    },
    {
      how: 'a key without the row',
      change: (loaded) => Object.assign(loaded, { plan: undefined, planId: LARGE }),
    },
  ])('T3 the change by $how is stored', async ({ change }) => {
    const changed = (await change(await load())) as Subscription;
    const [saved] = await subscriptions().save([changed]);
    expect(await storedPlan()).toBe(LARGE);
    expect(saved!.planId).toBe(LARGE);
  });

  it('T3 a key set is stored although another request has changed the row', async () => {
    const loaded = await load();
    await update(database, 'subscriptions', SUBSCRIPTION, { plan_id: LARGE });
    loaded.planId = THIRD;
    await subscriptions().save(loaded);
    expect(await storedPlan()).toBe(THIRD);
    const again = await load();
    await update(database, 'subscriptions', SUBSCRIPTION, { plan_id: PLAN });
    again.planId = PLAN;
    again.quantity = 7;
    await subscriptions().save(again);
    expect(await storedPlan()).toBe(PLAN);
  });

  it('T3 saved, changed and saved again, each change is stored', async () => {
    const loaded = await load();
    loaded.planId = LARGE;
    await subscriptions().save(loaded);
    loaded.plan = await planOf(THIRD);
    await subscriptions().save(loaded);
    expect([await storedPlan(), loaded.planId]).toEqual([THIRD, THIRD]);
    loaded.planId = PLAN;
    await subscriptions().save(loaded);
    expect([await storedPlan(), loaded.plan]).toEqual([PLAN, undefined]);
    const made = subscriptions().create({ tenantId: OTHER_TENANT, plan: await planOf(PLAN) });
    await subscriptions().save(made);
    made.planId = LARGE;
    await subscriptions().save(made);
    const { planId } = await subscriptions().findOneByOrFail({ id: made.id });
    expect(planId).toBe(LARGE);
  });

  it('T3 both changed to different rows is refused, and names both', async () => {
    const loaded = await load();
    loaded.planId = LARGE;
    loaded.plan = await planOf(THIRD);
    await expect(subscriptions().save(loaded)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringMatching(
        new RegExp(`planId is "${LARGE}".*plan.*"${THIRD}"`),
      ) as unknown,
    });
    expect(await storedPlan()).toBe(PLAN);
  });

  it('T3 a new row with two that disagree is refused', async () => {
    const plan = await planOf(PLAN);
    const made = subscriptions().create({ tenantId: OTHER_TENANT, plan, planId: LARGE });
    await expect(subscriptions().save(made)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    const inserted = subscriptions().create({ tenantId: OTHER_TENANT, plan, planId: LARGE });
    await expect(subscriptions().insert(inserted)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    expect(await rowsOf(database, 'subscriptions')).toHaveLength(1);
  });

  it('T3 a query of relations after a refused save is not refused', async () => {
    const loaded = await load();
    Object.assign(loaded, { planId: LARGE, plan: await planOf(THIRD) });
    await expect(subscriptions().save(loaded)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    const [found] = await subscriptions().find({
      relations: { plan: true },
      relationLoadStrategy: 'query',
    });
    expect([found?.plan?.id, loaded.planId, loaded.plan?.id]).toEqual([PLAN, LARGE, THIRD]);
  });

  it('T3 a row that was loaded without its id is the one of the key', async () => {
    const find = (): Promise<Subscription> =>
      subscriptions().findOneOrFail({
        where: { id: SUBSCRIPTION },
        select: { id: true, planId: true, plan: { name: true } },
        relations: { plan: true },
      });
    await subscriptions().save({ ...((await find()) as object), quantity: 6 });
    expect(await rowsOf(database, 'subscriptions')).toMatchObject([{ plan_id: PLAN, quantity: 6 }]);
    await subscriptions().save({ ...((await find()) as object), planId: LARGE });
    expect(await storedPlan()).toBe(LARGE);
  });

  it('T3 a new row that is not saved with it is no silent change', async () => {
    const named = await load();
    named.plan = dataSource.getRepository(Plan).create({ name: 'Not saved' });
    await expect(subscriptions().save(named)).rejects.toThrow(/foreign key/i);
    await expect(
      subscriptions().save(Object.assign(await load(), { plan: {} })),
    ).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { failures: [{ property: 'planId' }] },
    });
    expect(await storedPlan()).toBe(PLAN);
  });

  it('T3 a row that is made in the same save() is stored, and its key follows', async () => {
    const loaded = await load();
    const plan = dataSource.getRepository(Plan).create({ name: 'New' });
    loaded.plan = plan;
    await dataSource.manager.save([plan, loaded]);
    expect([await storedPlan(), loaded.planId]).toEqual([plan.id, plan.id]);
  });

  it('U3 a mandate is taken off by its key, and put on again', async () => {
    const repository = dataSource.getRepository(UserSubscription);
    const find = (): Promise<UserSubscription> =>
      repository.findOneOrFail({
        where: { id: USER_SUBSCRIPTION },
        relations: { directDebitToken: true, plan: true, user: true },
      });
    const stored = async (): Promise<unknown> =>
      (await rowsOf(database, 'user_subscriptions')).find(({ id }) => id === USER_SUBSCRIPTION)
        ?.direct_debit_token_id;
    const first = await find();
    first.directDebitTokenId = null;
    const saved = await repository.save(first);
    expect([await stored(), saved.directDebitTokenId, saved.directDebitToken]).toEqual([
      null,
      null,
      null,
    ]);
    const second = await find();
    expect(second.directDebitToken).toBeNull();
    second.directDebitTokenId = TOKEN;
    await repository.save(second);
    expect(await stored()).toBe(TOKEN);
    const third = await find();
    third.directDebitToken = null;
    await repository.save(third);
    expect([await stored(), third.directDebitTokenId]).toEqual([null, null]);
  });

  it('U3 a mandate is replaced by a key beside the old one', async () => {
    const tokens = dataSource.getRepository(DirectDebitToken);
    const made = await tokens.save(
      ['a', 'b'].map((provider) =>
        tokens.create({ userId: PARENT_USER, provider, scheme: 'bacs' }),
      ),
    );
    const [a, b] = made as [DirectDebitToken, DirectDebitToken];
    await tokens.save(Object.assign(a, { replacedBy: { id: TOKEN } }));
    const loaded = await tokens.findOneOrFail({
      where: { id: a.id },
      relations: { replacedBy: true },
    });
    loaded.replacedById = b.id;
    await tokens.save(loaded);
    expect((await tokens.findOneByOrFail({ id: a.id })).replacedById).toBe(b.id);
  });
});

describe.each(engines)('T3 keys beside rows of plain objects on $name', (engine) => {
  it('T3 are refused by every way to write where two disagree', async () => {
    const database = await createBillingDatabase(engine);
    await startAfresh(database);
    await insert(database, 'plans', { id: LARGE, name: 'Large' });
    await insert(database, 'subscriptions', { ...validRow('subscriptions'), id: SUBSCRIPTION });
    const dataSource = await openDataSource(database);
    const subscriptions = dataSource.getRepository(Subscription);
    const both = { plan: { id: PLAN }, planId: LARGE };
    const writes = [
      () => subscriptions.save({ tenantId: OTHER_TENANT, ...both }),
      () => subscriptions.insert({ tenantId: OTHER_TENANT, ...both }),
      () =>
        subscriptions.insert({
          tenantId: OTHER_TENANT,
          plan: { id: PLAN },
          planId: () => `'${LARGE}'`,
        }),
      () => subscriptions.upsert({ tenantId: OTHER_TENANT, ...both }, ['id']),
      () => subscriptions.update({ id: SUBSCRIPTION }, both),
      () =>
        subscriptions.createQueryBuilder().update().set(both).where({ id: SUBSCRIPTION }).execute(),
      () =>
        subscriptions
          .createQueryBuilder()
          .insert()
          .values({ tenantId: OTHER_TENANT, ...both })
          .execute(),
      () => subscriptions.save({ id: SUBSCRIPTION, plan: { id: NOBODY }, planId: LARGE }),
      () => subscriptions.save({ id: SUBSCRIPTION, plan: { name: 'No id' } }),
      () => subscriptions.update({ id: SUBSCRIPTION }, { plan: {} }),
    ];
    for (const write of writes) {
      await expect(write()).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        details: { failures: [{ property: 'planId' }] },
      });
    }
    expect(await rowsOf(database, 'subscriptions')).toMatchObject([{ plan_id: PLAN }]);
    await subscriptions.update({ id: SUBSCRIPTION }, { plan: { id: LARGE } });
    expect(await rowsOf(database, 'subscriptions')).toMatchObject([{ plan_id: LARGE }]);
  });
});
