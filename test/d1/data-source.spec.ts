import { type D1Binding, D1DataSource, Plan, tenantBilling } from '../../src/d1';
import { engines, type TestDatabase } from '../support/engines';

describe('B1 a D1DataSource', () => {
  let database: TestDatabase;
  const { entities, migrations } = tenantBilling;

  beforeAll(async () => {
    database = await engines.find(({ name }) => name === 'd1')!.createDatabase();
    const dataSource = new D1DataSource({
      database: database.binding!,
      entities,
      migrations: migrations.sqlite,
    });
    await dataSource.initialize();
    await dataSource.runMigrations();
    await dataSource.destroy();
  });
  afterAll(() => database.close());

  it('B1 refuses an isolation level that all transactions were to have, and writes nothing', async () => {
    const dataSource = new D1DataSource({
      database: database.binding!,
      entities,
      isolationLevel: 'SERIALIZABLE',
    });
    await dataSource.initialize();
    await expect(
      dataSource.transaction((manager) => manager.insert(Plan, { name: 'written' })),
    ).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
      message: expect.stringMatching(
        /no isolation levels, and SERIALIZABLE .*Leave the level out/,
      ) as string,
    });
    expect(await dataSource.getRepository(Plan).count()).toBe(0);
    await dataSource.destroy();
  });

  it('B1 says what is wrong when it is used before initialize() or after destroy()', async () => {
    const dataSource = new D1DataSource({ database: database.binding!, entities });
    const refusal = {
      code: 'NOT_SUPPORTED',
      message: expect.stringMatching(
        /D1 DataSource is not open: call and await initialize\(\)/,
      ) as string,
    };
    await expect(dataSource.query('SELECT 1')).rejects.toMatchObject(refusal);
    await dataSource.initialize();
    expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await dataSource.destroy();
    await expect(dataSource.query('SELECT 1')).rejects.toMatchObject(refusal);
  });

  it.each([
    [undefined, /has undefined as its database/],
    ['DB', /has "DB" as its database/],
    [{ get: () => 'of a KV namespace' }, /has another object as its database/],
  ])('B1 refuses %j in the place of the binding', async (given, message) => {
    const database = given as unknown as D1Binding;
    await expect(new D1DataSource({ database, entities }).initialize()).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });
});
