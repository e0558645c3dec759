import { Column, type DataSource, Entity } from 'typeorm';
import { PaymentAttempt, Plan, SqliteDataSource, tenantBilling } from '../../src';
import { openBilling, opened } from '../support/data-source';
import { engineNamed, engines, USER_IDS } from '../support/engines';

const LAST = 'ffffffff-ffff-4fff-bfff-ffffffffffff';
const FIRST = '00000000-0000-4000-8000-000000000001';

describe.each(engines)('B6 inserts on $name', ({ createDatabase }) => {
  let dataSource: DataSource;

  beforeAll(async () => {
    ({ dataSource } = await openBilling(createDatabase, { host: 'rows' }));
  });

  it('B6 rows inserted together keep each its own id and values, in whatever order', async () => {
    const plans = dataSource.getRepository(Plan);
    const given = [
      { id: LAST, name: 'one', currency: 'JPY', sortOrder: 1 },
      { id: FIRST, name: 'two', currency: 'EUR', sortOrder: 2 },
    ] as const;
    const instances = given.map((values) => plans.create(values));
    const { identifiers } = await plans.insert(instances);
    expect(identifiers).toEqual([{ id: LAST }, { id: FIRST }]);
    expect(instances).toMatchObject(given);
    for (const instance of instances) {
      expect(await plans.findOneByOrFail({ id: instance.id })).toEqual(instance);
    }
  });

  it('B6 an amount that was not given is a number in the entity, as it is when it is read', async () => {
    const attempts = dataSource.getRepository(PaymentAttempt);
    const values = {
      userId: USER_IDS[0],
      kind: 'one_off',
      amount: 900,
      currency: 'EUR',
      provider: 'gocardless',
    } as const;
    const instance = attempts.create({ ...values, idempotencyKey: 'instance' });
    const plain = { ...values, idempotencyKey: 'plain' };
    await attempts.insert(instance);
    await attempts.insert(plain);
    expect(instance.amountRefunded).toBe(0);
    expect(plain).toHaveProperty('amountRefunded', 0);
    expect(await attempts.findOneByOrFail({ id: instance.id })).toEqual(instance);
  });
});

describe('B6 inserts of a class that a host derived', () => {
  @Entity('plans')
  class HostPlan extends Plan {
    /** Of the host's own; only the database knows its default. */
    @Column({ type: 'varchar', default: () => `upper('b2b')` })
    segment!: string;
  }

  it('B6 what only the database fills in is read again', async () => {
    const database = await engineNamed('sqlite').createDatabase();
    const dataSource = await opened(
      new SqliteDataSource({
        database: database.url.slice('sqlite:'.length),
        entities: [HostPlan],
        migrations: tenantBilling.migrations.sqlite,
      }),
    );
    await dataSource.runMigrations();
    await dataSource.query(`ALTER TABLE plans ADD COLUMN segment varchar DEFAULT 'B2B'`);
    const plans = dataSource.getRepository(HostPlan);
    const plan = await plans.save(plans.create({ name: 'derived' }));
    expect(plan).toMatchObject({ segment: 'B2B', trialDays: 0 });
  });
});
