import { type Client } from 'pg';
import { AbstractLogger, DataSource, In, type QueryRunner } from 'typeorm';
import {
  BillingSubscriber,
  check,
  compare,
  migrate,
  pendingSql,
  Plan,
  revert,
  status,
  Subscription,
  tenantBilling,
} from '../../src';
import { PostgresDataSource } from '../../src/data-sources/postgres';
import { opened } from '../support/data-source';
import { HOST_ROWS, HOST_SCHEMA, TENANT_IDS } from '../support/host-tables';
import { type PostgresPair, postgresPair } from '../support/postgres-standby';

/** Notes to which server each statement goes. */
class NotingLogger extends AbstractLogger {
  readonly servers = new Set<string>();

  constructor() {
    super('all');
  }

  override logQuery(_sql: string, _parameters?: unknown[], queryRunner?: QueryRunner): void {
    this.servers.add(queryRunner?.getReplicationMode() ?? 'unknown');
  }

  protected override writeLog(): void {
    // Only where statements go is asked for.
  }
}

let pair: PostgresPair;

beforeAll(async () => {
  pair = await postgresPair();
  await pair.primary.query(HOST_SCHEMA.postgres);
  await pair.primary.query(HOST_ROWS);
});

describe('B1 a DataSource with a read replica', () => {
  let dataSource: DataSource;
  let logger: NotingLogger;

  const open = (Class = DataSource, poolSize = 4): Promise<DataSource> => {
    logger = new NotingLogger();
    return opened(
      new Class({
        type: 'postgres',
        uuidExtension: 'pgcrypto',
        installExtensions: false,
        replication: {
          master: { url: pair.urls.primary },
          slaves: [{ url: pair.urls.standby }],
        },
        poolSize,
        logger,
        entities: tenantBilling.entities,
        migrations: tenantBilling.migrations.postgres,
        subscribers: [BillingSubscriber],
      }),
    );
  };
  const plansOf = async (client: Client): Promise<boolean> => {
    const { rows } = await client.query<{ there: boolean }>(
      `SELECT to_regclass('plans') IS NOT NULL AS there`,
    );
    return rows[0]!.there;
  };

  it.each([
    ['all', 4, DataSource],
    ['all', 4, PostgresDataSource],
    ['each', 4, DataSource],
    ['none', 1, DataSource],
  ] as const)(
    'B1 migrates, reverts and checks on the primary alone: transaction %s, a pool of %s, %p',
    async (transaction, poolSize, Class) => {
      // The replica knows of nothing that follows, and a read that went there would show it.
      await pair.pause();
      dataSource = await open(Class, poolSize);
      const count = tenantBilling.migrations.postgres.length;
      expect((await pendingSql(dataSource)).length).toBe(count);
      expect(await migrate(dataSource, { transaction })).toHaveLength(count);
      expect((await status(dataSource)).map(({ state }) => state)).toEqual(
        Array<string>(count).fill('applied'),
      );
      expect(await migrate(dataSource, { transaction })).toEqual([]);
      expect(await check(dataSource)).toEqual([]);
      expect((await compare(dataSource)).differences).toEqual([]);
      expect(await dataSource.showMigrations()).toBe(false);
      expect(await plansOf(pair.primary)).toBe(true);
      for (let step = 0; step < count; step += 1) await revert(dataSource, { transaction });
      expect(await plansOf(pair.primary)).toBe(false);
      expect((await status(dataSource)).map(({ state }) => state)).toEqual(
        Array<string>(count).fill('pending'),
      );
      expect([...logger.servers]).toEqual(['master']);
      expect(await plansOf(pair.standby)).toBe(false);
      await pair.resume();
    },
  );

  it('B1 migrates once if several processes do it at a time', async () => {
    const others = await Promise.all([open(), open(), open()]);
    const applied = await Promise.all(others.map((other) => migrate(other)));
    expect(applied.flat()).toHaveLength(tenantBilling.migrations.postgres.length);
    await pair.resume();
    expect(await plansOf(pair.standby)).toBe(true);
    for (const _ of tenantBilling.migrations.postgres) await revert(others[0]);
    await pair.resume();
  });

  it("B1 reads a service's rows from the replica, and writes and what they read on the primary", async () => {
    dataSource = await open();
    await migrate(dataSource);
    const plans = dataSource.getRepository(Plan);
    const plan = await plans.save(plans.create({ name: 'there' }));
    await pair.resume();
    await pair.pause();
    logger.servers.clear();
    // A change, all of which is done on the primary: the replica has the old name only.
    plan.name = 'changed';
    await plans.save(plan);
    await dataSource.getRepository(Subscription).save({
      ...{ tenantId: TENANT_IDS[0], planId: plan.id, status: 'active' as const },
    });
    await plans.update({ name: 'changed' }, { sortOrder: 2 });
    await plans.upsert({ id: plan.id, name: 'changed', sortOrder: 3 }, ['id']);
    await dataSource.transaction(async (manager) => {
      const { sortOrder } = await manager.findOneByOrFail(Plan, { name: 'changed' });
      expect(sortOrder).toBe(3);
      await manager.increment(Plan, { id: plan.id }, 'sortOrder', 1);
    });
    expect([...logger.servers]).toEqual(['master']);

    logger.servers.clear();
    expect(await plans.find({ select: { name: true, sortOrder: true } })).toMatchObject([
      { name: 'there', sortOrder: 0 },
    ]);
    expect(await plans.countBy({ name: 'changed' })).toBe(0);
    expect(await plans.createQueryBuilder('plan').getCount()).toBe(1);
    const many = Array.from({ length: 70_000 }, () => plan.id);
    expect(await plans.find({ where: { id: In(many) } })).toHaveLength(1);
    expect(
      await dataSource
        .getRepository(Subscription)
        .find({ where: { planId: plan.id }, relations: { plan: true } }),
    ).toEqual([]);
    expect([...logger.servers]).toEqual(['slave']);

    await pair.resume();
    expect(await plans.findOneByOrFail({ id: plan.id })).toMatchObject({
      name: 'changed',
      sortOrder: 4,
    });
    const replica = dataSource.createQueryRunner('slave');
    await expect(replica.query('DELETE FROM plans')).rejects.toMatchObject({ code: '25006' });
    const primary = dataSource.createQueryRunner('master');
    const fresh = primary.manager.getRepository(Plan);
    expect(await fresh.countBy({ name: 'changed' })).toBe(1);
    await Promise.all([replica.release(), primary.release()]);
    await dataSource.query('DELETE FROM subscriptions');
    await dataSource.query('DELETE FROM plans');
    for (const _ of tenantBilling.migrations.postgres) await revert(dataSource);
    await pair.resume();
  });
});
