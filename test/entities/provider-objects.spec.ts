import type { DataSource } from 'typeorm';
import { openBilling } from '../support/data-source';
import { engines, rowsOf, TENANT_IDS, type TestDatabase, USER_IDS } from '../support/engines';
import {
  goCardlessMandate,
  goCardlessPayment,
  goCardlessSubscription,
} from './providers/gocardless';
import {
  GOCARDLESS_MANDATES,
  GOCARDLESS_PAYMENTS,
  GOCARDLESS_SUBSCRIPTIONS,
  STRIPE_CHARGES,
  STRIPE_INVOICES,
  STRIPE_PAYMENT_INTENTS,
  STRIPE_SUBSCRIPTIONS,
} from './providers/objects';
import {
  stripeCharge,
  stripeInvoice,
  stripePaymentIntent,
  stripeTenantSubscription,
  stripeUserSubscription,
} from './providers/stripe';

const [TENANT] = TENANT_IDS;
const [USER] = USER_IDS;

const KINDS = [
  {
    ...{ title: "Stripe's subscriptions of a tenant", entity: 'Subscription' },
    ...{ samples: STRIPE_SUBSCRIPTIONS, map: stripeTenantSubscription },
  },
  {
    ...{ title: "Stripe's subscriptions of a user", entity: 'UserSubscription' },
    ...{ samples: STRIPE_SUBSCRIPTIONS, map: stripeUserSubscription },
  },
  {
    ...{ title: "Stripe's charges", entity: 'PaymentAttempt' },
    ...{ samples: STRIPE_CHARGES, map: stripeCharge },
  },
  {
    ...{ title: "Stripe's payment intents", entity: 'PaymentAttempt' },
    ...{ samples: STRIPE_PAYMENT_INTENTS, map: stripePaymentIntent },
  },
  {
    ...{ title: "Stripe's invoices", entity: 'PaymentAttempt' },
    ...{ samples: STRIPE_INVOICES, map: stripeInvoice },
  },
  {
    ...{ title: "GoCardless' mandates", entity: 'DirectDebitToken' },
    ...{ samples: GOCARDLESS_MANDATES, map: goCardlessMandate },
  },
  {
    ...{ title: "GoCardless' payments", entity: 'PaymentAttempt' },
    ...{ samples: GOCARDLESS_PAYMENTS, map: (object: object) => goCardlessPayment({ ...object }) },
  },
  {
    ...{ title: "GoCardless' subscriptions", entity: 'UserSubscription' },
    ...{ samples: GOCARDLESS_SUBSCRIPTIONS, map: goCardlessSubscription },
  },
] as const;

describe.each(engines)('U6 what providers say, on $name', ({ createDatabase }) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let owners: Record<string, object>;

  beforeAll(async () => {
    ({ database, dataSource } = await openBilling(createDatabase, { host: 'rows' }));
    const plan = await dataSource.getRepository('Plan').save({ name: 'Team' });
    const offer = await dataSource
      .getRepository('SubscriptionPlan')
      .save({ code: 'm', name: 'M', amount: 900, currency: 'EUR', billingInterval: 'month' });
    owners = {
      Subscription: { tenantId: TENANT, planId: plan.id as string },
      UserSubscription: { userId: USER, planId: offer.id as string },
      PaymentAttempt: { userId: USER },
      DirectDebitToken: { userId: USER },
    };
  });

  it.each(KINDS)(
    '$title are stored and read back, or have a reason',
    async ({ title: kind, entity, samples, map }) => {
      const repository = dataSource.getRepository(entity);
      const { tableName } = repository.metadata;
      const count = async (): Promise<number> => (await rowsOf(database, tableName)).length;
      const before = await count();
      let stored = 0;
      for (const [index, { title, object, reason }] of samples.entries()) {
        // As a webhook brings it.
        const mapped = map(JSON.parse(JSON.stringify(object)) as Record<string, unknown>);
        if ('reason' in mapped) {
          expect({ title, reason: mapped.reason }).toEqual({ title, reason });
          continue;
        }
        expect({ title, reason }).toEqual({ title, reason: undefined });
        const slot = 'slot' in columnsOf(entity) ? { slot: `${kind} ${index}` } : {};
        const { id } = await repository.save({ ...owners[entity], ...slot, ...mapped.row });
        const read = await repository.findOneByOrFail({ id: id as string });
        expect({ title, ...read }).toMatchObject({ title, ...mapped.row });
        stored += 1;
      }
      expect(await count()).toBe(before + stored);
      expect(stored).toBeGreaterThan(samples.length / 2);

      function columnsOf(name: string): object {
        return dataSource.getMetadata(name).propertiesMap;
      }
    },
  );

  it('a retry at GoCardless is a row of its own with the id of the payment', async () => {
    const attempts = dataSource.getRepository('PaymentAttempt');
    const object = { id: 'PM_retried', amount: 900, currency: 'GBP', charge_date: '2026-01-05' };
    for (const [status, number] of [
      ['failed', 1],
      ['failed', 2],
      ['confirmed', 3],
    ] as const) {
      const mapped = goCardlessPayment({ ...object, status }, number);
      await attempts.save({ userId: USER, ...('row' in mapped && mapped.row) });
    }
    const found = await attempts.find({
      where: { providerPaymentId: 'PM_retried' },
      order: { attemptNumber: 'ASC' },
    });
    expect(found.map(({ status, kind }) => `${String(kind)} ${String(status)}`)).toEqual([
      'one_off failed',
      'retry failed',
      'retry succeeded',
    ]);
  });
});
