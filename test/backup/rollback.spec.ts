import { join } from 'node:path';
import { migrate, restore, revert } from '../../src';
import { openBilling } from '../support/data-source';
import { engines, rowsOf } from '../support/engines';
import { newFolder } from '../support/test-run';
import { fillAll, valuesOf } from './rows';

describe.each(engines)('R1 R2 a rollback with a backup on $name', ({ createDatabase }) => {
  it('R1 R2 keeps all rows of all migrations, which come back after the next up', async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    await fillAll(database);
    const before = await valuesOf(dataSource);
    expect(Object.values(before).filter((one) => one.length === 0)).toEqual([]);
    const folder = join(newFolder('rollback'), 'kept');
    expect(await revert(dataSource, { all: true, backup: folder })).toHaveLength(2);
    await migrate(dataSource);
    expect(Object.values(await valuesOf(dataSource)).flat()).toEqual([]);
    await restore(dataSource, folder);
    expect(await valuesOf(dataSource)).toEqual(before);
  });

  it('R1 R2 drops nothing where the backup can not be written', async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    await fillAll(database);
    const before = await rowsOf(database, 'plans');
    await expect(
      revert(dataSource, { all: true, backup: join(__filename, 'no-folder') }),
    ).rejects.toThrow();
    expect(await rowsOf(database, 'plans')).toEqual(before);
  });
});
