import type { DataSource, DeepPartial } from 'typeorm';
import { Plan, Subscription } from '../../src';
import {
  createBillingDatabase,
  OTHER_TENANT,
  PLAN,
  startAfresh,
  TENANT,
} from '../schema/billing-database';
import { openDataSource } from '../support/data-source';
import { engines, rowsOf, type TestDatabase } from '../support/engines';

describe.each(engines)('U6 properties that no entity has, on $name', (engine) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
    dataSource = await openDataSource(database);
  });
  beforeEach(() => startAfresh(database));
  const subscriptions = () => dataSource.getRepository(Subscription);

  it('U6 are refused by name by every way to write, with what was probably meant', async () => {
    const valid = { tenantId: OTHER_TENANT, planId: PLAN };
    const { id } = await subscriptions().save({ tenantId: TENANT, planId: PLAN });
    const wrong = { quantitty: 2 } as object;
    const writes = [
      () => subscriptions().save({ ...valid, ...wrong }),
      () => subscriptions().save({ id, ...wrong }),
      () => subscriptions().save({ id, quantity: 3, ...wrong }),
      () => subscriptions().insert({ ...valid, ...wrong }),
      () => subscriptions().upsert({ ...valid, ...wrong }, ['id']),
      () => subscriptions().update({ id }, wrong),
      () =>
        subscriptions()
          .createQueryBuilder()
          .insert()
          .values({ ...valid, ...wrong })
          .execute(),
    ];
    for (const write of writes) {
      await expect(write()).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        message: expect.stringContaining(
          'Subscription has no property quantitty (did you mean quantity?)',
        ) as unknown,
        details: { entity: 'Subscription', failures: [{ property: 'quantitty' }] },
      });
    }
    await expect(
      subscriptions().save({ ...valid, tenant_id: TENANT, wholly: 1 } as DeepPartial<Subscription>),
    ).rejects.toThrow(
      'no property tenant_id (did you mean tenantId?); Subscription has no property wholly. Correct',
    );
    expect(await rowsOf(database, 'subscriptions')).toMatchObject([{ id, quantity: 1 }]);
  });

  it('U6 may be on an instance, and on a copy of a loaded one', async () => {
    await subscriptions().save({ tenantId: TENANT, planId: PLAN });
    const loaded = await subscriptions()
      .createQueryBuilder('s')
      .leftJoinAndMapOne('s.joined', Plan, 'p', 'p.id = s.planId')
      .getOneOrFail();
    expect(loaded).toMatchObject({ joined: { id: PLAN } });
    await subscriptions().save({ ...(loaded as object), quantity: 4 });
    const instance = await subscriptions().findOneByOrFail({ tenantId: TENANT });
    await subscriptions().save(Object.assign(instance, { label: 'mine', quantity: 5 }));
    expect(await rowsOf(database, 'subscriptions')).toMatchObject([{ quantity: 5 }]);
    await expect(
      subscriptions().save({ ...(loaded as object), quantitty: 6 } as DeepPartial<Subscription>),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});
