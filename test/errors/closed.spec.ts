import type { DataSource } from 'typeorm';
import { check, compare, migrate, pendingSql, revert, status } from '../../src';
import { createMigrationDataSource } from '../../src/data-sources/migrations-only';
import { readSettings } from '../../src/data-sources/settings';
import { openDataSource } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';

const FUNCTIONS: Readonly<Record<string, (dataSource: DataSource) => Promise<unknown>>> = {
  check,
  compare,
  migrate,
  pendingSql,
  revert,
  status,
};

describe.each(engines)('C2 a DataSource that is not open, on $name', ({ createDatabase }) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createDatabase();
    dataSource = await openDataSource(database);
    expect(await status(dataSource)).not.toEqual([]);
    await dataSource.destroy();
  });
  afterAll(() => database.close());

  it.each(Object.keys(FUNCTIONS))('C2 is refused by %s()', async (name) => {
    await expect(FUNCTIONS[name]!(dataSource)).rejects.toMatchObject({
      code: 'DATA_SOURCE_CLOSED',
      message: expect.stringMatching(/DataSource is not open: await initialize\(\)/) as string,
    });
  });
});

it('C2 a DataSource without billing entities is refused by check(), not found to be in order', async () => {
  const postgres = engines.find(({ name }) => name === 'postgres')!;
  const database = await postgres.createDatabase();
  const dataSource = createMigrationDataSource(readSettings({ DATABASE_URL: database.url }));
  await dataSource.initialize();
  await expect(check(dataSource)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  await dataSource.destroy();
  await database.close();
});
