import { join } from 'node:path';
import { migrate, revert } from '../../src';
import { openDataSource } from '../support/data-source';
import { catalog, engines, type TestDatabase } from '../support/engines';
import { run } from '../support/run';

const ROOT = join(__dirname, '..', '..');
const CLI = ['-r', 'ts-node/register', join(ROOT, 'src', 'cli', 'main.ts')];
const TYPEORM = [join(ROOT, 'scripts', 'typeorm.cjs')];

describe.each(engines)('T5 many at once on $name', ({ name, createDatabase }) => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createDatabase();
  });

  afterEach(() => database.close());

  /** The catalog that one run alone makes. */
  const expected = async (): Promise<unknown> => {
    const other = await createDatabase();
    const dataSource = await openDataSource(other);
    await migrate(dataSource);
    const result = await catalog(other);
    await dataSource.destroy();
    await other.close();
    return result;
  };

  const recorded = async (): Promise<number> =>
    (await database.sql('SELECT name FROM migrations')).length;

  it.each([
    ['db:migrate', 6, [...CLI, 'migrate']],
    ["TypeORM's migration:run", 4, [...TYPEORM, 'migration:run']],
  ])(
    'T5 processes running %s: one does the work, nobody fails',
    async (_, count, words) => {
      const results = await Promise.all(
        Array.from({ length: count }, () =>
          run(words, { cwd: ROOT, env: { DATABASE_URL: database.url } }),
        ),
      );
      expect(results.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
        results.map(() => ({ exitCode: 0, stderr: '' })),
      );
      expect(
        results.filter(({ stdout }) => /Applied|executed successfully/.test(stdout)),
      ).toHaveLength(1);
      expect(await catalog(database)).toEqual(await expected());
      expect(await recorded()).toBe(2);
    },
    60_000,
  );

  it.each(['all', 'each'] as const)(
    'T5 DataSources of one process, transaction mode %s: each migration is applied once',
    async (transaction) => {
      const dataSources = await Promise.all(
        Array.from({ length: 8 }, () => openDataSource(database)),
      );
      const applied = await Promise.all(dataSources.map((one) => migrate(one, { transaction })));
      expect(applied.flat().map(({ name }) => name)).toHaveLength(2);
      expect(await recorded()).toBe(2);
      expect(await catalog(database)).toEqual(await expected());
      await Promise.all(dataSources.map((one) => one.destroy()));
    },
  );

  it('T5 a migration that takes long makes the others wait, not fail', async () => {
    const environment = { DATABASE_URL: database.url };
    const dataSources = await Promise.all(
      Array.from({ length: 3 }, () => openDataSource(database, environment)),
    );
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
    await Promise.all(dataSources.map((one) => one.destroy()));
  }, 60_000);

  if (name === 'postgres') {
    it('T5 holds whatever isolation level the database has as its default', async () => {
      const [row] = await database.sql<{ name: string }>('SELECT current_database() AS name');
      await database.exec(
        `ALTER DATABASE "${row?.name ?? ''}" SET default_transaction_isolation = 'repeatable read'`,
      );
      const dataSources = await Promise.all(
        Array.from({ length: 6 }, () => openDataSource(database)),
      );
      const applied = await Promise.all(dataSources.map((one) => migrate(one)));
      expect(applied.flat()).toHaveLength(2);
      const reverted = await Promise.all(dataSources.map((one) => revert(one, { all: true })));
      expect(reverted.flat()).toHaveLength(2);
      await Promise.all(dataSources.map((one) => one.destroy()));
    });
  }

  it('T5 T7 reverting from several places at once reverts each migration once', async () => {
    const dataSources = await Promise.all(
      Array.from({ length: 4 }, () => openDataSource(database)),
    );
    const before = await catalog(database);
    await migrate(dataSources[0]!);
    const reverted = await Promise.all(dataSources.map((one) => revert(one, { all: true })));
    expect(reverted.flat()).toHaveLength(2);
    expect(await recorded()).toBe(0);
    expect(await catalog(database)).toEqual(before);
    await Promise.all(dataSources.map((one) => one.destroy()));
  });
});
