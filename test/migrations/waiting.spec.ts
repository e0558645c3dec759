import { DataSource } from 'typeorm';
import { migrate, revert, tenantBilling } from '../../src';
import { opened } from '../support/data-source';
import { describeOn, engineNamed, type TestDatabase } from '../support/engines';

class Concurrent1900000000000 {
  readonly transaction = false;

  async up(queryRunner: { query(sql: string): Promise<unknown> }): Promise<void> {
    // By then all others wait.
    await queryRunner.query('SELECT pg_sleep(0.5)');
    await queryRunner.query('CREATE INDEX CONCURRENTLY host_name ON tenants (name)');
  }

  async down(queryRunner: { query(sql: string): Promise<unknown> }): Promise<void> {
    await queryRunner.query('SELECT pg_sleep(0.5)');
    await queryRunner.query('DROP INDEX CONCURRENTLY host_name');
  }
}

describeOn('postgres', 'T5 those who wait for the lock', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await engineNamed('postgres').createDatabase();
  });

  const openMany = (count: number, options: { readonly poolSize?: number } = {}) =>
    Promise.all(
      Array.from({ length: count }, () =>
        opened(
          new DataSource({
            type: 'postgres',
            url: database.url,
            uuidExtension: 'pgcrypto',
            installExtensions: false,
            entities: tenantBilling.entities,
            migrations: [...tenantBilling.migrations.postgres, Concurrent1900000000000],
            ...options,
          }),
        ),
      ),
    );

  it.each([
    ['none', 10],
    ['none', 1],
    ['each', 10],
    ['each', 1],
  ] as const)(
    'T5 T7 do not hold up CREATE INDEX CONCURRENTLY: transaction %s, a pool of %s',
    async (transaction, poolSize) => {
      const dataSources = await openMany(4, { poolSize });
      const applied = await Promise.all(dataSources.map((one) => migrate(one, { transaction })));
      expect(applied.flat()).toHaveLength(2);
      const reverted = await Promise.all(
        dataSources.map((one) => revert(one, { all: true, transaction: 'none' })),
      );
      expect(reverted.flat()).toHaveLength(2);
    },
  );

  it.each(['each', 'none'] as const)(
    'T5 wait no longer than the lock_timeout of the user, where there is one: transaction %s',
    async (transaction) => {
      const [row] = await database.sql<{ name: string }>('SELECT current_database() AS name');
      await database.exec(`ALTER DATABASE "${row!.name}" SET lock_timeout = '200ms'`);
      const dataSources = await openMany(2);
      let leave = (): void => undefined;
      const left = new Promise<void>((resolve) => {
        leave = resolve;
      });
      for (const { migrations } of dataSources) {
        migrations.push({ name: 'Slow1800000000000', up: () => left, down: () => left });
      }
      const [one, other] = dataSources.map((each) => migrate(each, { transaction }));
      const refused = await Promise.race([one, other]).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: '55P03' });
      leave();
      const results = await Promise.allSettled([one, other]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    },
  );
});
