import { DataSource } from 'typeorm';
import {
  check,
  compare,
  migrate,
  type MigrateOptions,
  pendingSql,
  Plan,
  revert,
  status,
  Subscription,
  tenantBilling,
} from '../../src';
import { PostgresDataSource } from '../../src/data-sources/postgres';
import { billing, ROOT } from '../cli/programs';
import { opened } from '../support/data-source';
import { catalog, engineNamed, TENANT_IDS, type TestDatabase } from '../support/engines';
import { startPgBouncer } from '../support/pgbouncer';

const COUNT = tenantBilling.migrations.postgres.length;
const MODES = ['all', 'each', 'none'] as const;

/** Fewer than there are clients: a lock that waits with a connection in its hand would stop all others. */
const CONNECTIONS = 2;

let through: (url: string) => string;

beforeAll(async () => {
  through = await startPgBouncer(CONNECTIONS);
});

describe('T5 behind PgBouncer in transaction mode', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await engineNamed('postgres').createDatabase({ host: 'rows' });
  });

  const open = (poolSize: number, Class = DataSource, options = {}): Promise<DataSource> =>
    opened(
      new Class({
        type: 'postgres',
        url: through(database.url),
        uuidExtension: 'pgcrypto',
        installExtensions: false,
        poolSize,
        entities: tenantBilling.entities,
        migrations: tenantBilling.migrations.postgres,
        ...options,
      }),
    );
  const openMany = (count: number, poolSize: number, options = {}): Promise<DataSource[]> =>
    Promise.all(Array.from({ length: count }, () => open(poolSize, DataSource, options)));
  const locks = async (): Promise<number> => {
    const rows = await database.sql(
      `SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
       WHERE l.locktype = 'advisory' AND d.datname = current_database()`,
    );
    return rows.length;
  };

  it.each([
    ...MODES.map((transaction) => [transaction, 4, DataSource] as const),
    ['all', 1, DataSource],
    ['each', 1, PostgresDataSource],
  ] as const)(
    'T3 T6 T7 all commands work: transaction %s, a pool of %s, %p',
    async (transaction, poolSize, Class) => {
      const before = await catalog(database);
      const dataSource = await open(poolSize, Class);
      expect(await pendingSql(dataSource)).toHaveLength(COUNT);
      expect(await migrate(dataSource, { transaction })).toHaveLength(COUNT);
      expect(await check(dataSource)).toEqual([]);
      expect(await compare(dataSource)).toMatchObject({ differences: [], unchecked: [] });
      expect((await status(dataSource)).map(({ state }) => state)).not.toContain('pending');
      expect(await migrate(dataSource, { transaction })).toEqual([]);
      expect(await revert(dataSource, { transaction, all: true })).toHaveLength(COUNT);
      expect((await status(dataSource)).map(({ state }) => state)).not.toContain('applied');
      await database.exec('DROP TABLE migrations');
      expect(await catalog(database)).toEqual(before);
      expect(await locks()).toBe(0);
    },
  );

  it.each([
    ...MODES.map((transaction) => [{ transaction }, 2]),
    [{ transaction: 'all' }, 1],
    [{ transaction: 'each' }, 1],
  ] as [MigrateOptions, number][])(
    'T5 T7 many at once, %j, a pool of %s each: each migration is applied and reverted once',
    async (options, poolSize) => {
      const dataSources = await openMany(8, poolSize);
      const applied = await Promise.all(dataSources.map((one) => migrate(one, options)));
      expect(applied.flat()).toHaveLength(COUNT);
      expect(await database.sql('SELECT name FROM migrations')).toHaveLength(COUNT);
      const reverted = await Promise.all(
        dataSources.map((one) => revert(one, { ...options, all: true })),
      );
      expect(reverted.flat()).toHaveLength(COUNT);
      expect(await locks()).toBe(0);
    },
  );

  it('T5 processes of the program: one does the work, nobody fails', async () => {
    const setting = { cwd: ROOT, env: { DATABASE_URL: through(database.url) } };
    const results = await Promise.all(
      Array.from({ length: 4 }, () => billing(['migrate'], setting)),
    );
    expect(results.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
      results.map(() => ({ exitCode: 0, stderr: '' })),
    );
    expect(results.filter(({ stdout }) => stdout.includes('Applied'))).toHaveLength(1);
    for (const words of [['check'], ['status'], ['rollback', '--all']]) {
      expect(await billing(words, setting)).toMatchObject({ exitCode: 0, stderr: '' });
    }
  });

  it('T7 refuses a migration without a transaction on the only connection, and says why', async () => {
    const dataSource = await open(1);
    const refused = { code: 'CONFIGURATION_INVALID' };
    await expect(migrate(dataSource, { transaction: 'none' })).rejects.toMatchObject(refused);
    expect(await locks()).toBe(0);
    expect(await migrate(dataSource)).toHaveLength(COUNT);
    await expect(revert(dataSource, { transaction: 'none' })).rejects.toMatchObject(refused);
    expect(await locks()).toBe(0);
  });

  it("H4 puts billing's tables into the DataSource's schema", async () => {
    await database.exec('CREATE SCHEMA app; ALTER TABLE tenants SET SCHEMA app');
    const [one, other] = await openMany(2, 2, { schema: 'app' });
    await Promise.all([migrate(one!), migrate(other!)]);
    expect(await check(other!)).toEqual([]);
    await one!.getRepository(Plan).save({ name: 'Pro' });
    expect(await database.sql('SELECT name FROM app.plans')).toEqual([{ name: 'Pro' }]);
    expect(await revert(other!, { all: true, discard: true })).toHaveLength(COUNT);
  });

  it.each([1, 5])('B1 a service saves and reads with a pool of %s', async (poolSize) => {
    const [one, other] = await openMany(2, poolSize);
    await migrate(one!);
    const plans = one!.getRepository(Plan);
    const plan = await plans.save(plans.create({ name: 'Pro', features: { seats: 5 } }));
    // More statements at once than there are connections, by two services.
    const saved = await Promise.all(
      TENANT_IDS.map((tenantId, index) =>
        [one!, other!][index % 2]!.transaction(async (manager) => {
          const subscription = await manager.save(
            manager.create(Subscription, { tenantId, planId: plan.id }),
          );
          await manager.update(Subscription, { id: subscription.id }, { cancelAtPeriodEnd: true });
          return manager.findOneOrFail(Subscription, {
            where: { id: subscription.id },
            relations: { tenant: true, plan: true },
          });
        }),
      ),
    );
    expect(saved.map(({ tenant }) => tenant?.id)).toEqual([...TENANT_IDS]);
    expect(saved.map(({ cancelAtPeriodEnd }) => cancelAtPeriodEnd)).toEqual([true, true, true]);
    const failed = one!.transaction(async (manager) => {
      await manager.delete(Subscription, { planId: plan.id });
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          [one!, other!][index % 2]!.getRepository(Subscription).countBy({ planId: plan.id }),
        ),
      ),
    ).toEqual(Array<number>(20).fill(3));
    const rows = await database.sql('SELECT tenant_id FROM subscriptions');
    expect(rows).toHaveLength(3);
  });
});
