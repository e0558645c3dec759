import { DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';
import {
  bindHost,
  check,
  migrate,
  Plan,
  revert,
  status,
  Subscription,
  tenantBilling,
} from '../../src';
import { postgresOpening } from '../../src/engines/postgres/opening';
import { opened } from '../support/data-source';
import {
  catalog,
  describeOn,
  engineNamed,
  TENANT_IDS,
  type TestDatabase,
} from '../support/engines';
import { unbindHost } from '../support/unbind';

afterEach(unbindHost);

describeOn('postgres', "H4 a stock DataSource with TypeORM's option schema", () => {
  let database: TestDatabase;

  const openIn = (schema: string, options: object = {}): Promise<DataSource> =>
    opened(
      new DataSource({
        ...postgresOpening.options(database.url),
        type: 'postgres',
        schema,
        entities: tenantBilling.entities,
        migrations: tenantBilling.migrations.postgres,
        ...options,
      }),
    );

  const tablesIn = async (schema: string): Promise<unknown[]> =>
    (
      await database.sql<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relnamespace = to_regnamespace($1)
         AND relkind = 'r' ORDER BY 1`,
        [schema],
      )
    ).map(({ name }) => name);

  beforeEach(async () => {
    database = await engineNamed('postgres').createDatabase({ host: 'none' });
    await database.exec(
      ['app', 'other']
        .map(
          (schema) =>
            `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.tenants (id uuid PRIMARY KEY)`,
        )
        .join(';'),
    );
  });

  it("T4 T6 T7 has billing's tables there, beside the host's, and takes them back", async () => {
    await database.exec('CREATE TABLE plans (id integer PRIMARY KEY)');
    const before = await catalog(database);
    const dataSource = await openIn('app');
    expect(await migrate(dataSource)).toHaveLength(1);
    expect(await check(dataSource)).toEqual([]);
    expect((await dataSource.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
    expect(await catalog(database)).toEqual(before);
    await database.exec(`INSERT INTO app.tenants VALUES ('${TENANT_IDS[0]}')`);
    const plan = await dataSource
      .getRepository(Plan)
      .save(Object.assign(new Plan(), { name: 'Pro' }));
    await dataSource
      .getRepository(Subscription)
      .save(Object.assign(new Subscription(), { tenantId: TENANT_IDS[0], plan }));
    await database.exec('DELETE FROM app.tenants');
    expect(await database.sql('SELECT * FROM app.subscriptions')).toEqual([]);

    await dataSource.query(`ALTER TABLE app.plans DROP CONSTRAINT ck_plans_trial_days,
      ALTER COLUMN name TYPE varchar(50)`);
    const statements = await check(dataSource);
    for (const statement of statements) await dataSource.query(statement);
    expect(statements).toHaveLength(2);
    expect(await check(dataSource)).toEqual([]);
    expect(await revert(dataSource, { all: true, discard: true })).toHaveLength(1);
    expect(await tablesIn('app')).toEqual(['migrations', 'tenants']);
    expect(await catalog(database)).toEqual(before);
  });

  it.each(['all', 'each', 'none'] as const)(
    'T5 two services in two schemas of one database do not disturb each other, mode %s',
    async (transaction) => {
      const [app, other] = [await openIn('app'), await openIn('other')];
      const done = await Promise.all(
        [app, other, app, other].map((one) => migrate(one, { transaction })),
      );
      expect(done.map((one) => one.length).sort()).toEqual([0, 0, 1, 1]);
      expect(await revert(app)).toHaveLength(1);
      expect((await status(app)).map(({ state }) => state)).toEqual(['pending']);
      expect((await status(other)).map(({ state }) => state)).toEqual(['applied']);
      expect(await check(other)).toEqual([]);
      expect(await tablesIn('other')).toEqual([
        'migrations',
        'plans',
        'subscriptions',
        'tenant_config',
        'tenants',
      ]);
    },
  );

  it('T5 neither waits for the lock of the other', async () => {
    const [app, other] = [await openIn('app'), await openIn('other')];
    const holder = app.createQueryRunner();
    await holder.startTransaction();
    await holder.query(`SELECT pg_advisory_xact_lock(1651076204, hashtext('app.migrations'))`);
    expect(await migrate(other)).toHaveLength(1);
    let isDone = false;
    const waiting = migrate(app).then(() => (isDone = true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isDone).toBe(false);
    await holder.rollbackTransaction();
    await holder.release();
    await waiting;
  });

  it("T3 a host's class that names no schema is found there, one that does keeps its own", async () => {
    @Entity('organizations')
    class Organization {
      @PrimaryGeneratedColumn()
      id!: number;
    }
    bindHost({ tenant: Organization });
    await database.exec('CREATE TABLE app.organizations (id serial PRIMARY KEY)');
    const dataSource = await openIn('app', {
      entities: [Organization, ...tenantBilling.entities],
    });
    await migrate(dataSource);
    expect(await check(dataSource)).toEqual([]);
    expect(
      await database.sql(
        `SELECT confrelid::regclass::text AS target FROM pg_constraint WHERE conname = 'fk_subscriptions_tenant_id'`,
      ),
    ).toEqual([{ target: 'app.organizations' }]);
  });

  it("T4 bindHost's schema comes before it, for billing's tables alone", async () => {
    bindHost({ schema: 'billing' });
    const dataSource = await openIn('app');
    await migrate(dataSource);
    expect(await check(dataSource)).toEqual([]);
    expect(await tablesIn('billing')).toEqual(['plans', 'subscriptions', 'tenant_config']);
    expect(await tablesIn('app')).toEqual(['migrations', 'tenants']);
    await revert(dataSource);
    expect(await database.sql(`SELECT to_regnamespace('billing') AS found`)).toEqual([
      { found: null },
    ]);
  });

  it('T4 a schema that is not there is refused in words', async () => {
    await expect(migrate(await openIn('absent'))).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('run CREATE SCHEMA "absent" first') as string,
    });
  });
});
