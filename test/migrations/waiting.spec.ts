import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { migrate, revert, SqliteDataSource, tenantBilling, userBilling } from '../../src';
import { closeAfterwards } from '../support/closing';
import { openDataSource, opened } from '../support/data-source';
import { describeOn, engineNamed, type TestDatabase } from '../support/engines';

class Concurrent1900000000000 {
  readonly transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    // By then all others wait.
    await queryRunner.query('SELECT pg_sleep(0.5)');
    await queryRunner.query('CREATE INDEX CONCURRENTLY host_name ON tenants (name)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('SELECT pg_sleep(0.5)');
    await queryRunner.query('DROP INDEX CONCURRENTLY host_name');
  }
}

describeOn('postgres', 'R3 R4 waiting for others on Postgres', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await engineNamed('postgres').createDatabase({ host: 'rows' });
    dataSource = await openDataSource(database);
  });

  /** Another application's session. */
  const session = async (): Promise<Client> => {
    const client = new Client({ connectionString: database.url, application_name: 'billing-pod' });
    await client.connect();
    closeAfterwards(() => client.end());
    return client;
  };

  const tables = async (): Promise<unknown[]> =>
    database.sql(`SELECT 1 FROM pg_tables WHERE tablename = 'plans'`);

  it('R3 says who is migrating, and gives up in time', async () => {
    const other = await openDataSource(database);
    const holder = other.createQueryRunner();
    await holder.startTransaction();
    await holder.query(
      `SELECT pg_advisory_xact_lock(1651076204, hashtext(current_schema() || '.migrations'))`,
    );
    const told: string[] = [];
    const failed = migrate(dataSource, {
      lockTimeout: 1800,
      onWait: (message) => told.push(message),
    });
    await expect(failed).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
      message: expect.stringMatching(
        /migrating this database for over 1800 ms \(process \d+ of typeorm-billing, user \w+, in a transaction for \d s\): .*--lock-timeout/,
      ) as string,
    });
    expect(told).toEqual([
      expect.stringMatching(/^Waiting for the process that is migrating .* \(process \d+ of /),
    ]);
    expect(await tables()).toEqual([]);

    // As soon as it has ended, the next one goes on.
    const next = migrate(dataSource);
    await holder.rollbackTransaction();
    await holder.release();
    expect(await next).toHaveLength(2);
  });

  it.each([
    ['none', 10],
    ['none', 1],
    ['each', 10],
    ['each', 1],
  ] as const)(
    'R3 R4 those who wait do not hold up CREATE INDEX CONCURRENTLY: transaction %s, a pool of %s',
    async (transaction, poolSize) => {
      const dataSources = await Promise.all(
        Array.from({ length: 4 }, () =>
          opened(
            new DataSource({
              type: 'postgres',
              url: database.url,
              uuidExtension: 'pgcrypto',
              installExtensions: false,
              poolSize,
              entities: tenantBilling.entities,
              migrations: [...tenantBilling.migrations.postgres, Concurrent1900000000000],
            }),
          ),
        ),
      );
      const applied = await Promise.all(dataSources.map((one) => migrate(one, { transaction })));
      expect(applied.flat()).toHaveLength(2);
      const reverted = await Promise.all(
        dataSources.map((one) => revert(one, { all: true, transaction: 'none' })),
      );
      expect(reverted.flat()).toHaveLength(2);
    },
  );

  const run = {
    up: (waits: object) => migrate(dataSource, waits),
    down: (waits: object) => revert(dataSource, { all: true, ...waits }),
  };

  describe.each(['up', 'down'] as const)('%s beside a long transaction', (direction) => {
    let holder: Client;

    beforeEach(async () => {
      if (direction === 'down') await migrate(dataSource);
      holder = await session();
      await holder.query('BEGIN');
      await holder.query('UPDATE tenants SET name = name');
      // A table of billing's is locked before its rows are counted.
      if (direction === 'down') await holder.query('SELECT count(*) FROM payment_attempts');
    });

    it(`R4 lets the host's statements pass, and finishes afterwards`, async () => {
      const told: string[] = [];
      const done = run[direction]({
        tableLockTimeout: 50,
        onWait: (message: string) => told.push(message),
      });
      while (told.length === 0) await sleep(10);
      expect(told).toEqual([
        expect.stringMatching(
          /^Waiting for a table that others hold \(process \d+ of billing-pod, user \w+, in a transaction for \d s, .*tenants.*\)$/,
        ),
      ]);
      // Behind a statement that waits without end this would wait for the long transaction.
      const host = await session();
      await host.query(
        `INSERT INTO tenants ("id", "name", "slug") VALUES (gen_random_uuid(), 'new', 'new')`,
      );
      await host.query('SELECT count(*) FROM tenants');
      await holder.query('COMMIT');
      expect(await done).toHaveLength(2);
      expect(await tables()).toHaveLength(direction === 'up' ? 1 : 0);
    });

    it('R4 gives up in time, says who holds the table, and changes nothing', async () => {
      await expect(
        run[direction]({ tableLockTimeout: 50, lockTimeout: 400 }),
      ).rejects.toMatchObject({
        code: 'DATABASE_BUSY',
        message: expect.stringMatching(
          /table that others have held for over 400 ms \(process \d+ of billing-pod.*nothing was changed/,
        ) as string,
      });
      expect(await tables()).toHaveLength(direction === 'up' ? 0 : 1);
    });
  });

  it.each([
    ['0', '3s'],
    ['1min', '3s'],
    ['250ms', '250ms'],
  ])(
    "R4 where lock_timeout is %s, billing's migrations have %s, and the host's have it back",
    async (setting, ours) => {
      const [row] = await database.sql<{ name: string }>('SELECT current_database() AS name');
      await database.exec(`ALTER DATABASE "${row!.name}" SET lock_timeout = '${setting}'`);
      await dataSource.destroy();
      await dataSource.initialize();
      const seen: string[] = [];
      const look = async (queryRunner: QueryRunner): Promise<void> => {
        const rows = (await queryRunner.query('SHOW lock_timeout')) as { lock_timeout: string }[];
        seen.push(rows[0]!.lock_timeout);
      };
      dataSource.migrations.push({ name: 'Host1900000000000', up: look, down: look });
      await database.exec(
        `CREATE TABLE seen ("limit" text);
         CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS
           $$ BEGIN INSERT INTO seen VALUES (current_setting('lock_timeout')); END $$;
         CREATE EVENT TRIGGER note ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION note()`,
      );
      await migrate(dataSource);
      const limits = await database.sql<{ limit: string }>('SELECT DISTINCT "limit" FROM seen');
      expect(limits.map(({ limit }) => limit)).toEqual([ours]);
      expect(seen).toEqual([setting]);
    },
  );

  it.each([{ lockTimeout: -1 }, { tableLockTimeout: Number.NaN }])(
    'R3 refuses %j',
    async (waits) => {
      await expect(migrate(dataSource, waits)).rejects.toMatchObject({ code: 'INVALID_CALL' });
    },
  );
});

describeOn('sqlite', 'R3 waiting for others on SQLite', () => {
  it('R3 tells of the wait, gives up in time, and goes on when the other has ended', async () => {
    const database = await engineNamed('sqlite').createDatabase({ host: 'rows' });
    const dataSource = await opened(
      new SqliteDataSource({
        database: database.url.replace('sqlite:', ''),
        busyTimeout: 100,
        entities: userBilling.entities,
        migrations: userBilling.migrations.sqlite,
      }),
    );
    await database.exec('BEGIN IMMEDIATE');
    const told: string[] = [];
    await expect(
      migrate(dataSource, { lockTimeout: 1300, onWait: (message) => told.push(message) }),
    ).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
      message: expect.stringMatching(/write lock of this database for over 1300 ms/) as string,
    });
    expect(told).toEqual(['Waiting for the process that holds the write lock of this database']);
    const next = migrate(dataSource);
    await database.exec('ROLLBACK');
    expect(await next).toHaveLength(1);
  });
});
