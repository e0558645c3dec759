import type { DataSource } from 'typeorm';
import {
  bindHost,
  check,
  compare,
  migrate,
  Plan,
  revert,
  Subscription,
  tenantBilling,
  toBillingError,
  userBilling,
} from '../../src';
import { catalog, engines, rowsOf, type TestDatabase } from '../support/engines';
import { TENANT_IDS, USER_IDS } from '../support/host-tables';
import { unbindHost } from '../support/unbind';
import { openHost } from './open-host';
import {
  Category,
  Invoice,
  OUR_COLUMNS,
  OurDirectDebitToken,
  OurPaymentAttempt,
  OurPlan,
  OURS,
  OurSubscription,
  OurSubscriptionPlan,
  OurTenantConfig,
  OurUserSubscription,
} from './own-classes';

afterEach(unbindHost);

const TABLES = Object.keys(OUR_COLUMNS);
const [TENANT] = TENANT_IDS;
const [ALICE] = USER_IDS;

/** What TypeORM's `migration:generate` puts into a migration. */
async function generate(dataSource: DataSource): Promise<{ up: string[]; down: string[] }> {
  const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
  return {
    up: upQueries.map(({ query }) => query),
    down: downQueries.map(({ query }) => query).reverse(),
  };
}

async function send(dataSource: DataSource, statements: readonly string[]): Promise<void> {
  await dataSource.transaction(async ({ queryRunner }) => {
    for (const statement of statements) await queryRunner?.query(statement);
  });
}

/** Rows as billing alone has them. */
async function billingRows(database: TestDatabase): Promise<unknown> {
  const all: Record<string, unknown> = {};
  for (const [table, added] of Object.entries(OUR_COLUMNS)) {
    const rows = await rowsOf(database, table);
    all[table] = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).filter(([name]) => !(added as readonly string[]).includes(name)),
      ),
    );
  }
  return all;
}

/** One row in each of the seven tables. */
async function saveAll(dataSource: DataSource): Promise<Rows> {
  const plan = await dataSource.getRepository(OurPlan).save({ name: 'Pro' });
  const subscription = await dataSource
    .getRepository(OurSubscription)
    .save({ tenantId: TENANT, plan });
  await dataSource.getRepository(OurTenantConfig).save({ tenantId: TENANT });
  const price = { amount: 100, currency: 'EUR', billingInterval: 'month' } as const;
  const userPlan = await dataSource
    .getRepository(OurSubscriptionPlan)
    .save({ code: 'pro', name: 'Pro', ...price });
  const token = await dataSource
    .getRepository(OurDirectDebitToken)
    .save({ userId: ALICE, provider: 'gocardless', scheme: 'bacs' });
  const mine = await dataSource
    .getRepository(OurUserSubscription)
    .save({ userId: ALICE, plan: userPlan, directDebitToken: token, ...price });
  await dataSource.getRepository(OurPaymentAttempt).save({
    ...{ userId: ALICE, userSubscription: mine, directDebitToken: token, kind: 'initial' },
    ...{ amount: 100, currency: 'EUR', idempotencyKey: 'one', provider: 'gocardless' },
  });
  return { plan: plan as OurPlan, subscription: subscription as OurSubscription };
}

interface Rows {
  readonly plan: OurPlan;
  readonly subscription: OurSubscription;
}

describe.each(engines)("T3 U2 columns of the host's own on $name", ({ createDatabase }) => {
  it('T3 T6 T7 U2 U7: generate, run, check, take back; rows are kept both ways', async () => {
    const database = await createDatabase({ host: 'rows', billing: true });
    // The template of the database was made with billing's own classes.
    unbindHost();
    bindHost(OURS);
    const dataSource = await openHost(database, [Category, Invoice]);
    const before = await catalog(database);

    const generated = await generate(dataSource);
    expect(generated.up).not.toEqual([]);
    await send(dataSource, generated.up);
    expect(await generate(dataSource)).toEqual({ up: [], down: [] });
    expect(await check(dataSource)).toEqual([]);
    await saveAll(dataSource);
    const rows = await billingRows(database);
    await send(dataSource, generated.down);
    expect(await catalog(database)).toEqual(before);
    expect(await billingRows(database)).toEqual(rows);
    await send(dataSource, generated.up);
    expect(await generate(dataSource)).toEqual({ up: [], down: [] });
    expect(await billingRows(database)).toEqual(rows);
  });
});
