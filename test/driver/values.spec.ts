import { type DataSource, In, LessThan, MoreThan } from 'typeorm';
import { PaymentAttempt, Plan, Subscription, SubscriptionPlan, UserSubscription } from '../../src';
import { openBilling } from '../support/data-source';
import { engines, TENANT_IDS, type TestDatabase, USER_IDS } from '../support/engines';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const START = new Date('2026-03-29T01:59:59.001Z');
const END = new Date('2026-04-29T01:59:59.999Z');

describe.each(engines)('B1 values on $name', ({ name, createDatabase }) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    ({ database, dataSource } = await openBilling(createDatabase, { host: 'rows' }));
  });

  it('B1 read back as they were saved: Date, money, boolean, JSON, ids and null', async () => {
    const plans = dataSource.getRepository(Plan);
    const plan = await plans.save(
      plans.create({
        name: 'Größe 🚀',
        priceMonthly: Number.MAX_SAFE_INTEGER,
        priceYearly: 0,
        currency: 'JPY',
        features: { seats: 5, nested: { on: true, list: [1, 'two', null] } },
        isActive: false,
      }),
    );
    expect(plan.id).toMatch(UUID_V7);
    expect(await plans.findOneByOrFail({ id: plan.id })).toEqual(plan);
    expect(plan).toMatchObject({
      priceMonthly: 9007199254740991,
      priceYearly: 0,
      isActive: false,
      description: null,
      trialDays: 0,
      createdAt: expect.any(Date) as Date,
    });

    const subscriptions = dataSource.getRepository(Subscription);
    const saved = await subscriptions.save(
      subscriptions.create({
        tenantId: TENANT_IDS[0],
        plan,
        status: 'active',
        currentPeriodStart: START,
        currentPeriodEnd: END,
      }),
    );
    const read = await subscriptions.findOneOrFail({
      where: { id: saved.id },
      relations: { plan: true, tenant: true },
    });
    expect(read).toMatchObject({
      planId: plan.id,
      tenantId: TENANT_IDS[0],
      currentPeriodStart: START,
      currentPeriodEnd: END,
      endedAt: null,
      quantity: 1,
    });
    expect(read.plan).toEqual(plan);
    expect(read.tenant).toEqual({ id: TENANT_IDS[0] });
  });

  it('B1 times are found by comparison to the millisecond', async () => {
    const subscriptions = dataSource.getRepository(Subscription);
    const before = new Date(END.getTime() - 1);
    expect(await subscriptions.countBy({ currentPeriodEnd: END })).toBe(1);
    expect(await subscriptions.countBy({ currentPeriodEnd: MoreThan(before) })).toBe(1);
    expect(await subscriptions.countBy({ currentPeriodEnd: LessThan(END) })).toBe(0);
    expect(
      await subscriptions
        .createQueryBuilder('s')
        .where('s.currentPeriodEnd > :before', { before })
        .getCount(),
    ).toBe(1);
  });

  it('B1 an update by criteria stamps updated_at with milliseconds, in UTC', async () => {
    const plans = dataSource.getRepository(Plan);
    const { id } = await plans.save(plans.create({ name: 'stamped' }));
    await plans.update({ id }, { updatedAt: new Date('2020-01-01T00:00:00.000Z') });
    const start = Date.now();
    await plans.update({ id }, { sortOrder: 7 });
    const { updatedAt, sortOrder } = await plans.findOneByOrFail({ id });
    expect(sortOrder).toBe(7);
    // The server's clock is this machine's.
    expect(Math.abs(updatedAt.getTime() - start)).toBeLessThan(5_000);
    if (name === 'sqlite') {
      const [row] = await database.sql<{ updated_at: string }>(
        'SELECT updated_at FROM plans WHERE id = $1',
        [id],
      );
      expect(row?.updated_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
    }
  });

  it('B1 plain objects are inserted with an id and the defaults of the table', async () => {
    const plans = dataSource.getRepository(Plan);
    const { identifiers } = await plans.insert({ name: 'plain' });
    const id = (identifiers[0] as { id: string }).id;
    expect(await plans.findOneByOrFail({ id })).toMatchObject({
      name: 'plain',
      currency: 'USD',
      features: {},
      isActive: true,
      trialDays: 0,
    });
    const saved = await plans.save({ name: 'saved plain' });
    expect(await plans.findOneByOrFail({ id: saved.id })).toMatchObject({
      name: 'saved plain',
      currency: 'USD',
    });
  });

  it('B1 plain SQL gets times that the entity reads to the millisecond', async () => {
    const id = '00000000-0000-4000-8000-000000000077';
    await database.sql(`INSERT INTO plans (id, name) VALUES ($1, 'by hand')`, [id]);
    const plan = await dataSource.getRepository(Plan).findOneByOrFail({ id });
    expect(Math.abs(plan.createdAt.getTime() - Date.now())).toBeLessThan(5_000);
    // Were there microseconds behind it, a comparison with what was read would miss the row.
    expect(await dataSource.getRepository(Plan).countBy({ id, createdAt: plan.createdAt })).toBe(1);
  });

  it('B1 ids sort in the order in which the rows were made', async () => {
    const plans = dataSource.getRepository(Plan);
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) {
      ids.push((await plans.save(plans.create({ name: `ordered ${index}` }))).id);
    }
    expect([...ids].sort()).toEqual(ids);
    const read = await plans.find({ where: { id: In(ids) }, order: { id: 'ASC' } });
    expect(read.map(({ id }) => id)).toEqual(ids);
  });

  it('B1 a graph of user billing is saved and read through its relations', async () => {
    const { manager } = dataSource;
    const plan = await manager.save(
      manager.create(SubscriptionPlan, {
        code: 'pro',
        name: 'Pro',
        amount: 900,
        currency: 'EUR',
        billingInterval: 'month',
      }),
    );
    const subscription = await manager.save(
      manager.create(UserSubscription, {
        userId: USER_IDS[0],
        plan,
        status: 'active',
        amount: 900,
        currency: 'EUR',
        billingInterval: 'month',
      }),
    );
    await manager.save(
      manager.create(PaymentAttempt, {
        userId: USER_IDS[0],
        userSubscription: subscription,
        kind: 'initial',
        status: 'succeeded',
        succeededAt: START,
        amount: 900,
        currency: 'EUR',
        idempotencyKey: 'key-1',
        provider: 'gocardless',
        periodStart: START,
        periodEnd: END,
      }),
    );
    const [attempt] = await manager.find(PaymentAttempt, {
      where: { userSubscription: { plan: { code: 'pro' } } },
      relations: { userSubscription: { plan: true }, user: true },
    });
    expect(attempt).toMatchObject({
      amount: 900,
      succeededAt: START,
      user: { id: USER_IDS[0] },
      userSubscription: { id: subscription.id, plan: { id: plan.id, intervalCount: 1 } },
    });
    await manager.remove(attempt!);
    expect(await database.sql('SELECT id FROM payment_attempts')).toEqual([]);
  });

  it('B1 an upsert by a unique column updates the row that is there', async () => {
    const plans = dataSource.getRepository(SubscriptionPlan);
    await plans.upsert(
      { code: 'pro', name: 'Pro 2', amount: 1000, currency: 'EUR', billingInterval: 'month' },
      ['code'],
    );
    expect(await plans.find()).toMatchObject([{ code: 'pro', name: 'Pro 2', amount: 1000 }]);
  });
});
