import type { EntityTarget, ObjectLiteral } from 'typeorm';
import {
  type D1Binding,
  D1DataSource,
  PaymentAttempt,
  Plan,
  tenantBilling,
  TenantConfig,
  userBilling,
  UserSubscription,
} from '../../src/d1';
import { opened } from '../support/data-source';
import { engineNamed, type TestDatabase } from '../support/engines';

describe('B1 a D1DataSource', () => {
  let database: TestDatabase;
  const { entities, migrations } = tenantBilling;

  beforeAll(async () => {
    database = await engineNamed('d1').createDatabase();
    const dataSource = await opened(
      new D1DataSource({
        database: database.binding!,
        entities: [...entities, ...userBilling.entities],
        migrations: [...migrations.sqlite, ...userBilling.migrations.sqlite],
      }),
    );
    await dataSource.runMigrations();
  });

  it('B1 refuses an isolation level that all transactions were to have, and writes nothing', async () => {
    const dataSource = new D1DataSource({
      database: database.binding!,
      entities,
      isolationLevel: 'SERIALIZABLE',
    });
    await opened(dataSource);
    await expect(
      dataSource.transaction((manager) => manager.insert(Plan, { name: 'written' })),
    ).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
      message: expect.stringMatching(
        /no isolation levels, and SERIALIZABLE .*: leave it out/,
      ) as string,
    });
    expect(await dataSource.getRepository(Plan).count()).toBe(0);
  });

  it('B1 says what is wrong when it is used before initialize() or after destroy()', async () => {
    const dataSource = new D1DataSource({ database: database.binding!, entities });
    const refusal = {
      code: 'DATA_SOURCE_CLOSED',
      message: expect.stringMatching(/D1 DataSource is not open: await initialize\(\)/) as string,
    };
    await expect(dataSource.query('SELECT 1')).rejects.toMatchObject(refusal);
    await dataSource.initialize();
    expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await dataSource.destroy();
    await expect(dataSource.query('SELECT 1')).rejects.toMatchObject(refusal);
  });

  it.each([
    [undefined, /D1DataSource is undefined, which is no D1 binding/],
    ['DB', /D1DataSource is "DB", which/],
    [{ get: () => 'of a KV namespace' }, /D1DataSource is another object, which/],
  ])('B1 refuses %j in the place of the binding', async (given, message) => {
    const database = given as unknown as D1Binding;
    await expect(new D1DataSource({ database, entities }).initialize()).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('B1 refuses a read of rows that a held delete takes along, or changes, and of no others', async () => {
    const dataSource = new D1DataSource({
      database: database.binding!,
      entities: [...tenantBilling.entities, ...userBilling.entities],
    });
    await opened(dataSource);
    const reading = (of: EntityTarget<ObjectLiteral>): Promise<unknown> =>
      dataSource.transaction(async (manager) => {
        await manager.delete(UserSubscription, { id: 'one' });
        // Set NULL with it: payment_attempts. Not at all: tenant_config.
        return manager.find(of);
      });
    await expect(reading(PaymentAttempt)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    expect(await reading(TenantConfig)).toEqual([]);
    const [subscription] = await dataSource.transaction(async (manager) => {
      await manager.query('DELETE FROM "user" WHERE id = ?', ['nobody']);
      return Promise.allSettled([manager.countBy(UserSubscription, { userId: 'nobody' })]);
    });
    expect(subscription).toMatchObject({ reason: { code: 'NOT_SUPPORTED' } });
  });

  it('B1 without a transaction save() gives what the database has stamped', async () => {
    const dataSource = new D1DataSource({ database: database.binding!, entities });
    await opened(dataSource);
    const plans = dataSource.getRepository(Plan);
    const plan = await plans.save(plans.create({ name: 'stamped' }));
    const before = plan.updatedAt;
    await new Promise((resolve) => setTimeout(resolve, 5));
    plan.sortOrder = 1;
    await plans.save(plan, { transaction: false });
    expect(plan.updatedAt > before).toBe(true);
    expect(await plans.findOneByOrFail({ id: plan.id })).toEqual(plan);
  });
});
