import { Plan, SqliteDataSource, tenantBilling } from '../../src';
import { engineNamed, engines, type TestDatabase } from '../support/engines';
import { openBilling, opened } from '../support/data-source';
import type { DataSource } from 'typeorm';

describe.each(engines)('B1 transactions on $name', ({ name, transactions, createDatabase }) => {
  const interactive = transactions === 'interactive';
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    ({ database, dataSource } = await openBilling(createDatabase));
  });

  afterEach(() => database.exec('DELETE FROM plans'));

  const names = async (): Promise<string[]> =>
    (await database.sql<{ name: string }>('SELECT name FROM plans ORDER BY name')).map(
      ({ name }) => name,
    );

  it('B1 50 at once, each of two writes and some failing, leave exactly the successful ones', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        dataSource.transaction(async (manager) => {
          const label = String(index).padStart(2, '0');
          await manager.save(manager.create(Plan, { name: `${label} first` }));
          await new Promise((resolve) => setTimeout(resolve, index % 7));
          if (index % 3 === 0) throw new Error('on purpose');
          // Fails in the database: the name is taken by the transaction's own first write.
          const name = index % 5 === 0 ? `${label} first` : `${label} second`;
          await manager.save(manager.create(Plan, { name }));
        }),
      ),
    );
    const successful = outcomes.flatMap(({ status }, index) =>
      status === 'fulfilled' ? [index] : [],
    );
    expect(successful).toEqual(
      Array.from({ length: 50 }, (_, index) => index).filter((index) => index % 3 && index % 5),
    );
    expect(await names()).toEqual(
      successful.flatMap((index) => {
        const label = String(index).padStart(2, '0');
        return [`${label} first`, `${label} second`];
      }),
    );
  });

  it('B1 a read outside sees nothing of a transaction before it is committed', async () => {
    await dataSource.transaction(async (manager) => {
      await manager.save(manager.create(Plan, { name: 'hidden' }));
      expect(await dataSource.getRepository(Plan).count()).toBe(0);
      if (interactive) expect(await manager.count(Plan)).toBe(1);
      else await expect(manager.count(Plan)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    });
    expect(await names()).toEqual(['hidden']);
  });

  it('B1 an inner transaction that fails, or is refused, takes only its own writes back', async () => {
    await dataSource.transaction(async (manager) => {
      await manager.save(manager.create(Plan, { name: 'outer' }));
      await expect(
        manager.transaction(async (inner) => {
          await inner.save(inner.create(Plan, { name: 'inner' }));
          throw new Error('on purpose');
        }),
      ).rejects.toThrow(interactive ? 'on purpose' : 'D1 has no transaction inside another');
      await manager.save(manager.create(Plan, { name: 'outer, still' }));
    });
    expect(await names()).toEqual(['outer', 'outer, still']);
  });

  // On Postgres TypeORM gives the connection back with its transaction open: that is not ours.
  if (name !== 'postgres') {
    it('B1 a query runner released in the middle leaves nothing behind', async () => {
      const queryRunner = dataSource.createQueryRunner();
      await queryRunner.startTransaction();
      await queryRunner.query(
        `INSERT INTO plans (id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'lost')`,
      );
      await queryRunner.release();
      await dataSource
        .getRepository(Plan)
        .save(dataSource.getRepository(Plan).create({ name: 'next' }));
      expect(await names()).toEqual(['next']);
    });
  }

  it('B1 100 single writes and 100 reads at once all arrive', async () => {
    const plans = dataSource.getRepository(Plan);
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        await plans.save(plans.create({ name: `plan ${String(index).padStart(3, '0')}` }));
        await plans.find();
      }),
    );
    expect(await names()).toHaveLength(100);
  });
});

