import { Client } from 'pg';
import { BillingError, check, compare, status } from '../../src';
import { closeAfterwards } from '../support/closing';
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

  async function onServer(database: string, text: string): Promise<void> {
    const url = Object.assign(new URL(postgresAdminUrl()), { pathname: `/${database}` });
    const admin = new Client({ connectionString: url.href });
    await admin.connect();
    try {
      await admin.query(text);
    } finally {
      await admin.end();
    }
  }

  /** A role is the server's: it would outlive the databases of the run. */
  const dropRole = (role: string, database: string): Promise<void> =>
    onServer(database, `DROP OWNED BY ${role}; DROP ROLE ${role}`);

  async function openAs(setting: string) {
    const { database } = await openBilling(engineNamed('postgres').createDatabase);
    const role = `${NAME}_${new URL(database.url).pathname.slice(1)}`;
    const name = new URL(database.url).pathname.slice(1);
    await database.exec(
      `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role};
       REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC; ${setting.replaceAll('$role', role).replaceAll('$database', name)}`,
    );
    closeAfterwards(() => dropRole(role, name));
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

  it('T6 is what takes longer than statement_timeout', async () => {
    const { database, dataSource } = await openBilling(engineNamed('postgres').createDatabase, {});
    const pool = new URL(database.url);
    pool.searchParams.set('options', '-c statement_timeout=200');
    const hurried = await openDataSource({ ...database, url: pool.href });
    expect(await check(hurried)).toEqual([]);
    await database.exec('BEGIN; LOCK TABLE plans IN ACCESS EXCLUSIVE MODE');
    const error: unknown = await check(hurried).then(String, (one: unknown) => one);
    await database.exec('ROLLBACK');
    expect(error).toMatchObject({ code: 'CHECK_INCOMPLETE', details: { differences: [] } });
    expect((error as BillingError).message).toMatch(/plans .*statement timeout/);
    expect(await check(dataSource)).toEqual([]);
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
    const database = pathname.slice(1);
    await onServer(
      database,
      `REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC;
       SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`,
    );
    const { differences, unchecked } = await compare(dataSource);
    expect(differences).toEqual([]);
    expect(unchecked).toHaveLength(7);
    await expect(check(dataSource)).rejects.toMatchObject({ code: 'CHECK_INCOMPLETE' });
  });
});
