'use strict';

const {
  BillingError,
  Plan,
  SqliteDataSource,
  check,
  migrate,
  revert,
  tenantBilling,
  userBilling,
} = require('typeorm-billing');

async function countApplied(dataSource) {
  const [{ n }] = await dataSource.query('SELECT count(*) AS n FROM "migrations"');
  return n;
}

async function main(database) {
  const dataSource = new SqliteDataSource({
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
    const plan = await plans.findOneByOrFail({ id });
    const differences = (await check(dataSource)).length;
    const refusal = await plans.save(plans.create({ name: '' })).catch((error) => error);
    await revert(dataSource);
    const left = await countApplied(dataSource);
    return {
      id,
      name: plan.name,
      priceMonthly: plan.priceMonthly,
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

main(process.argv[2]).then(
  (result) => console.log(JSON.stringify(result)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
