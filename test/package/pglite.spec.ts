import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkPackages, packProject, run } from './packed-project';

/** In a process of its own, as jest loads no WebAssembly by import(). Prints, as JSON, what became of each step. */
const SCRIPT = `
const { DataSource } = require('typeorm');
const { PGliteDriver } = require('typeorm-pglite');
const billing = require('typeorm-billing');
const { tenantBilling, Plan, Subscription } = billing;
const transaction = process.argv[2];
const id = '018f3c5e-0000-7000-8000-000000000001';

(async () => {
  const dataSource = await new DataSource({
    type: 'postgres',
    driver: new PGliteDriver().driver,
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    entities: tenantBilling.entities,
    migrations: tenantBilling.migrations.postgres,
    subscribers: [billing.BillingSubscriber],
  }).initialize();
  const { manager } = dataSource;
  await dataSource.query('CREATE TABLE tenants (id uuid PRIMARY KEY)');
  await dataSource.query("INSERT INTO tenants VALUES ('" + id + "')");
  const result = {};
  result.applied = (await billing.migrate(dataSource, { transaction })).length;
  result.tables = (await dataSource.query("SELECT to_regclass('plans')::text AS plans"))[0].plans;
  result.differences = await billing.check(dataSource);
  const plan = await manager.save(manager.create(Plan, { name: 'Pro', priceMonthly: 1900 }));
  await manager.save(manager.create(Subscription, { tenantId: id, planId: plan.id }));
  const found = await manager.findOneOrFail(Subscription, {
    where: { tenantId: id },
    relations: { plan: true },
  });
  result.price = found.plan.priceMonthly;
  result.refusal = await manager
    .query('UPDATE plans SET price_monthly = -1')
    .catch((error) => billing.toBillingError(error).code);
  await manager.query('DELETE FROM tenants');
  result.left = await manager.count(Subscription);
  result.reverted = (await billing.revert(dataSource, { transaction, discard: true })).length;
  result.status = (await billing.status(dataSource)).map(({ state }) => state);
  await dataSource.destroy();
  console.log(JSON.stringify(result));
})();
`;

describe('H4 Postgres by typeorm-pglite', () => {
  it.each(['all', 'each', 'none'])(
    'H4 migrates with the transaction mode %s, holds rows to their rules, and reverts',
    async (transaction) => {
      const { consumer } = await packProject();
      linkPackages(consumer, ['typeorm-pglite', '@electric-sql/pglite']);
      writeFileSync(join(consumer, 'pglite.cjs'), SCRIPT);
      const output = await run(process.execPath, ['pglite.cjs', transaction], consumer);
      expect(JSON.parse(output)).toEqual({
        applied: 1,
        tables: 'plans',
        differences: [],
        price: 1900,
        refusal: 'CHECK_VIOLATION',
        left: 0,
        reverted: 1,
        status: ['pending'],
      });
    },
  );
});
