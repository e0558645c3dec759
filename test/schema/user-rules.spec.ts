import { engines, type TestDatabase } from '../support/engines';
import { createBillingDatabase } from './billing-database';
import { USER_RULES } from './cases/user-billing';
import { showRule } from './rule-case';

describe.each(engines)('U1 the rules of user billing on $name', (engine) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
  });

  it.each(USER_RULES)('$name refuses the rows that break it, and no others', async (rule) => {
    await showRule(database, rule);
  });
});
