import { DataSource } from 'typeorm';
import { check, compare, migrate, pendingSql, revert, status, tenantBilling } from '../../src';
import { opened } from '../support/data-source';
import { describeOn, engineNamed, type TestDatabase } from '../support/engines';

describeOn('postgres', 'T3 T7 a pool of one connection', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await engineNamed('postgres').createDatabase();
  });

  const open = (options: object): Promise<DataSource> =>
    opened(
      new DataSource({
        type: 'postgres',
        url: database.url,
        uuidExtension: 'pgcrypto',
        installExtensions: false,
        entities: tenantBilling.entities,
        migrations: tenantBilling.migrations.postgres,
        ...options,
      }),
    );

  describe.each([{ extra: { max: 1 } }, { poolSize: 1 }])('%j', (options) => {
    it.each(['all', 'each', 'none'] as const)(
      'T3 T7 is enough for all commands with the transaction mode %s',
      async (transaction) => {
        const dataSource = await open(options);
        expect(await pendingSql(dataSource)).toHaveLength(1);
        expect(await migrate(dataSource, { transaction })).toHaveLength(1);
        expect(await check(dataSource)).toEqual([]);
        expect(await compare(dataSource)).toMatchObject({ differences: [], unchecked: [] });
        expect(await status(dataSource)).toMatchObject([{ state: 'applied' }]);
        expect(await revert(dataSource, { transaction })).toHaveLength(1);
        expect(await status(dataSource)).toMatchObject([{ state: 'pending' }]);
        const locks = await database.sql(
          `SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
           WHERE l.locktype = 'advisory' AND d.datname = current_database()`,
        );
        expect(locks).toEqual([]);
      },
    );
  });

  it('T5 holds the lock without a transaction, so that others wait', async () => {
    const sources = await Promise.all([1, 2, 3].map(() => open({ poolSize: 1 })));
    const applied = await Promise.all(
      sources.map((dataSource) => migrate(dataSource, { transaction: 'none' })),
    );
    expect(applied.flat()).toHaveLength(1);
  });
});
