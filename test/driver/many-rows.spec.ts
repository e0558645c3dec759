import { type DataSource, In, Not } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { BillingSubscriber, Plan } from '../../src';
import { openBilling } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';

/** Rows with more values than one statement takes: 65,535 on Postgres, 32,766 in a SQLite file, 100 on D1. */
const ROWS = { postgres: 5500, sqlite: 2800, d1: 100 };

const plansOf = (count: number, last?: Partial<Plan>): Partial<Plan>[] =>
  Array.from({ length: count }, (_, index) => ({
    id: uuidv7(),
    name: `plan ${index}`,
    ...(index === count - 1 ? last : {}),
  }));

describe.each(engines)('B2 many rows in one statement on $name', ({ name, createDatabase }) => {
  const MANY = ROWS[name];
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    ({ database, dataSource } = await openBilling(createDatabase));
  });

  const count = async (): Promise<number> =>
    Number((await database.sql<{ n: unknown }>('SELECT count(*) AS n FROM plans'))[0]?.n);

  it('B2 all are inserted and found by one list, and their ids come in order', async () => {
    const repository = dataSource.getRepository(Plan);
    const rows = plansOf(MANY);
    const { identifiers } = await repository.insert(structuredClone(rows));
    expect(identifiers.map(({ id }) => id as string)).toEqual(rows.map(({ id }) => id));
    expect(await count()).toBe(MANY);
    const sought = Array.from({ length: 70_000 }, () => uuidv7());
    sought[69_999] = rows[7]?.id ?? '';
    sought[3] = rows[8]?.id ?? '';
    expect(await repository.countBy({ id: In(sought) })).toBe(2);
    expect(await repository.countBy({ id: Not(In(sought)), name: In(['plan 1', 'plan 7']) })).toBe(
      1,
    );
    const { affected } = await repository.update({ id: In(sought) }, { sortOrder: 5 });
    expect(affected).toBe(2);
    expect(await database.sql('SELECT name FROM plans WHERE sort_order = 5 ORDER BY 1')).toEqual([
      { name: 'plan 7' },
      { name: 'plan 8' },
    ]);
  });

  it('B2 none is inserted if the last is refused', async () => {
    const repository = dataSource.getRepository(Plan);
    const first = { id: uuidv7(), name: 'first' };
    await repository.insert(first);
    await expect(repository.insert(plansOf(MANY, { id: first.id }) as never)).rejects.toThrow();
    expect(await count()).toBe(1);
    // The connection is as before.
    await repository.insert({ name: 'after' });
    expect(await count()).toBe(2);
  });

  it('B2 in a transaction they are undone with it', async () => {
    await expect(
      dataSource.transaction(async (manager) => {
        await manager.getRepository(Plan).insert(plansOf(MANY));
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    expect(await count()).toBe(0);
  });

  it('B2 an upsert of many changes the rows that are there', async () => {
    const repository = dataSource.getRepository(Plan);
    const rows = plansOf(MANY);
    await repository.insert(structuredClone(rows.slice(0, 10)));
    await repository.upsert(
      rows.map((row) => ({ ...row, sortOrder: 9 })),
      ['id'],
    );
    expect(await count()).toBe(MANY);
    expect(await repository.countBy({ sortOrder: 9 })).toBe(MANY);
  });

  it('B2 a statement that can not be split is refused with the limit', async () => {
    const wide = Array.from({ length: 70_000 }, (_, index) => `v${index}`);
    const marks = wide.map((_, index) => (name === 'postgres' ? `$${index + 1}` : '?')).join(', ');
    expect(dataSource.subscribers.some((one) => one instanceof BillingSubscriber)).toBe(true);
    await expect(dataSource.query(`SELECT coalesce(${marks})`, wide)).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringMatching(/70000 bound (values|parameters)/) as string,
    });
  });
});
