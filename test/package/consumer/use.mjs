import {
  BillingError,
  Plan,
  SqliteDataSource,
  Subscription,
  check,
  migrate,
  revert,
  tenantBilling,
  userBilling,
} from 'typeorm-billing';

async function countApplied(dataSource) {
  const [{ n }] = await dataSource.query('SELECT count(*) AS n FROM "migrations"');
  return n;
}

const dataSource = new SqliteDataSource({
  database: process.argv[2],
  entities: [...tenantBilling.entities, ...userBilling.entities],
  migrations: [...tenantBilling.migrations.sqlite, ...userBilling.migrations.sqlite],
});
await dataSource.initialize();
try {
  await migrate(dataSource);
  const applied = await countApplied(dataSource);
  const plans = dataSource.getRepository(Plan);
  const { id } = await plans.save(plans.create({ name: 'Pro', priceMonthly: 1900 }));
  const plan = await plans.findOneByOrFail({ id });
  const differences = (await check(dataSource)).length;
  const refusal = await plans.save(plans.create({ name: '' })).catch((error) => error);
  if (!tenantBilling.entities.includes(Subscription)) throw new Error('two copies of the library');
  await revert(dataSource);
  const left = await countApplied(dataSource);
  console.log(
    JSON.stringify({
      id,
      name: plan.name,
      priceMonthly: plan.priceMonthly,
      createdAt: plan.createdAt instanceof Date,
      refusal: refusal instanceof BillingError && refusal.code,
      differences,
      applied,
      left,
    }),
  );
} finally {
  await dataSource.destroy();
}
