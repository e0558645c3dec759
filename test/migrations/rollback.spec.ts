import type { DataSource, MigrationInterface } from 'typeorm';
import { check, migrate, pendingSql, revert, status } from '../../src';
import { openDataSource } from '../support/data-source';
import { catalog, engines, type TestDatabase } from '../support/engines';

describe.each(engines)('T7 rollback on $name', ({ name, transactions, createDatabase }) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createDatabase({ host: 'rows' });
    dataSource = await openDataSource(database);
    // What is expected to fail would otherwise be reported on the console as well.
    dataSource.setOptions({ logger: 'debug' });
  });

  const states = async (): Promise<string[]> =>
    (await status(dataSource)).map((one) => `${one.name.replace(/\d+$/, '')} ${one.state}`);

  const add = (migration: MigrationInterface & { name: string }): void => {
    dataSource.migrations.push(migration);
  };

  it('T7 takes back the migration applied last, then the one before, then says there is none', async () => {
    await migrate(dataSource);
    expect(await states()).toEqual(['CreateTenantBilling applied', 'CreateUserBilling applied']);
    expect(await revert(dataSource)).toEqual([expect.stringMatching(/^CreateUserBilling\d{13}$/)]);
    expect(await states()).toEqual(['CreateTenantBilling applied', 'CreateUserBilling pending']);
    expect(await revert(dataSource)).toEqual([
      expect.stringMatching(/^CreateTenantBilling\d{13}$/),
    ]);
    expect(await revert(dataSource)).toEqual([]);
    expect(await states()).toEqual(['CreateTenantBilling pending', 'CreateUserBilling pending']);
  });

  it('T7 goes back to a migration that stays applied, by its full or its short name', async () => {
    await migrate(dataSource);
    const [first] = await status(dataSource);
    expect(await revert(dataSource, { to: first!.name })).toHaveLength(1);
    await migrate(dataSource);
    expect(await revert(dataSource, { to: 'CreateTenantBilling' })).toHaveLength(1);
    expect(await revert(dataSource, { to: 'CreateTenantBilling' })).toEqual([]);
    expect(await states()).toEqual(['CreateTenantBilling applied', 'CreateUserBilling pending']);
  });

  it('T7 an unknown name to go back to is refused with the names there are', async () => {
    await migrate(dataSource);
    const before = await catalog(database);
    await expect(revert(dataSource, { to: 'Nonsense' })).rejects.toMatchObject({
      code: 'MIGRATION_NOT_FOUND',
      message: expect.stringMatching(
        /Nonsense.*CreateUserBilling\d+, CreateTenantBilling\d+/,
      ) as string,
    });
    expect(await catalog(database)).toEqual(before);
  });

  it('T7 a migration that this DataSource does not hold is not passed over', async () => {
    await migrate(dataSource);
    const tenantOnly = await openDataSource(database, { BILLING_FAMILIES: 'tenant' });
    const before = await catalog(database);
    await expect(revert(tenantOnly)).rejects.toMatchObject({
      code: 'MIGRATION_NOT_FOUND',
      message: expect.stringMatching(/CreateUserBilling\d+.*BILLING_FAMILIES/) as string,
    });
    await expect(revert(tenantOnly, { all: true })).rejects.toMatchObject({
      code: 'MIGRATION_NOT_FOUND',
    });
    expect(await catalog(database)).toEqual(before);
  });

  it.each(['all', 'each'] as const)(
    'T4 T7 a migration that fails half-way, mode %s, leaves nothing of itself',
    async (transaction) => {
      const before = await catalog(database);
      add({
        name: 'Failing1900000000000',
        up: async (queryRunner) => {
          await queryRunner.query('CREATE TABLE half_done (id integer)');
          await queryRunner.query('INSERT INTO half_done VALUES (1), (1, 2)');
        },
        down: () => Promise.resolve(),
      });
      await expect(migrate(dataSource, { transaction })).rejects.toThrow(/VALUES|values/);
      // On D1 each migration is a batch of its own.
      if (transaction === 'all' && transactions === 'interactive') {
        expect(await catalog(database)).toEqual(before);
      } else {
        await expect(database.sql('SELECT * FROM half_done')).rejects.toThrow(
          /no such table|does not exist/,
        );
        expect(await states()).toEqual([
          'CreateTenantBilling applied',
          'CreateUserBilling applied',
          'Failing pending',
        ]);
      }
    },
  );

  it('T7 several reverts are all or nothing, or on D1 those before the one that fails', async () => {
    await migrate(dataSource);
    add({
      name: 'Stubborn1900000000000',
      up: () => Promise.resolve(),
      down: () => Promise.reject(new Error('on purpose')),
    });
    await migrate(dataSource);
    const last = dataSource.migrations.pop()!;
    // Reverted second, after one that goes well.
    add({
      name: 'Willing1900000000001',
      up: () => Promise.resolve(),
      down: () => Promise.resolve(),
    });
    dataSource.migrations.push(last);
    await migrate(dataSource);
    const before = await states();
    await expect(revert(dataSource, { all: true })).rejects.toThrow('on purpose');
    expect(await states()).toEqual(
      transactions === 'interactive'
        ? before
        : before.map((line) => line.replace('Willing applied', 'Willing pending')),
    );
  });

  it('T4 fake records without running, and takes the record back without running', async () => {
    const before = await catalog(database);
    await migrate(dataSource, { fake: true });
    expect(await states()).toEqual(['CreateTenantBilling applied', 'CreateUserBilling applied']);
    expect(await catalog(database)).toEqual(before);
    await revert(dataSource, { all: true, fake: true });
    expect(await states()).toEqual(['CreateTenantBilling pending', 'CreateUserBilling pending']);
  });

  it('T4 a migration that refuses a transaction runs outside one, with the others in theirs', async () => {
    // Each of them is refused inside a transaction.
    const refusing = {
      postgres: 'CREATE INDEX CONCURRENTLY ix_made_apart ON plans (sort_order)',
      sqlite: 'VACUUM',
      // It reads what it wrote.
      d1: `INSERT INTO plans (id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'apart') RETURNING id`,
    }[name];
    const apart: MigrationInterface & { name: string } = {
      name: 'Apart1900000000000',
      up: async (queryRunner) => {
        await queryRunner.query(refusing);
      },
      down: () => Promise.resolve(),
    };
    add(apart);
    await expect(migrate(dataSource)).rejects.toThrow(/transaction/i);
    expect(await states()).toContain('Apart pending');
    apart.transaction = false;
    if (transactions === 'interactive') {
      await expect(migrate(dataSource)).rejects.toThrow(/transaction/i);
      expect(await states()).not.toContain('CreateTenantBilling applied');
    }
    await migrate(dataSource, { transaction: 'each' });
    expect(await states()).toEqual([
      'CreateTenantBilling applied',
      'CreateUserBilling applied',
      'Apart applied',
    ]);
  });

  it('T2 the SQL of what is pending can be had without changing anything, and does the same', async () => {
    const pending = await pendingSql(dataSource);
    expect(pending.map((one) => one.name.replace(/\d+$/, ''))).toEqual([
      'CreateTenantBilling',
      'CreateUserBilling',
    ]);
    await expect(database.sql('SELECT * FROM plans')).rejects.toThrow(
      /no such table|does not exist/,
    );
    for (const { sql } of pending) for (const statement of sql) await database.exec(statement);
    const byHand = await catalog(database);
    const other = await createDatabase({ host: 'rows' });
    const migrated = await openDataSource(other);
    await migrate(migrated);
    expect(await catalog(other)).toEqual(byHand);
  });

  if (name === 'sqlite') {
    it.each([
      [
        'ones from before stay',
        `CREATE TABLE old_child (id integer PRIMARY KEY, tenant_id text REFERENCES tenants (id));
         INSERT INTO old_child VALUES (1, 'never there')`,
      ],
      [
        // With one such key SQLite checks none of the whole database.
        "a key of the host's that references no key is passed over",
        `CREATE TABLE codes (code text);
         CREATE TABLE uses (id integer PRIMARY KEY, code text REFERENCES codes (code));
         INSERT INTO uses VALUES (1, 'none')`,
      ],
    ])(
      'T4 a migration that would leave keys pointing nowhere is taken back, and %s',
      async (_, sql) => {
        await database.exec(`PRAGMA foreign_keys = OFF; ${sql}; PRAGMA foreign_keys = ON`);
        await migrate(dataSource);
        add({
          name: 'Careless1900000000000',
          up: async (queryRunner) => {
            await queryRunner.query('DELETE FROM "user"');
          },
          down: () => Promise.resolve(),
        });
        const users = await database.sql('SELECT * FROM "user"');
        await expect(migrate(dataSource)).rejects.toMatchObject({
          code: 'DANGLING_KEYS',
          message: expect.stringContaining('to "user"') as string,
        });
        expect(await database.sql('SELECT * FROM "user"')).toEqual(users);
        expect(await check(dataSource)).toEqual([]);
      },
    );
  }
});
