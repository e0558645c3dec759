import type { DataSource } from 'typeorm';
import { check, compare, migrate, pendingSql, revert, status } from '../../src';
import { createMigrationDataSource } from '../../src/data-sources/migrations-only';
import { readSettings } from '../../src/data-sources/settings';
import { opened, openDataSource } from '../support/data-source';
import { engineNamed, engines } from '../support/engines';

const FUNCTIONS: Readonly<Record<string, (dataSource: DataSource) => Promise<unknown>>> = {
  check,
  compare,
  migrate,
  pendingSql,
  revert,
  status,
};

describe.each(engines)('C2 a DataSource that is not open, on $name', ({ createDatabase }) => {
  let dataSource: DataSource;

  beforeAll(async () => {
    dataSource = await openDataSource(await createDatabase());
    expect(await status(dataSource)).not.toEqual([]);
    await dataSource.destroy();
  });

  it.each(Object.keys(FUNCTIONS))('C2 is refused by %s()', async (name) => {
    await expect(FUNCTIONS[name]!(dataSource)).rejects.toMatchObject({
      code: 'DATA_SOURCE_CLOSED',
      message: expect.stringMatching(/DataSource is not open: await initialize\(\)/) as string,
    });
  });
});

it('C2 a DataSource without billing entities is refused by check(), not found to be in order', async () => {
  const database = await engineNamed('sqlite').createDatabase();
  const settings = readSettings({ DATABASE_URL: database.url });
  const dataSource = await opened(createMigrationDataSource(settings));
  await expect(check(dataSource)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
});
