// Compiled as CommonJS and, under the name use.mts, as an ES module: see package.spec.ts.
import { DataSource } from 'typeorm';
import {
  BillingError,
  Plan,
  SqliteDataSource,
  Subscription,
  Tenant,
  check,
  migrate,
  revert,
  tenantBilling,
  userBilling,
} from 'typeorm-billing';

async function countApplied(dataSource: DataSource): Promise<number | undefined> {
  const [row] = await dataSource.query<{ n: number }[]>('SELECT count(*) AS n FROM "migrations"');
  return row?.n;
}

async function main(database: string): Promise<unknown> {
  const dataSource: DataSource = new SqliteDataSource({
    database,
    entities: [...tenantBilling.entities, ...userBilling.entities],
    migrations: [...tenantBilling.migrations.sqlite, ...userBilling.migrations.sqlite],
  });
  await dataSource.initialize();
  try {
    await migrate(dataSource);
    const applied = await countApplied(dataSource);
    const plans = dataSource.getRepository(Plan);
    const { id } = await plans.save(plans.create({ name: 'Pro', priceMonthly: 1900 }));
    const plan: Plan = await plans.findOneByOrFail({ id });
    const differences = (await check(dataSource)).length;
    const refusal: unknown = await plans.save(plans.create({ name: '' })).catch((e: unknown) => e);
    await revert(dataSource);
    const left = await countApplied(dataSource);

    const name: string = plan.name;
    const priceMonthly: number | null = plan.priceMonthly;
    return {
      id,
      name,
      priceMonthly,
      createdAt: plan.createdAt instanceof Date,
      refusal: refusal instanceof BillingError && refusal.code,
      differences,
      applied,
      left,
    };
  } finally {
    await dataSource.destroy();
  }
}

/** A type that leaks as `any` would accept these, and the expected error would be missing. */
export function misuse(subscription: Subscription, plan: Plan, error: BillingError): void {
  subscription.status = 'active';
  // @ts-expect-error: no such status
  subscription.status = 'live';
  // @ts-expect-error: money is a number in minor units
  plan.priceMonthly = '19.00';
  // @ts-expect-error: no such code
  if (error.code === 'NO_SUCH_CODE') return;
  const tenant: Tenant | undefined = subscription.tenant;
  const tenantId: string | undefined = tenant?.id ?? subscription.tenantId;
  // @ts-expect-error: a string, where the host has not named its class
  subscription.tenantId = Number(tenantId);
  // @ts-expect-error: a file is needed
  new SqliteDataSource({ entities: [] });
}

main(process.argv[2] ?? '').then(
  (result) => {
    console.log(JSON.stringify(result));
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
