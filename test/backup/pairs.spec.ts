import { join } from 'node:path';
import { backup, restore } from '../../src';
import { newFolder } from '../support/test-run';
import { openBilling } from '../support/data-source';
import { engines } from '../support/engines';
import { countsOf, fillAll, valuesOf } from './rows';

describe.each(engines)('R2 a backup of $name', ({ name, createDatabase }) => {
  const folder = join(newFolder('backup'), name);
  let expected: Awaited<ReturnType<typeof valuesOf>>;

  beforeAll(async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    await fillAll(database);
    expected = await valuesOf(dataSource);
    expect(Object.values(expected).every((rows) => rows.length > 1)).toBe(true);
    await backup(dataSource, folder);
  });

  it.each(engines)('R2 restores on $name, with equal values', async (other) => {
    const { database, dataSource } = await openBilling(other.createDatabase, { host: 'rows' });
    const { tables, orphans } = await restore(dataSource, folder);
    expect(await valuesOf(dataSource)).toEqual(expected);
    expect(orphans).toEqual([]);
    const counts = tables.map(({ table, rows }) => [table, rows] as const);
    expect(Object.fromEntries(counts)).toEqual(await countsOf(database));
  });
});
