import { check, migrate, revert } from '../../src';
import { openDataSource } from '../support/data-source';
import { describeOn, engineNamed, type TestDatabase } from '../support/engines';

describeOn('postgres', 'T6 billing in a schema of its own', () => {
  let database: TestDatabase;

  async function openWith(path: string) {
    const url = new URL(database.url);
    url.searchParams.set('options', `-c search_path=${path}`);
    return openDataSource({ ...database, url: url.href });
  }

  beforeEach(async () => {
    database = await engineNamed('postgres').createDatabase();
    await database.exec('CREATE SCHEMA billing; CREATE SCHEMA "Other"');
  });

  it.each(['billing,public', '"Other",billing,public'])(
    'T6 T7 with search_path=%s nothing has drifted, a difference is found, and revert leaves nothing',
    async (path) => {
      const dataSource = await openWith(path);
      await migrate(dataSource);
      expect(await check(dataSource)).toEqual([]);
      await dataSource.query('ALTER TABLE plans DROP CONSTRAINT ck_plans_trial_days');
      const statements = await check(dataSource);
      expect(statements).toEqual([expect.stringContaining('ck_plans_trial_days')]);
      for (const statement of statements) await dataSource.query(statement);
      expect(await check(dataSource)).toEqual([]);
      expect(await dataSource.driver.createSchemaBuilder().log()).toMatchObject({ upQueries: [] });
      expect(await revert(dataSource, { all: true })).toHaveLength(2);
    },
  );

  it('T6 tables that the path finds later are the ones compared', async () => {
    await migrate(await openWith('billing,public'));
    const dataSource = await openWith('public,billing');
    expect(await check(dataSource)).toEqual([]);
    await dataSource.query('ALTER TABLE plans DROP CONSTRAINT ck_plans_trial_days');
    expect(await check(dataSource)).toHaveLength(1);
  });

  it('T6 a foreign key to a table that the path does not find is a difference', async () => {
    const dataSource = await openWith('billing,public');
    await migrate(dataSource);
    await dataSource.query('CREATE TABLE billing.tenants (id uuid PRIMARY KEY)');
    expect(await check(dataSource)).toContainEqual(
      expect.stringContaining('DROP CONSTRAINT "fk_subscriptions_tenant_id"'),
    );
  });
});
