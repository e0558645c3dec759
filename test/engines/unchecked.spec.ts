import { Client } from 'pg';
import { BillingError, check, compare, status } from '../../src';
import { openBilling, openDataSource } from '../support/data-source';
import { describeOn, engineNamed, engines } from '../support/engines';
import { postgresAdminUrl } from '../support/test-run';

describe.each(engines)("T6 what can't be compared on $name", ({ createDatabase }) => {
  it('T6 is a table of a migration that no entity maps', async () => {
    const { dataSource } = await openBilling(createDatabase);
    const kept = dataSource.entityMetadatas.filter(({ tableName }) => tableName !== 'plans');
    Object.assign(dataSource, { entityMetadatas: kept });
    const { unchecked } = await compare(dataSource);
    expect(unchecked).toEqual([
      { object: 'plans', reason: expect.stringContaining('maps it') as string },
    ]);
    await expect(check(dataSource)).rejects.toMatchObject({
      code: 'CHECK_INCOMPLETE',
      details: { unchecked },
    });
  });

  it('T6 is a table whose entity is not synchronized', async () => {
    const { dataSource } = await openBilling(createDatabase);
    const plans = dataSource.entityMetadatas.find(({ tableName }) => tableName === 'plans')!;
    plans.synchronize = false;
    await expect(check(dataSource)).rejects.toThrow(
      /plans \(its entity says `synchronize: false`\)/,
    );
  });
});

describeOn('postgres', 'T6 what a user of Postgres may not look at', () => {
  const NAME = 'looker';

  async function openAs(setting: string) {
    const { database } = await openBilling(engineNamed('postgres').createDatabase);
    const role = `${NAME}_${new URL(database.url).pathname.slice(1)}`;
    const name = new URL(database.url).pathname.slice(1);
    await database.exec(
      `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role};
       REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC; ${setting.replaceAll('$role', role).replaceAll('$database', name)}`,
    );
    const url = Object.assign(new URL(database.url), { username: role, password: 'x' });
    return openDataSource({ ...database, url: url.href });
  }

  it.each([
    ['no right to make temporary tables', '', /CHECKs and indexes of plans .*temporary/],
    [
      'a read-only session',
      'GRANT TEMPORARY ON DATABASE $database TO $role; ALTER ROLE $role SET default_transaction_read_only = on',
      /CHECKs and indexes of plans .*read-only/,
    ],
    [
      'no right on a table',
      'REVOKE ALL ON plans FROM $role',
      /plans \(the user .* has no right on the columns id, name/,
    ],
    [
      'a right on one column',
      'REVOKE ALL ON plans FROM $role; GRANT SELECT (id) ON plans TO $role',
      /plans \(the user .* has no right on the columns name/,
    ],
    [
      'no right on the schema',
      'REVOKE USAGE ON SCHEMA public FROM PUBLIC',
      /plans \(the user .* schema public/,
    ],
  ])('T6 %s', async (_, setting, message) => {
    const dataSource = await openAs(setting);
    const error = await check(dataSource).then(
      () => undefined,
      (one: unknown) => one,
    );
    expect(error).toBeInstanceOf(BillingError);
    expect(error).toMatchObject({ code: 'CHECK_INCOMPLETE', details: { differences: [] } });
    expect((error as BillingError).message).toMatch(message);
  });

  it('T6 nothing is left out for a user with the rights of a reader and TEMPORARY', async () => {
    const dataSource = await openAs('GRANT TEMPORARY ON DATABASE $database TO $role');
    expect(await check(dataSource)).toEqual([]);
  });

  it("T6 a table of migrations that can't be read is not an empty one", async () => {
    const dataSource = await openAs('REVOKE ALL ON migrations FROM $role');
    await expect(status(dataSource)).rejects.toThrow(
      /"migrations" of applied migrations can't be read/,
    );
  });

  it('T6 are all tables once the connection is lost', async () => {
    const dataSource = await openAs('GRANT TEMPORARY ON DATABASE $database TO $role');
    const { username: role, pathname } = new URL((dataSource.options as { url: string }).url);
    const url = new URL(postgresAdminUrl());
    const admin = new Client({ connectionString: Object.assign(url, { pathname }).href });
    await admin.connect();
    await admin.query(`REVOKE CONNECT ON DATABASE ${pathname.slice(1)} FROM PUBLIC`);
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`,
    );
    await admin.end();
    const { differences, unchecked } = await compare(dataSource);
    expect(differences).toEqual([]);
    expect(unchecked).toHaveLength(7);
    await expect(check(dataSource)).rejects.toMatchObject({ code: 'CHECK_INCOMPLETE' });
  });
});
