import { Column, type DataSource, Entity, OneToMany, PrimaryColumn } from 'typeorm';
import { BillingSubscriber, Plan, Subscription, UserSubscription } from '../../src';
import {
  createBillingDatabase,
  OTHER_TENANT,
  PLAN,
  startAfresh,
  TENANT,
  TOKEN,
  USER,
  USER_PLAN,
} from '../schema/billing-database';
import { closeAfterwards } from '../support/closing';
import { engines, rowsOf, type TestDatabase } from '../support/engines';
import { openBareDataSource } from './bare-data-source';

const NEW_TENANT = '018f3c5e-0000-7000-8000-00000000f001';
const NEWER_TENANT = '018f3c5e-0000-7000-8000-00000000f002';

/** A host's class of its tenants, with the subscriptions as a list. */
@Entity('tenants')
class Organization {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  slug!: string;

  @OneToMany(() => Subscription, (subscription) => subscription.tenant, { cascade: true })
  subscriptions!: Subscription[];
}

/** A class that has a list by a key that may be null. */
@Entity('direct_debit_tokens', { synchronize: false })
class Mandate {
  @PrimaryColumn('uuid')
  id!: string;

  @OneToMany(() => UserSubscription, (one) => one.directDebitToken, { cascade: true })
  subscriptions!: UserSubscription[];
}

const SOURCES = engines.flatMap((engine) => [
  { engine, name: engine.name, kind: 'with BillingSubscriber', subscribers: [BillingSubscriber] },
  { engine, name: engine.name, kind: 'without subscribers', subscribers: [] },
]);

describe.each(SOURCES)('T1 rows of a parent, $kind on $name', ({ engine, subscribers }) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
    dataSource = await openBareDataSource(database, [Organization, Mandate], subscribers);
    closeAfterwards(() => dataSource.destroy());
  });
  beforeEach(() => startAfresh(database));

  const organizations = () => dataSource.getRepository(Organization);
  const stored = () => rowsOf(database, 'subscriptions');
  const load = (id: string): Promise<Organization> =>
    organizations().findOneOrFail({ where: { id }, relations: { subscriptions: true } });

  it('T1 are saved with the key of the parent', async () => {
    const organization = organizations().create({
      id: TENANT,
      subscriptions: [{ planId: PLAN, status: 'active' }],
    });
    await organizations().save(organization);
    expect(await stored()).toMatchObject([{ tenant_id: TENANT, plan_id: PLAN, status: 'active' }]);
    expect(organization.subscriptions).toMatchObject([{ tenantId: TENANT, quantity: 1 }]);
  });

  it('T1 are changed through the parent, and moved to another one', async () => {
    await organizations().save(
      organizations().create({ id: TENANT, subscriptions: [{ planId: PLAN }] }),
    );
    const first = await load(TENANT);
    for (const one of first.subscriptions) one.quantity = 9;
    await organizations().save(first);
    expect(await stored()).toMatchObject([{ quantity: 9 }]);
    const second = await load(OTHER_TENANT);
    const moved = await dataSource.getRepository(Subscription).findOneOrFail({
      where: { tenantId: TENANT },
      relations: { tenant: true },
    });
    second.subscriptions.push(moved);
    await organizations().save(second);
    expect(await stored()).toMatchObject([{ tenant_id: OTHER_TENANT, quantity: 9 }]);
    expect([moved.tenantId, moved.tenant]).toEqual([OTHER_TENANT, undefined]);
  });

  it('T1 are saved together with a new parent of any class, and with one they name', async () => {
    const [made, named] = [NEW_TENANT, NEWER_TENANT].map((id) =>
      organizations().create({ id, name: id, slug: id }),
    );
    made!.subscriptions = ['a', 'b'].map((slot) =>
      Object.assign(new Subscription(), { planId: PLAN, slot }),
    );
    const child = Object.assign(new Subscription(), { planId: PLAN, tenant: named });
    await organizations().save(made!);
    await dataSource.manager.save([child, named!]);
    const tenants = (await stored()).map(({ tenant_id }) => tenant_id);
    expect(tenants.sort()).toEqual([NEW_TENANT, NEW_TENANT, NEWER_TENANT]);
    await dataSource.manager.remove([child, named!, ...made!.subscriptions, made!]);
    expect(await stored()).toEqual([]);
  });

  it('T1 are refused with a key of another parent, or with a rule broken', async () => {
    const other = organizations().create({
      id: TENANT,
      subscriptions: [{ planId: PLAN, tenantId: OTHER_TENANT }],
    });
    await expect(organizations().save(other)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { failures: [{ property: 'tenantId', value: OTHER_TENANT }] },
    });
    const broken = organizations().create({
      id: TENANT,
      subscriptions: [{ planId: PLAN, quantity: -1 }],
    });
    await expect(organizations().save(broken)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { failures: [{ property: 'quantity' }] },
    });
    expect(await stored()).toEqual([]);
  });

  it('T1 without any parent are refused, and so is another key that is missing', async () => {
    const subscriptions = dataSource.getRepository(Subscription);
    for (const write of [
      () => subscriptions.save(subscriptions.create({ planId: PLAN })),
      () => subscriptions.insert(subscriptions.create({ planId: PLAN })),
    ]) {
      await expect(write()).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        details: { entity: 'Subscription', failures: [{ property: 'tenantId' }] },
      });
    }
    const organization = organizations().create({ id: TENANT, subscriptions: [{}] });
    await expect(organizations().save(organization)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { failures: [{ property: 'planId' }] },
    });
    expect(await stored()).toEqual([]);
  });

  it('U3 are saved by a key that may be null, and keep null without a parent', async () => {
    const price = { amount: 1900, currency: 'EUR', billingInterval: 'month' } as const;
    const repository = dataSource.getRepository(UserSubscription);
    const make = (values: Partial<UserSubscription>): UserSubscription =>
      Object.assign(repository.create({ userId: USER, planId: USER_PLAN, ...price }), values);
    const paid = make({ directDebitTokenId: null });
    const other = make({ status: 'canceled', endedAt: new Date() });
    const mandates = dataSource.getRepository(Mandate);
    await mandates.save(mandates.create({ id: TOKEN, subscriptions: [] }));
    await mandates.save(Object.assign(new Mandate(), { id: TOKEN, subscriptions: [paid] }));
    await repository.save(other);
    const rows = await rowsOf(database, 'user_subscriptions');
    const keyOf = (id: string): unknown => rows.find((row) => row.id === id)?.direct_debit_token_id;
    expect([keyOf(paid.id), keyOf(other.id)]).toEqual([TOKEN, null]);
    expect([paid.directDebitTokenId, other.directDebitTokenId]).toEqual([TOKEN, null]);
    expect(await dataSource.getRepository(Plan).count()).toBe(1);
  });
});
