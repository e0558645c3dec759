import { engines, type TestDatabase } from '../support/engines';
import { createBillingDatabase } from './billing-database';
import { TENANT_RULES } from './cases/tenant-billing';
import { showRule } from './rule-case';

describe.each(engines)('T3 the rules of tenant billing on $name', (engine) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
  });

  it.each(TENANT_RULES)('$name refuses the rows that break it, and no others', async (rule) => {
    await showRule(database, rule);
  });
});
