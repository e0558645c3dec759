import type { DataSource } from 'typeorm';
import { Plan, Subscription, SubscriptionPlan, TenantConfig } from '../../src';
import {
  createBillingDatabase,
  insert,
  OTHER_TENANT,
  startAfresh,
  store,
  validRow,
} from '../schema/billing-database';
import { closeAfterwards } from '../support/closing';
import { openDataSource } from '../support/data-source';
import { engines, rowsOf, type TestDatabase } from '../support/engines';
import { openBareDataSource } from './bare-data-source';

const ID = '018f3c5e-0000-7000-8000-0000000000e1';
const REFUSED = { code: 'VALIDATION_FAILED' };

const SOURCES = engines.flatMap((engine) => [
  { engine, name: engine.name, kind: 'the shared DataSource', open: openDataSource },
  { engine, name: engine.name, kind: 'a DataSource without subscribers', open: openBareDataSource },
]);

describe.each(SOURCES)('T3 values that are stored, through $kind on $name', ({ engine, open }) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
    dataSource = await open(database);
    closeAfterwards(() => dataSource.destroy());
  });
  beforeEach(async () => {
    await startAfresh(database);
    // Croatia has had the euro since 2023.
    const agreed = { unit_amount: 900, currency: 'HRK' };
    await insert(database, 'subscriptions', { ...validRow('subscriptions'), ...agreed, id: ID });
  });
  const subscriptions = () => dataSource.getRepository(Subscription);
  const load = () => subscriptions().findOneByOrFail({ id: ID });
  const ENDED = { status: 'canceled', endedAt: new Date(0) } as const;

  it.each<{ how: string; change: (loaded: Subscription) => object }>([
    { how: 'an entity', change: (loaded) => Object.assign(loaded, ENDED) },
    { how: 'a spread copy', change: (loaded) => ({ ...(loaded as object), ...ENDED }) },
    {
      how: 'a copy made an entity',
      change: (loaded) => subscriptions().create({ ...(loaded as object), ...ENDED }),
    },
    { how: 'merge()', change: (loaded) => subscriptions().merge(loaded, ENDED) },
  ])('T3 a withdrawn currency is kept when $how is saved', async ({ change }) => {
    await subscriptions().save(change(await load()));
    expect(await rowsOf(database, 'subscriptions')).toMatchObject([
      { status: 'canceled', currency: 'HRK' },
    ]);
  });

  it('T3 a currency that is new to the row is judged, and so is a copy in a new row', async () => {
    const loaded = await load();
    await expect(
      subscriptions().save(Object.assign(loaded, { currency: 'BGN' })),
    ).rejects.toMatchObject(REFUSED);
    const { unitAmount, currency, planId } = await load();
    const copy = subscriptions().create({ tenantId: OTHER_TENANT, planId, unitAmount, currency });
    await expect(subscriptions().save(copy)).rejects.toMatchObject(REFUSED);
    expect(await rowsOf(database, 'subscriptions')).toMatchObject([{ currency: 'HRK' }]);
  });

  it('T3 what was loaded is kept by update() and upsert() of the entity', async () => {
    const changed = Object.assign(await load(), { quantity: 2 });
    await subscriptions().update({ id: ID }, changed);
    await subscriptions().upsert(Object.assign(await load(), { slot: 'upserted' }), ['id']);
    expect(await rowsOf(database, 'subscriptions')).toMatchObject([
      { quantity: 2, slot: 'upserted', currency: 'HRK' },
    ]);
    const copied = Object.assign(await load(), { id: undefined, tenantId: OTHER_TENANT });
    await expect(subscriptions().save(copied as unknown as Subscription)).rejects.toMatchObject(
      REFUSED,
    );
  });

  it('T3 a rule that the CHECK holds is judged with it', async () => {
    const loaded = await load();
    loaded.unitAmount = null;
    await expect(subscriptions().save(loaded)).rejects.toMatchObject({
      ...REFUSED,
      details: {
        failures: [
          { property: 'currency', expected: expect.stringContaining('neither') as unknown },
        ],
      },
    });
  });

  it('T3 the form of an e-mail address and of a code is judged when it changes', async () => {
    await store(database, 'tenant_config', { billing_email: 'nobody' });
    await store(database, 'subscription_plans', { code: 'a plan', id: ID });
    await store(database, 'plans', { currency: 'HRK', id: ID });
    const configs = dataSource.getRepository(TenantConfig);
    const [config] = await configs.find();
    await configs.save(Object.assign(config!, { taxId: 'HR1' }));
    const offers = dataSource.getRepository(SubscriptionPlan);
    const offer = await offers.findOneByOrFail({ id: ID });
    await offers.save(Object.assign(offer, { name: 'Renamed' }));
    const plans = dataSource.getRepository(Plan);
    const plan = await plans.findOneByOrFail({ id: ID });
    await plans.save(plans.create({ ...(plan as object), sortOrder: 3 }));
    expect(await rowsOf(database, 'tenant_config')).toMatchObject([{ tax_id: 'HR1' }]);
    await expect(
      configs.save(Object.assign(config!, { billingEmail: 'nobody else' })),
    ).rejects.toMatchObject(REFUSED);
    await expect(offers.save(Object.assign(offer, { code: 'b plan' }))).rejects.toMatchObject(
      REFUSED,
    );
    const names = (await rowsOf(database, 'plans')).filter(({ id }) => id === ID);
    expect(names).toMatchObject([{ sort_order: 3, currency: 'HRK' }]);
  });
});
