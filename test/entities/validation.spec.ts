import { inspect } from 'node:util';
import { type DataSource, QueryFailedError } from 'typeorm';
import {
  BillingError,
  DirectDebitToken,
  PaymentAttempt,
  Plan,
  Subscription,
  SubscriptionPlan,
  TenantConfig,
  UserSubscription,
  type ValidationDetails,
} from '../../src';
import {
  createBillingDatabase,
  day,
  PLAN,
  startAfresh,
  TENANT,
  USER,
  USER_PLAN,
} from '../schema/billing-database';
import { BILLING_TABLES } from '../support/billing-tables';
import { closeAfterwards } from '../support/closing';
import { openDataSource } from '../support/data-source';
import { engines, rowsOf, type TestDatabase } from '../support/engines';
import { openBareDataSource } from './bare-data-source';

const PRICE = { amount: 1900, currency: 'EUR', billingInterval: 'month' } as const;

/** A valid entity of each class. */
const ENTITIES: readonly (() => object)[] = [
  () => make(Plan, { name: 'Gold' }),
  () => make(Subscription, { tenantId: TENANT, planId: PLAN }),
  () => make(TenantConfig, { tenantId: TENANT }),
  () => make(SubscriptionPlan, { code: 'gold', name: 'Gold', ...PRICE }),
  () => make(DirectDebitToken, { userId: USER, provider: 'gocardless', scheme: 'bacs' }),
  () => make(UserSubscription, { userId: USER, planId: USER_PLAN, ...PRICE }),
  () =>
    make(PaymentAttempt, {
      userId: USER,
      kind: 'initial',
      amount: 1900,
      currency: 'EUR',
      idempotencyKey: 'key-1',
      provider: 'gocardless',
    }),
];

const SOURCES = engines.flatMap((engine) => [
  { engine, name: engine.name, kind: 'the shared DataSource', open: openDataSource },
  { engine, name: engine.name, kind: 'a DataSource without subscribers', open: openBareDataSource },
]);

