import type { DataSource, Repository } from 'typeorm';
import { BillingError, Plan, type ValidationDetails } from '../../src';
import { openBilling } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;

describe.each(engines)('U6 plain objects on $name', ({ createDatabase }) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let plans: Repository<Plan>;

  beforeAll(async () => {
    ({ database, dataSource } = await openBilling(createDatabase));
    plans = dataSource.getRepository(Plan);
  });

  afterEach(() => database.exec('DELETE FROM plans'));

  const failures = async (write: Promise<unknown>): Promise<string[]> => {
    const error: unknown = await write.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'VALIDATION_FAILED' });
    return (error as BillingError<ValidationDetails>).details!.failures.map(
      ({ property }) => property,
    );
  };

  it('U6 are validated on insert(), save() and upsert(), and nothing is written', async () => {
    const wrong = { name: '', currency: 'usd' as 'USD' };
    expect(await failures(plans.insert(wrong))).toEqual(['name', 'currency']);
    expect(await failures(plans.save(wrong))).toEqual(['name', 'currency']);
    expect(await failures(plans.upsert(wrong, ['name']))).toEqual(['name', 'currency']);
    expect(await failures(plans.insert([{ name: 'fine' }, { name: 'x', trialDays: 731 }]))).toEqual(
      ['trialDays'],
    );
    expect(await plans.count()).toBe(0);
  });

  it('U6 are validated on update(), and on save() of a part of a row', async () => {
    const { id } = await plans.save({ name: 'there' });
    expect(await failures(plans.update({ id }, { trialDays: -1 }))).toEqual(['trialDays']);
    expect(await failures(plans.save({ id, sortOrder: 0.5 }))).toEqual(['sortOrder']);
    expect(await plans.findOneByOrFail({ id })).toMatchObject({ trialDays: 0, sortOrder: 0 });
    await plans.update({ id }, { trialDays: 14 });
    await plans.save({ id, sortOrder: 3 });
    expect(await plans.findOneByOrFail({ id })).toMatchObject({
      name: 'there',
      trialDays: 14,
      sortOrder: 3,
    });
  });

  it('U6 come back complete, with an id that sorts by time', async () => {
    const saved = await plans.save({ name: 'complete' });
    expect(saved).toMatchObject({
      currency: 'USD',
      isActive: true,
      features: {},
      description: null,
    });
    expect(saved.id).toMatch(UUID_V7);
    const inserted = await plans.insert({ name: 'inserted' });
    expect((inserted.identifiers[0] as { id: string }).id).toMatch(UUID_V7);
  });

  it('U6 may hold SQL expressions, which the database answers for', async () => {
    await plans.insert({ name: () => `'from ' || 'SQL'`, currency: 'EUR' });
    await plans.update({ name: 'from SQL' }, { sortOrder: () => 'sort_order + 5' });
    expect(await plans.find()).toMatchObject([{ name: 'from SQL', currency: 'EUR', sortOrder: 5 }]);
    await expect(plans.update({ name: 'from SQL' }, { trialDays: () => '-1' })).rejects.toThrow(
      'ck_plans_trial_days',
    );
  });
});
