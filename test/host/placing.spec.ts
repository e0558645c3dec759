import { Column, type DataSource, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import {
  bindHost,
  BillingError,
  check,
  compare,
  migrate,
  Plan,
  revert,
  status,
  Subscription,
  SubscriptionPlan,
  toBillingError,
  UserSubscription,
} from '../../src';
import { tables } from '../../src/migrator/status';
import {
  catalog,
  type Dialect,
  engines,
  rowsOf,
  TENANT_IDS,
  type TestDatabase,
  USER_IDS,
} from '../support/engines';
import { unbindHost } from '../support/unbind';
import { openHost } from './open-host';

afterEach(unbindHost);

/** The host's own, under the names of billing's. */
const OWN = `
  CREATE TABLE plans (id integer PRIMARY KEY, title text NOT NULL);
  CREATE TABLE subscriptions (id integer PRIMARY KEY, plan_id integer NOT NULL REFERENCES plans (id));
  CREATE TABLE payment_attempts (id integer PRIMARY KEY);
  CREATE INDEX ix_subscriptions_plan_id ON subscriptions (plan_id);
  INSERT INTO plans VALUES (1, 'plans');
  INSERT INTO subscriptions VALUES (7, 1)`;

@Entity('plans')
class HostPlan {
  @PrimaryColumn('integer')
  id!: number;
  @Column('text')
  title!: string;
}

// Billing has a class of this name, which was declared before.
Object.defineProperty(HostPlan, 'name', { value: 'Plan' });

@Entity({ name: 'subscriptions', synchronize: false })
class HostSubscription {
  @PrimaryColumn('integer')
  id!: number;
  @ManyToOne('Plan')
  @JoinColumn({ name: 'plan_id' })
  plan!: HostPlan;
}

const HOSTS = [HostPlan, HostSubscription];

const PLACES = [
  { title: 'a prefix', prefix: 'billing_', schema: undefined },
  { title: 'a schema', prefix: undefined, schema: 'Billing-2' },
  { title: 'both', prefix: 'b_', schema: 'billing' },
] as const;

const cases = engines.flatMap((engine) =>
  PLACES.filter(({ prefix }) => prefix !== undefined || engine.dialect === 'postgres').map(
    (place) => ({ ...engine, ...place, engine: engine.name }),
  ),
);

describe.each(cases)(
  'T4 T5 billing beside a plans and a subscriptions of the host on $engine, by $title',
  ({ createDatabase, dialect, prefix = '', schema }) => {
    const table = (name: string): string =>
      schema !== undefined && dialect === 'postgres'
        ? `"${schema}"."${prefix}${name}"`
        : `"${prefix}${name}"`;

    async function begin(): Promise<{
      database: TestDatabase;
      before: unknown;
      dataSource: DataSource;
    }> {
      bindHost({ prefix, schema });
      const database = await createDatabase({ host: 'rows' });
      await database.exec(OWN);
      const before = await everything(database, dialect);
      return { database, before, dataSource: await openHost(database, HOSTS) };
    }

    it('T4 T6 T7 migrates, compares, writes, cascades and reverts, and the rest is as before', async () => {
      const { database, before, dataSource } = await begin();
      expect(await migrate(dataSource)).toHaveLength(2);
      expect(await migrate(dataSource)).toEqual([]);
      expect(await check(dataSource)).toEqual([]);
      expect((await status(dataSource)).map(({ state }) => state)).toEqual(['applied', 'applied']);
      expect((await tables(dataSource)).map((one) => one.table)).toEqual(
        expect.arrayContaining([`${prefix}plans`, `${prefix}payment_attempts`]),
      );

      // A second DataSource, and TypeORM's own generator.
      const second = await openHost(database, HOSTS);
      expect((await second.driver.createSchemaBuilder().log()).upQueries).toEqual([]);

      const plan = await second.getRepository(Plan).save({ name: 'Pro' });
      await second.getRepository(Subscription).save({ tenantId: TENANT_IDS[0], planId: plan.id });
      const code = { code: 'pro', name: 'Pro', amount: 100, currency: 'EUR' } as const;
      const sold = await second
        .getRepository(SubscriptionPlan)
        .save({ ...code, billingInterval: 'month' });
      await second.getRepository(UserSubscription).save({
        ...{ userId: USER_IDS[0], planId: sold.id, amount: 100, currency: 'EUR' },
        billingInterval: 'month',
      });
      const found = await second
        .getRepository(Subscription)
        .findOneOrFail({ where: {}, relations: { plan: true, tenant: true } });
      expect(found).toMatchObject({ plan: { name: 'Pro' }, tenant: { id: TENANT_IDS[0] } });
      const theirs = await second
        .getRepository(HostSubscription)
        .find({ relations: { plan: true } });
      expect(theirs).toEqual([{ id: 7, plan: { id: 1, title: 'plans' } }]);
      expect(theirs[0]!.plan).toBeInstanceOf(HostPlan);
      for (const name of ['Plan', 'plans']) {
        // On Postgres a table of billing's may have the same name in its own schema.
        expect(second.getRepository(name).metadata.target).toBe(HostPlan);
      }
      expect(await database.sql(`SELECT name FROM ${table('plans')}`)).toEqual([{ name: 'Pro' }]);

      await database.exec(
        `DELETE FROM tenants WHERE id = '${TENANT_IDS[0]}'; DELETE FROM "user" WHERE id = '${USER_IDS[0]}'`,
      );
      for (const name of ['subscriptions', 'user_subscriptions']) {
        expect(await database.sql(`SELECT * FROM ${table(name)}`)).toEqual([]);
      }
      expect(await rowsOf(database, 'plans')).toEqual([{ id: 1, title: 'plans' }]);
      expect(await rowsOf(database, 'subscriptions')).toEqual([{ id: 7, plan_id: 1 }]);

      expect(await revert(second, { all: true, discard: true })).toHaveLength(2);
      expect(await everything(database, dialect)).toEqual(before);
      expect(await migrate(dataSource)).toHaveLength(2);
    });

    it('B6 errors name the table and the constraint as they are in the database', async () => {
      const { dataSource } = await begin();
      await migrate(dataSource);
      const plans = dataSource.getRepository(Plan);
      const { id } = await plans.save({ name: 'Pro' });
      const refusalOf = async (sql: string): Promise<unknown> =>
        toBillingError(await dataSource.query(sql).catch((error: unknown) => error));
      const refused = async (work: Promise<unknown>): Promise<unknown> =>
        toBillingError(await work.catch((error: unknown) => error));
      expect(await refused(plans.insert({ name: 'Pro' }))).toMatchObject({
        code: 'UNIQUE_VIOLATION',
        details: { table: `${prefix}plans`, columns: ['name'] },
      });
      expect(await refusalOf(`UPDATE ${table('plans')} SET trial_days = -1`)).toMatchObject({
        code: 'CHECK_VIOLATION',
        details: { table: `${prefix}plans`, constraint: `ck_${prefix}plans_trial_days` },
      });
      expect(
        await refused(
          dataSource
            .getRepository(Subscription)
            .insert({ tenantId: TENANT_IDS[0], planId: TENANT_IDS[1] }),
        ),
      ).toMatchObject({
        code: 'FOREIGN_KEY_VIOLATION',
        details: { table: `${prefix}subscriptions` },
      });
      expect(await refusalOf(`UPDATE ${table('plans')} SET name = NULL`)).toMatchObject({
        code: 'NOT_NULL_VIOLATION',
        details: { table: `${prefix}plans`, columns: ['name'] },
      });
      const invalid = await refused(plans.save(Object.assign(new Plan(), { id, trialDays: -1 })));
      expect(invalid).toBeInstanceOf(BillingError);
      expect(invalid).toMatchObject({
        code: 'VALIDATION_FAILED',
        details: { entity: 'Plan', table: `${prefix}plans` },
      });
    });

    it("T6 a difference is found and fixed, and what the host added is listed as the host's", async () => {
      const { dataSource } = await begin();
      await migrate(dataSource);
      const index = schema === undefined || dialect !== 'postgres' ? '' : `"${schema}".`;
      await dataSource.query(`DROP INDEX ${index}"ix_${prefix}subscriptions_plan_id"`);
      await dataSource.query(`ALTER TABLE ${table('plans')} ADD COLUMN shop text`);
      const statements = await check(dataSource);
      expect(statements.join()).toContain(`ix_${prefix}subscriptions_plan_id`);
      for (const statement of statements) await dataSource.query(statement);
      expect(await compare(dataSource)).toMatchObject({
        differences: [],
        hosts: [{ table: `${prefix}plans`, kind: 'column', name: 'shop' }],
        unchecked: [],
      });
    });
  },
);

/** All that is in the database, in all schemas. */
async function everything(database: TestDatabase, dialect: Dialect): Promise<unknown[]> {
  const elsewhere =
    dialect === 'postgres'
      ? await database.sql(
          `SELECT n.nspname, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname !~ '^pg_|^information_schema$|^public$' ORDER BY 1, 2`,
        )
      : [];
  return [...(await catalog(database)), ...elsewhere];
}
