import { DataSource } from 'typeorm';
import { check, migrate, revert, status, tenantBilling, userBilling } from '../../src';
import { openHost } from '../host/open-host';
import { opened } from '../support/data-source';
import { catalog, engines, type TestDatabase } from '../support/engines';

describe.each(engines)('T3 T6 synchronize: true, and then migrate(), on $name', (engine) => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await engine.createDatabase();
  });

  /** On Postgres TypeORM's own DataSource, whose schema builder is TypeORM's. */
  const open = (options: object = {}): Promise<DataSource> =>
    engine.name === 'postgres'
      ? opened(
          new DataSource({
            type: 'postgres',
            url: database.url,
            installExtensions: false,
            uuidExtension: 'pgcrypto',
            entities: [...tenantBilling.entities, ...userBilling.entities],
            migrations: [...tenantBilling.migrations.postgres, ...userBilling.migrations.postgres],
            ...options,
          }),
        )
      : openHost(database, [], options);

  it('T3 T6 what synchronize made is recorded, and not made again', async () => {
    const dataSource = await open({ synchronize: true });
    const made = await catalog(database);
    for (const transaction of ['all', 'each', 'none'] as const) {
      expect(await migrate(dataSource, { transaction })).toHaveLength(2);
      expect((await status(dataSource)).map(({ state }) => state)).toEqual(['applied', 'applied']);
      expect(await migrate(dataSource)).toEqual([]);
      expect(await check(dataSource)).toEqual([]);
      expect(await catalog(database)).toEqual(expect.arrayContaining(made));
      await database.exec('DELETE FROM "migrations"');
    }
    await migrate(dataSource);
    await revert(dataSource, { all: true });
    expect(await migrate(dataSource)).toHaveLength(2);
    expect(await check(dataSource)).toEqual([]);
  });

  it('T6 tables that differ are refused, with what to do, and stay', async () => {
    const dataSource = await open({ synchronize: true });
    await database.exec('DROP INDEX "ix_subscriptions_plan_id"');
    const before = await catalog(database);
    await expect(migrate(dataSource)).rejects.toMatchObject({
      code: 'TABLE_EXISTS',
      message: expect.stringContaining(
        '`synchronize: true` made it, bring it up to date',
      ) as string,
    });
    expect(await catalog(database)).toEqual(before);
  });

  it('T6 half of the tables is refused', async () => {
    const dataSource = await open({ synchronize: true });
    await database.exec('DROP TABLE "tenant_config"');
    await expect(migrate(dataSource)).rejects.toMatchObject({
      code: 'TABLE_EXISTS',
      details: { tables: ['plans', 'subscriptions'] },
    });
  });
});
