import { type DataSource, DefaultNamingStrategy, MigrationExecutor } from 'typeorm';
import { migrate, pendingSql, revert, type ReversibleMigration } from '../../src';
import { openDataSource } from '../support/data-source';
import { catalog, engines, HOST_TABLES, type TestDatabase } from '../support/engines';

const TENANTS = 'CREATE TABLE tenants (id uuid PRIMARY KEY)';
const USERS = 'CREATE TABLE "user" (id text PRIMARY KEY)';

describe.each(engines)('T4 U8 what a migration needs on $name', ({ createDatabase }) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createDatabase({ host: 'none' });
    dataSource = await openDataSource(database);
    // What is expected to fail would otherwise be reported on the console as well.
    dataSource.setOptions({ logger: 'debug' });
  });

  it.each([
    [
      'no tenants table',
      [USERS],
      'HOST_TABLE_MISSING',
      ['"tenants"', '"user" ("id" text)', 'bindHost({ tenant: … })', 'BILLING_TENANT=user.id:text'],
    ],
    ['no table at all', [], 'HOST_TABLE_MISSING', ['"tenants"', 'BILLING_HOST_TABLES=create']],
    ['no user table', [TENANTS], 'HOST_TABLE_MISSING', ['"user"', 'CreateUserBilling']],
    [
      'a tenants table without an id',
      [USERS, 'CREATE TABLE tenants (key uuid PRIMARY KEY)'],
      'HOST_COLUMN_MISMATCH',
      ['there is no such column'],
    ],
    [
      'a tenants table with another type of id',
      [USERS, 'CREATE TABLE tenants (id integer PRIMARY KEY)'],
      'HOST_COLUMN_MISMATCH',
      ['"tenants"."id"', 'uuid', 'integer'],
    ],
    [
      'a tenants table whose id is no key',
      [USERS, 'CREATE TABLE tenants (id uuid, name text, UNIQUE (id, name))'],
      'HOST_COLUMN_MISMATCH',
      ['neither a primary key nor unique'],
    ],
    [
      'a table of ours already there',
      [USERS, TENANTS, 'CREATE TABLE plans (id integer PRIMARY KEY)'],
      'TABLE_EXISTS',
      ['"plans"', 'fake: true'],
    ],
    [
      'a table of the later migration already there',
      [USERS, TENANTS, 'CREATE TABLE payment_attempts (id integer PRIMARY KEY)'],
      'TABLE_EXISTS',
      ['"payment_attempts"'],
    ],
  ])(
    'T4 %s: one error says what is missing, and nothing has changed',
    async (_, tables, code, parts) => {
      for (const statement of tables) await database.exec(statement);
      const before = await catalog(database);
      const error: unknown = await migrate(dataSource).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ name: 'BillingError', code });
      for (const part of parts) expect((error as Error).message).toContain(part);
      expect(await catalog(database)).toEqual(before);
      // Once the cause is fixed, the same DataSource can migrate.
      await database.exec('DROP TABLE IF EXISTS tenants');
      await database.exec('DROP TABLE IF EXISTS "user"');
      await database.exec('DROP TABLE IF EXISTS plans');
      await database.exec('DROP TABLE IF EXISTS payment_attempts');
      await database.exec(`${TENANTS}; ${USERS}`);
      expect(await migrate(dataSource)).toHaveLength(2);
    },
  );

  it.each(['all', 'each'] as const)(
    "T4 a host's own migration in the same list may be younger than ours, mode %s",
    async (transaction) => {
      const empty = await catalog(database);
      dataSource.migrations.push(
        {
          name: 'CreateTenants1900000000000',
          up: (queryRunner) => queryRunner.query(TENANTS) as Promise<void>,
          down: (queryRunner) => queryRunner.query('DROP TABLE tenants') as Promise<void>,
        },
        {
          name: 'CreateUsers1900000000001',
          up: (queryRunner) => queryRunner.query(USERS) as Promise<void>,
          down: (queryRunner) => queryRunner.query('DROP TABLE "user"') as Promise<void>,
        },
        {
          // It needs a table of ours, and so can't simply go before them.
          name: 'ReferToPlans1900000000002',
          up: (queryRunner) =>
            queryRunner.query(
              'CREATE TABLE offers (plan_id uuid REFERENCES plans (id))',
            ) as Promise<void>,
          down: (queryRunner) => queryRunner.query('DROP TABLE offers') as Promise<void>,
        },
      );
      const applied = await migrate(dataSource, { transaction });
      expect(applied.map(({ name }) => name.replace(/\d+$/, ''))).toEqual([
        'CreateTenants',
        'CreateTenantBilling',
        'CreateUsers',
        'CreateUserBilling',
        'ReferToPlans',
      ]);
      expect(await migrate(dataSource)).toEqual([]);
      expect(await revert(dataSource, { all: true })).toHaveLength(5);
      expect(await catalog(database)).toEqual(empty);
    },
  );

  it.each(['all', 'each'] as const)(
    'T4 later migrations of a family that waits wait with it, mode %s',
    async (transaction) => {
      dataSource.migrations.push(
        {
          name: 'AddSetupFee1800000000000',
          family: 'tenant',
          up: (queryRunner) =>
            queryRunner.query('ALTER TABLE plans ADD setup_fee bigint') as Promise<void>,
          down: () => Promise.resolve(),
        } as ReversibleMigration,
        {
          name: 'CreateHosts1900000000000',
          up: async (queryRunner) => {
            await queryRunner.query(TENANTS);
            await queryRunner.query(USERS);
          },
          down: () => Promise.resolve(),
        },
      );
      const applied = await migrate(dataSource, { transaction });
      expect(applied.map(({ name }) => name.replace(/\d+$/, ''))).toEqual([
        'CreateHosts',
        'CreateTenantBilling',
        'CreateUserBilling',
        'AddSetupFee',
      ]);
    },
  );

  it('T4 a view in the way is found like a table', async () => {
    await database.exec(`${TENANTS}; ${USERS}; CREATE VIEW plans AS SELECT 1 AS id`);
    await expect(migrate(dataSource)).rejects.toMatchObject({ code: 'TABLE_EXISTS' });
  });

  it('T4 an option entityPrefix, which would rename tables, is refused', async () => {
    await database.exec(`${TENANTS}; ${USERS}`);
    dataSource.setOptions({ entityPrefix: 'app' });
    await expect(migrate(dataSource)).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringMatching(/entityPrefix "app".*bindHost\(\{ prefix/s) as string,
    });
    await expect(database.sql('SELECT * FROM plans')).rejects.toThrow(
      /no such table|does not exist/,
    );
  });

  it.each([
    ['tables', { tableName: (_: string, name: string) => `app_${name}` }, '"app_plans" of "plans"'],
    ['columns', { columnName: (_: string, name: string) => name.toUpperCase() }, '"ID" of "id"'],
  ])('H4 a naming strategy that renames %s is refused', async (_what, own, names) => {
    await database.exec(`${TENANTS}; ${USERS}`);
    const namingStrategy = Object.assign(new DefaultNamingStrategy(), own);
    await dataSource.destroy();
    dataSource.setOptions({ namingStrategy });
    await dataSource.initialize();
    const refusal = {
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining(`namingStrategy makes ${names}`) as string,
    };
    await expect(migrate(dataSource)).rejects.toMatchObject(refusal);
    // As TypeORM's own command does.
    await expect(
      new MigrationExecutor(dataSource).executePendingMigrations(),
    ).rejects.toMatchObject(refusal);
    await expect(database.sql('SELECT * FROM plans')).rejects.toThrow(
      /no such table|does not exist/,
    );
  });

  it('T4 a dry run of a migration of the host runs nothing of it', async () => {
    await database.exec(`${TENANTS}; ${USERS}`);
    dataSource.migrations.push({
      name: 'Own1900000000000',
      up: async (queryRunner) => {
        await queryRunner.query('CREATE TABLE shown (id integer)');
        await queryRunner.manager.query('CREATE TABLE hidden (id integer)');
      },
      down: () => Promise.resolve(),
    });
    const before = await catalog(database);
    const [, , own] = await pendingSql(dataSource);
    expect(own).toEqual({
      name: 'Own1900000000000',
      sql: ['CREATE TABLE shown (id integer)'],
      complete: false,
    });
    expect(await catalog(database)).toEqual(before);
  });

  it('T4 stand-ins for the host tables are made where that is asked for, and kept', async () => {
    const created = await openDataSource(database, { BILLING_HOST_TABLES: 'create' });
    expect(await migrate(created)).toHaveLength(2);
    await revert(created, { all: true });
    await created.destroy();
    expect((await catalog(database)).filter(({ kind }) => kind === 'table')).toHaveLength(
      HOST_TABLES.length,
    );
    expect(await migrate(dataSource)).toHaveLength(2);
  });

  it.each([
    ['tenant', ['tenants']],
    ['user', ['account', 'session', 'user', 'verification']],
  ])('T4 only the stand-ins of the family %s are made for it', async (families, made) => {
    const created = await openDataSource(database, {
      ...{ BILLING_HOST_TABLES: 'create', BILLING_FAMILIES: families },
    });
    const shown = (await pendingSql(created))[0]!;
    expect(shown.name).toBe('stand-ins for the host tables');
    expect(await migrate(created)).toHaveLength(1);
    expect(await revert(created)).toHaveLength(1);
    expect(await tablesOf(database)).toEqual(made);
    // They are there now.
    expect((await pendingSql(created)).map(({ name }) => name)).not.toContain(shown.name);
    expect(await migrate(created)).toHaveLength(1);
  });

  it.each([
    [
      'a table like it',
      'CREATE TABLE users (id integer PRIMARY KEY)',
      'BILLING_USER=users.id:integer',
    ],
    ['a table without a key', 'CREATE TABLE notes (note text)', 'bindHost({ user: … })'],
    ["Better Auth's", 'CREATE TABLE session (id text PRIMARY KEY)', 'BILLING_USER=session.id:text'],
  ])("T4 no stand-in is made in a host's database, which has %s", async (_, own, line) => {
    await database.exec(`${TENANTS}; ${own}`);
    const before = await catalog(database);
    const created = await openDataSource(database, { BILLING_HOST_TABLES: 'create' });
    created.setOptions({ logger: 'debug' });
    for (const attempt of [migrate(created), pendingSql(created)]) {
      const error: unknown = await attempt.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'HOST_TABLE_MISSING', details: { table: 'user' } });
      expect((error as Error).message).toContain(line);
      expect((error as Error).message).not.toContain('BILLING_HOST_TABLES');
    }
    expect(await catalog(database)).toEqual(before);
  });

  it('T4 a unique column that is not the primary key can be referenced', async () => {
    await database.exec(
      `CREATE TABLE tenants (number integer PRIMARY KEY, id uuid NOT NULL UNIQUE); ${USERS}`,
    );
    expect(await migrate(dataSource)).toHaveLength(2);
  });
});

/** The tables of a database, without TypeORM's. */
async function tablesOf(database: TestDatabase): Promise<string[]> {
  const tables = (await catalog(database)).filter(({ kind }) => kind === 'table');
  return tables.map(({ name }) => name).sort();
}
