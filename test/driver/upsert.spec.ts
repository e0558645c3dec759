import type { DataSource, Repository } from 'typeorm';
import { DirectDebitToken, Plan, SubscriptionPlan, UserSubscription } from '../../src';
import { openBilling } from '../support/data-source';
import { engines, type TestDatabase, USER_IDS } from '../support/engines';

const LONG_AGO = new Date('2020-01-01T00:00:00.000Z');
const RECENTLY = 60_000;

describe.each(engines)('B6 upserts on $name', ({ createDatabase, transactions }) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let plans: Repository<SubscriptionPlan>;

  const PRO = {
    code: 'pro',
    name: 'Pro',
    amount: 900,
    currency: 'EUR',
    billingInterval: 'month',
  } as const;

  beforeAll(async () => {
    ({ database, dataSource } = await openBilling(createDatabase, { host: 'rows' }));
    plans = dataSource.getRepository(SubscriptionPlan);
  });

  beforeEach(async () => {
    await database.exec('DELETE FROM subscription_plans');
    await plans.insert({ ...PRO, createdAt: LONG_AGO, updatedAt: LONG_AGO });
  });

  const age = async (): Promise<number> =>
    Date.now() - (await plans.findOneByOrFail({ code: 'pro' })).updatedAt.getTime();

  it('B6 stamp the row that they find', async () => {
    await plans.upsert({ ...PRO, amount: 1000 }, ['code']);
    expect(await plans.find()).toMatchObject([{ amount: 1000, createdAt: LONG_AGO }]);
    expect(await age()).toBeLessThan(RECENTLY);
    await plans.upsert({ ...PRO, updatedAt: LONG_AGO }, ['code']);
    expect(await age()).toBeGreaterThan(RECENTLY);
  });

  it('B6 skip a row that has the values already, with skipUpdateIfNoValuesChanged', async () => {
    const options = { conflictPaths: ['code'], skipUpdateIfNoValuesChanged: true };
    await plans.upsert({ ...PRO }, options);
    expect(await age()).toBeGreaterThan(RECENTLY);
    await plans.upsert({ ...PRO, amount: 1000 }, options);
    expect(await age()).toBeLessThan(RECENTLY);
  });

  it('B6 change a row on a condition only, if one is given', async () => {
    const upsert = (amount: number): Promise<unknown> =>
      plans
        .createQueryBuilder()
        .insert()
        .values({ ...PRO, amount })
        .orUpdate(['amount'], ['code'], {
          overwriteCondition: {
            where: `"SubscriptionPlan"."amount" < :limit`,
            parameters: { limit: 950 },
          },
        })
        .execute();
    await upsert(1000);
    expect(await plans.find()).toMatchObject([{ amount: 1000 }]);
    await upsert(800);
    expect(await plans.find()).toMatchObject([{ amount: 1000 }]);
  });

  it('B6 find a row by a partial unique index', async () => {
    const tokens = dataSource.getRepository(DirectDebitToken);
    const token = {
      userId: USER_IDS[0],
      provider: 'gocardless',
      scheme: 'bacs',
      mandateReference: 'MD-1',
    } as const;
    for (const bankName of ['First', 'Second']) {
      await tokens.upsert(
        { ...token, bankName },
        {
          conflictPaths: ['provider', 'mandateReference'],
          indexPredicate: 'mandate_reference IS NOT NULL',
        },
      );
    }
    expect(await tokens.find()).toMatchObject([{ bankName: 'Second' }]);
  });

  it('B6 return the key of a row that they find or make', async () => {
    await database.exec('UPDATE subscription_plans SET trial_days = 30');
    const [pro] = await plans.find();
    const rows = [{ ...PRO }, { ...PRO, code: 'team' }];
    const { identifiers } = await plans.upsert(rows, ['code']);
    const team = await plans.findOneByOrFail({ code: 'team' });
    expect(identifiers).toEqual([{ id: pro!.id }, { id: team.id }]);
    expect(rows).toMatchObject([
      { id: pro!.id, trialDays: 30, createdAt: LONG_AGO },
      { id: team.id, trialDays: 0, createdAt: team.createdAt },
    ]);
    // With what they told, a row that refers to it can be written.
    const [{ id } = { id: '' }] = (await plans.upsert({ ...PRO }, ['code'])).identifiers;
    await dataSource.getRepository(UserSubscription).insert({
      ...{ userId: USER_IDS[0], planId: id as string, amount: 900, currency: 'EUR' },
      billingInterval: 'month',
    });
    await database.exec('DELETE FROM user_subscriptions');
  });

  it('B6 return it in a transaction too, or none where it is not known yet', async () => {
    const [pro] = await plans.find();
    const row: typeof PRO & { id?: string } = { ...PRO };
    const { identifiers } = await dataSource.transaction((manager) =>
      manager.upsert(SubscriptionPlan, row, ['code']),
    );
    const told = transactions === 'interactive' ? pro!.id : undefined;
    expect(identifiers).toEqual([{ id: told }]);
    expect(row.id).toBe(told);
    expect(await plans.find()).toMatchObject([{ id: pro!.id }]);
  });

  it('B6 orIgnore() passes over rows that are there, and over nothing else', async () => {
    const ignoring = (values: object): Promise<unknown> =>
      dataSource
        .getRepository(Plan)
        .createQueryBuilder()
        .insert()
        .values(values)
        .orIgnore()
        .execute();
    await ignoring({ name: 'once' });
    await ignoring({ name: 'once', sortOrder: 5 });
    expect(await dataSource.getRepository(Plan).find()).toMatchObject([{ sortOrder: 0 }]);
    await expect(ignoring({ name: 'wrong', trialDays: () => '731' })).rejects.toThrow(
      'ck_plans_trial_days',
    );
  });
});
