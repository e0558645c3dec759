import type { DataSource } from 'typeorm';
import { migrate, revert } from '../../src';
import { billing, ROOT, typeorm } from '../cli/programs';
import { openDataSource } from '../support/data-source';
import {
  catalog,
  engines,
  enginesByUrl,
  type TestDatabase,
  type TestEngine,
} from '../support/engines';

describe.each(enginesByUrl)('T5 many processes at once on $name', ({ createDatabase }) => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createDatabase();
  });

  it.each([
    ['typeorm-billing migrate', 6, billing, 'migrate'],
    ["TypeORM's migration:run", 4, typeorm, 'migration:run'],
  ])(
    'T5 processes running %s: one does the work, nobody fails',
    async (_, count, program, word) => {
      const setting = { cwd: ROOT, env: { DATABASE_URL: database.url } };
      const results = await Promise.all(
        Array.from({ length: count }, () => program([word], setting)),
      );
      // Whoever waits for long says so.
      const errors = results.map(({ exitCode, stderr }) => ({
        exitCode,
        stderr: stderr.replace(/^Waiting for the process that .*\n/, ''),
      }));
      expect(errors).toEqual(results.map(() => ({ exitCode: 0, stderr: '' })));
      expect(
        results.filter(({ stdout }) => /Applied|executed successfully/.test(stdout)),
      ).toHaveLength(1);
      expect(await catalog(database)).toEqual(await expected(createDatabase));
      expect(await recorded(database)).toBe(2);
    },
  );
});

describe.each(engines)('T5 many at once on $name', ({ name, createDatabase }) => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createDatabase();
  });

  it.each(['all', 'each'] as const)(
    'T5 DataSources of one process, transaction mode %s: each migration is applied once',
    async (transaction) => {
      const dataSources = await openMany(database, 8);
      const applied = await Promise.all(dataSources.map((one) => migrate(one, { transaction })));
      expect(applied.flat().map(({ name }) => name)).toHaveLength(2);
      expect(await recorded(database)).toBe(2);
      expect(await catalog(database)).toEqual(await expected(createDatabase));
    },
  );

  it('T5 a migration that takes long makes the others wait, not fail', async () => {
    const dataSources = await openMany(database, 3);
    for (const one of dataSources) {
      one.migrations.push({
        name: 'Slow1900000000000',
        // Longer than a write waits for another one.
        up: () => new Promise((resolve) => setTimeout(resolve, 6_000)),
        down: () => Promise.resolve(),
      });
    }
    const applied = await Promise.all(dataSources.map((one) => migrate(one)));
    expect(applied.flat()).toHaveLength(3);
  });

  if (name === 'postgres') {
    it('T5 holds whatever isolation level the database has as its default', async () => {
      const [row] = await database.sql<{ name: string }>('SELECT current_database() AS name');
      await database.exec(
        `ALTER DATABASE "${row?.name ?? ''}" SET default_transaction_isolation = 'repeatable read'`,
      );
      const dataSources = await openMany(database, 6);
      const applied = await Promise.all(dataSources.map((one) => migrate(one)));
      expect(applied.flat()).toHaveLength(2);
      const reverted = await Promise.all(dataSources.map((one) => revert(one, { all: true })));
      expect(reverted.flat()).toHaveLength(2);
    });
  }

  it('T5 a migration that only writes rows is applied once, and taken back once', async () => {
    const dataSources = await openMany(database, 6);
    await migrate(dataSources[0]!);
    for (const { migrations } of dataSources) {
      migrations.push({
        name: 'Rows1900000000000',
        // Nothing in it is refused the second time.
        up: (queryRunner) =>
          queryRunner.query(
            `INSERT INTO verification ("id", "identifier", "value", "expiresAt", "createdAt", "updatedAt")
             SELECT CAST(count(*) AS text), 'x', 'x', '2036-01-01', '2026-01-01', '2026-01-01' FROM verification`,
          ) as Promise<void>,
        down: (queryRunner) =>
          queryRunner.query(
            `INSERT INTO verification ("id", "identifier", "value", "expiresAt", "createdAt", "updatedAt")
             SELECT 'back ' || count(*), 'x', 'x', '2036-01-01', '2026-01-01', '2026-01-01' FROM verification`,
          ) as Promise<void>,
      });
    }
    const rows = async (): Promise<string[]> =>
      (await database.sql<{ id: string }>('SELECT id FROM verification ORDER BY id')).map(
        ({ id }) => id,
      );
    const applied = await Promise.all(dataSources.map((one) => migrate(one)));
    expect(applied.flat()).toHaveLength(1);
    expect(await rows()).toEqual(['0']);
    expect(await recorded(database)).toBe(3);

    // Two behind it, of which one is to stay.
    const to = 'CreateTenantBilling';
    const reverted = await Promise.all(dataSources.map((one) => revert(one, { to })));
    expect(reverted.flat().map((name) => name.replace(/\d+$/, ''))).toEqual([
      'Rows',
      'CreateUserBilling',
    ]);
    expect(await rows()).toEqual(['0', 'back 1']);
    expect(await recorded(database)).toBe(1);
  });

  if (name === 'd1') {
    it('T5 T7 stops reverting where, meanwhile, another process has applied a migration', async () => {
      const [dataSource] = await openMany(database, 1);
      await migrate(dataSource!);
      dataSource!.migrations.push({
        name: 'Last1900000000000',
        up: () => Promise.resolve(),
        async down() {
          await database.sql(
            `INSERT INTO migrations ("timestamp", "name") VALUES (1900000000001, 'OfAnother1900000000001')`,
          );
        },
      });
      await migrate(dataSource!);
      await expect(revert(dataSource!, { all: true })).rejects.toMatchObject({
        code: 'MIGRATION_NOT_FOUND',
        message: expect.stringMatching(/no longer the migration applied last/) as string,
      });
      // The one before it went, and none of what the other process may need.
      expect(await recorded(database)).toBe(3);
    });
  }

  it('T5 T7 reverting from several places at once reverts each migration once', async () => {
    const dataSources = await openMany(database, 4);
    const before = await catalog(database);
    await migrate(dataSources[0]!);
    const reverted = await Promise.all(dataSources.map((one) => revert(one, { all: true })));
    expect(reverted.flat()).toHaveLength(2);
    expect(await recorded(database)).toBe(0);
    expect(await catalog(database)).toEqual(before);
  });
});

async function openMany(database: TestDatabase, count: number): Promise<DataSource[]> {
  const dataSources = await Promise.all(
    Array.from({ length: count }, () => openDataSource(database)),
  );
  // What another did first is reported on the console otherwise.
  for (const dataSource of dataSources) dataSource.setOptions({ logger: 'debug' });
  return dataSources;
}

/** The catalog that one run alone makes. */
async function expected(createDatabase: TestEngine['createDatabase']): Promise<unknown> {
  return catalog(await createDatabase({ billing: true }));
}

async function recorded(database: TestDatabase): Promise<number> {
  return (await database.sql('SELECT name FROM migrations')).length;
}