describe('B1 SQLite', () => {
  const open = async (
    options: { busyTimeout?: number; file?: string } = {},
  ): Promise<SqliteDataSource> => {
    const database = await engineNamed('sqlite').createDatabase();
    const dataSource = new SqliteDataSource({
      database: options.file ?? database.url.slice('sqlite:'.length),
      busyTimeout: options.busyTimeout ?? 1_000,
      entities: tenantBilling.entities,
      migrations: tenantBilling.migrations.sqlite,
      // What is expected to fail would otherwise be reported on the console as well.
      logger: 'debug',
    });
    await opened(dataSource);
    // An in-memory database starts without the host's table.
    await dataSource.query('CREATE TABLE IF NOT EXISTS tenants (id text PRIMARY KEY)');
    await dataSource.runMigrations();
    return dataSource;
  };

  const foreignKeys = (dataSource: SqliteDataSource): Promise<unknown> =>
    dataSource.query('PRAGMA foreign_keys');

  it('B1 writing around the transaction that is open gets DATABASE_BUSY, and the transaction goes on', async () => {
    const dataSource = await open();
    await dataSource.transaction(async (manager) => {
      await manager.save(manager.create(Plan, { name: 'inside' }));
      await expect(dataSource.getRepository(Plan).insert({ name: 'around' })).rejects.toMatchObject(
        {
          code: 'DATABASE_BUSY',
          message: expect.stringContaining('its entity manager') as string,
        },
      );
    });
    expect(await dataSource.getRepository(Plan).find({ select: { name: true } })).toMatchObject([
      { name: 'inside' },
    ]);
  });

  it('B1 writers that wait their turn are not timed out while others make progress', async () => {
    const dataSource = await open({ busyTimeout: 1_000 });
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        dataSource.transaction(async (manager) => {
          await manager.insert(Plan, { name: `slow ${index}` });
          await new Promise((resolve) => setTimeout(resolve, 120));
        }),
      ),
    );
    expect(await dataSource.getRepository(Plan).count()).toBe(12);
  });

  it.each<[string, RegExp, (dataSource: SqliteDataSource) => Promise<unknown>]>([
    ['a migration that fails', /near "nonsense": syntax error/, failingMigration],
    [
      'a statement that fails',
      /no such column: nonsense/,
      (dataSource) => dataSource.query('SELECT nonsense'),
    ],
    [
      'a transaction that fails',
      /no such column: nonsense/,
      (dataSource) => dataSource.transaction((manager) => manager.query('SELECT nonsense')),
    ],
    [
      'a query runner that turned them off and was released',
      /^done$/,
      async (dataSource) => {
        const queryRunner = dataSource.createQueryRunner();
        await queryRunner.query('PRAGMA foreign_keys = OFF');
        await queryRunner.release();
        throw new Error('done');
      },
    ],
    [
      'a schema builder that fails',
      /NOT NULL constraint failed: new_subscriptions\.id/,
      async (dataSource) => {
        await dataSource.query('CREATE TABLE bare AS SELECT * FROM subscriptions');
        await dataSource.query('DROP TABLE subscriptions');
        await dataSource.query('ALTER TABLE bare RENAME TO subscriptions');
        // It has to be copied into a table with the right constraints, which refuses this row.
        await dataSource.query('INSERT INTO subscriptions (id) VALUES (NULL)');
        await dataSource.driver.createSchemaBuilder().build();
      },
    ],
  ])('B1 foreign keys are enforced again after %s', async (_, says, fail) => {
    const dataSource = await open();
    await expect(fail(dataSource)).rejects.toThrow(says);
    for (let round = 0; round < 12; round++) {
      expect(await foreignKeys(dataSource)).toEqual([{ foreign_keys: 1 }]);
    }
    // On every connection there is, and not only by what the pragma says.
    await Promise.all(
      Array.from({ length: 12 }, () =>
        expect(
          dataSource.query(
            `INSERT INTO tenant_config (id, tenant_id) VALUES ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-00000000ffff')`,
          ),
        ).rejects.toThrow('FOREIGN KEY constraint failed'),
      ),
    );
  });

  it('B1 an in-memory database is one database to all its users', async () => {
    const dataSource = await open({ file: ':memory:', busyTimeout: 30_000 });
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        dataSource.transaction((manager) =>
          manager.save(manager.create(Plan, { name: `memory ${index}` })),
        ),
      ),
    );
    expect(await dataSource.getRepository(Plan).count()).toBe(50);
    expect(await foreignKeys(dataSource)).toEqual([{ foreign_keys: 1 }]);
  });

  it('B1 says what is wrong when it is used before initialize() or after destroy()', async () => {
    const dataSource = await open();
    await dataSource.destroy();
    await expect(dataSource.query('SELECT 1')).rejects.toMatchObject({
      code: 'DATA_SOURCE_CLOSED',
    });
  });
});

async function failingMigration(dataSource: SqliteDataSource): Promise<void> {
  dataSource.migrations.push({
    name: 'Failing1900000000000',
    up: async (queryRunner) => {
      await queryRunner.query('DROP TABLE tenant_config');
      await queryRunner.query('nonsense');
    },
    down: () => Promise.resolve(),
  });
  try {
    await dataSource.runMigrations();
  } finally {
    dataSource.migrations.pop();
  }
}