describe.each(SOURCES)('U6 validation through $kind on $name', ({ engine, open }) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
    dataSource = await open(database);
    closeAfterwards(() => dataSource.destroy());
  });
  beforeEach(() => startAfresh(database));

  /** The one error of a write that must be refused, and leave every row as it was. */
  async function refusal(write: () => Promise<unknown>): Promise<BillingError<ValidationDetails>> {
    const before = await allRows();
    const error = await write().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(await allRows()).toEqual(before);
    expect(error).toBeInstanceOf(BillingError);
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED' });
    return error as BillingError<ValidationDetails>;
  }

  async function allRows(): Promise<unknown[]> {
    const rows: unknown[] = [];
    for (const table of BILLING_TABLES) rows.push(...(await rowsOf(database, table)));
    return rows;
  }

  it('stores a valid entity of each class', async () => {
    const before = (await allRows()).length;
    for (const entity of ENTITIES) await dataSource.manager.save(entity());
    expect((await allRows()).length).toBe(before + ENTITIES.length);
  });

  it('refuses an entity by one error that lists each property, its value and what it should be', async () => {
    const plan = make(Plan, { name: '', currency: 'usd' as 'USD', trialDays: 731, isActive: true });
    const error = await refusal(() => dataSource.manager.save(plan));
    expect(error.details).toEqual({
      entity: 'Plan',
      table: 'plans',
      failures: [
        { property: 'name', value: '', expected: 'text of 1 to 100 characters' },
        {
          property: 'currency',
          value: 'usd',
          expected: 'an active ISO 4217 currency code in upper case',
        },
        { property: 'trialDays', value: 731, expected: 'a whole number from 0 to 730' },
      ],
    });
    for (const part of ['plans', 'name is ""', 'currency is "usd"', 'trialDays is 731']) {
      expect(error.message).toContain(part);
    }
  });

  it('refuses a row whose values do not go together', async () => {
    const subscription = make(Subscription, {
      tenantId: TENANT,
      planId: PLAN,
      status: 'canceled',
      unitAmount: 1900,
      currentPeriodStart: day(2),
      currentPeriodEnd: day(1),
    });
    const { details } = await refusal(() => dataSource.manager.save(subscription));
    const failed = details?.failures.map(({ property }) => property).sort();
    expect(failed).toEqual(['currency', 'currentPeriodEnd', 'endedAt']);
  });

  it.each(ENTITIES.map((entity) => ({ entity, name: entity().constructor.name })))(
    'has a rule for every property that can be written: $name',
    async ({ entity }) => {
      const { columns } = dataSource.getMetadata(entity().constructor);
      const before = await allRows();
      for (const { propertyName } of columns) {
        // What no column can hold.
        const broken = Object.assign(entity(), { [propertyName]: Symbol('nothing') });
        const write = dataSource.manager.insert(broken.constructor, broken);
        const error = await write.catch((reason: unknown) => reason);
        expect(error).toMatchObject({
          code: 'VALIDATION_FAILED',
          details: { failures: [{ property: propertyName }] },
        });
      }
      expect(await allRows()).toEqual(before);
    },
  );

  it.each<{ how: string; write: (plan: Plan) => Promise<unknown> }>([
    { how: 'manager.save()', write: (plan) => dataSource.manager.save(plan) },
    { how: 'repository.save()', write: (plan) => dataSource.getRepository(Plan).save(plan) },
    { how: 'insert()', write: (plan) => dataSource.manager.insert(Plan, plan) },
    { how: 'upsert()', write: (plan) => dataSource.manager.upsert(Plan, plan, ['name']) },
    {
      how: 'a query builder',
      write: (plan) => dataSource.createQueryBuilder().insert().into(Plan).values(plan).execute(),
    },
    {
      how: 'a transaction',
      write: (plan) => dataSource.transaction((manager) => manager.save(plan)),
    },
  ])('is asked by $how', async ({ write }) => {
    const error = await refusal(() => write(make(Plan, { name: 'Gold', trialDays: -1 })));
    expect(error.details?.failures.map(({ property }) => property)).toEqual(['trialDays']);
    await write(make(Plan, { name: 'Gold', trialDays: 0 }));
    expect((await rowsOf(database, 'plans')).length).toBe(2);
  });

  it('writes nothing of a list in which one is invalid', async () => {
    const list = [1, 2, 3].map((number) =>
      make(Plan, { name: `Plan ${number}`, sortOrder: number === 2 ? 0.5 : 0 }),
    );
    const error = await refusal(() => dataSource.manager.save(list));
    expect(error.details?.failures).toEqual([expect.objectContaining({ property: 'sortOrder' })]);
  });

  it('refuses an update, and leaves the row as it was', async () => {
    await dataSource.manager.save(make(Plan, { name: 'Gold', trialDays: 14 }));
    const plan = await dataSource.manager.findOneByOrFail(Plan, { name: 'Gold' });
    plan.trialDays = 731;
    const error = await refusal(() => dataSource.manager.save(plan));
    expect(error.details?.failures).toEqual([
      { property: 'trialDays', value: 731, expected: 'a whole number from 0 to 730' },
    ]);

    plan.trialDays = 730;
    await dataSource.manager.save(plan);
    expect(await rowsOf(database, 'plans')).toContainEqual(
      expect.objectContaining({ name: 'Gold', trial_days: 730 }),
    );
  });

  it('judges an update by what was loaded, and leaves the rest to the database', async () => {
    await dataSource.manager.save(make(Subscription, { tenantId: TENANT, planId: PLAN }));
    const load = () =>
      dataSource.manager.findOneOrFail(Subscription, {
        where: { tenantId: TENANT },
        select: { id: true, status: true },
      });
    const misspelt = Object.assign(await load(), { status: 'cancelled' });
    const error = await refusal(() => dataSource.manager.save(misspelt));
    expect(error.details?.failures.map(({ property }) => property)).toEqual(['status']);

    // Right in itself; that ended_at is missing only the database can tell.
    const ended = Object.assign(await load(), { status: 'canceled' as const });
    await expect(dataSource.manager.save(ended)).rejects.toThrow(QueryFailedError);

    const paused = Object.assign(await load(), { status: 'paused' as const });
    await dataSource.manager.save(paused);
    expect(await rowsOf(database, 'subscriptions')).toEqual([
      expect.objectContaining({ status: 'paused' }),
    ]);
  });

  it.each<{ how: string; write: (values: Partial<Plan>) => Promise<unknown> }>([
    { how: 'insert()', write: (values) => dataSource.manager.insert(Plan, values) },
    { how: 'save()', write: (values) => dataSource.getRepository(Plan).save(values) },
    { how: 'upsert()', write: (values) => dataSource.manager.upsert(Plan, values, ['name']) },
    { how: 'update()', write: (values) => dataSource.manager.update(Plan, { id: PLAN }, values) },
  ])('is asked of plain objects by $how, or else the database refuses', async ({ write }) => {
    const before = await allRows();
    const hasSubscriber = dataSource.subscribers.length > 0;
    await expect(write({ name: 'Gold', trialDays: 731 })).rejects.toThrow(
      hasSubscriber ? 'trialDays is 731, expected' : 'ck_plans_trial_days',
    );
    expect(await allRows()).toEqual(before);
  });

  it.each([
    { what: 'a text', tokenCiphertext: 'hush-hush\0', tokenFingerprint: 'hush-hush' },
    { what: 'a list', tokenCiphertext: ['hush-hush'], tokenFingerprint: ['hush-hush'] },
    {
      what: 'an object',
      tokenCiphertext: { a: 'hush-hush' },
      tokenFingerprint: { a: 'hush-hush' },
    },
  ])('never shows a secret, given as $what', async ({ tokenCiphertext, tokenFingerprint }) => {
    const token = Object.assign(new DirectDebitToken(), {
      ...{ userId: USER, provider: 'gocardless', scheme: 'bacs', tokenKeyId: 'key-1' },
      ...{ tokenCiphertext, tokenFingerprint },
    });
    const error = await refusal(() => dataSource.manager.save(token));
    expect(error.details?.failures.map(({ property, value }) => ({ property, value }))).toEqual([
      { property: 'tokenCiphertext', value: '[redacted]' },
      { property: 'tokenFingerprint', value: '[redacted]' },
    ]);
    const everything = inspect(error, { depth: null, showHidden: true, getters: true });
    for (const text of [everything, JSON.stringify(error), String(error), error.stack]) {
      expect(text).not.toContain('hush');
    }
  });
});

function make<Entity extends object>(type: new () => Entity, values: Partial<Entity>): Entity {
  return Object.assign(new type(), values);
}
