import { type DataSource, In, Not } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { BillingSubscriber, Plan } from '../../src';
import { openBilling } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';

/** Rows with more values than one statement takes: 65,535 on Postgres, 32,766 in a SQLite file, 100 on D1. */
const ROWS = { postgres: 5500, sqlite: 2800, d1: 100 };

/** Entities in one save() and one remove(). */
const SAVED = { postgres: 400, sqlite: 400, d1: 150 };

/** Values in one list, more than one statement takes. */
const SOUGHT = { postgres: 66_000, sqlite: 33_000, d1: 2000 };

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
    const sought = Array.from({ length: SOUGHT[name] }, () => uuidv7());
    sought[SOUGHT[name] - 1] = rows[7]?.id ?? '';
    sought[3] = rows[8]?.id ?? '';
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

  describe('by plain SQL', () => {
    // The text alone is read: two values a row are enough.
    const PAIRS = { postgres: 33_000, sqlite: 16_500, d1: 60 }[name];
    const text = `INSERT INTO pairs (id, note) VALUES ${Array.from({ length: PAIRS }, (_, index) =>
      name === 'postgres' ? `($${2 * index + 1}, $${2 * index + 2})` : '(?, ?)',
    ).join(', ')}`;
    const values = (last = PAIRS): unknown[] =>
      Array.from({ length: PAIRS }, (_, index) => [
        index + 1 === PAIRS ? last : index + 1,
        `note ${index}`,
      ]).flat();
    const pairs = async (): Promise<number> =>
      Number((await database.sql<{ n: unknown }>('SELECT count(*) AS n FROM pairs'))[0]?.n);

    beforeEach(() => database.exec('CREATE TABLE pairs (id integer PRIMARY KEY, note text)'));

    it('B2 none is inserted if the last is refused, and the connection is as before', async () => {
      await expect(dataSource.query(text, values(1))).rejects.toThrow();
      expect(await pairs()).toBe(0);
      await dataSource.query(text, values());
      expect(await pairs()).toBe(PAIRS);
    });

    it('B2 an upsert changes the rows that are there', async () => {
      await database.exec(`INSERT INTO pairs VALUES (1, 'old'), (${PAIRS}, 'old')`);
      await dataSource.query(
        `${text} ON CONFLICT (id) DO UPDATE SET note = excluded.note || ' anew'`,
        values(),
      );
      expect(await pairs()).toBe(PAIRS);
      expect(await database.sql(`SELECT id FROM pairs WHERE note LIKE '% anew'`)).toEqual([
        { id: 1 },
        { id: PAIRS },
      ]);
    });

    it('B2 in a transaction they are undone with it', async () => {
      await expect(
        dataSource.transaction(async ({ queryRunner }) => {
          await queryRunner!.query(text, values());
          throw new Error('undone');
        }),
      ).rejects.toThrow('undone');
      expect(await pairs()).toBe(0);
    });

    if (name !== 'd1') {
      it("B2 in a transaction that a host's own BEGIN began, they are undone with it", async () => {
        const queryRunner = dataSource.createQueryRunner();
        await queryRunner.query('BEGIN');
        await queryRunner.query(text, values());
        await queryRunner.query('ROLLBACK');
        await queryRunner.release();
        expect(await pairs()).toBe(0);
      });
    }

    it('B2 several at once each insert all or nothing', async () => {
      await database.exec('CREATE TABLE others (id integer PRIMARY KEY, note text)');
      const outcomes = await Promise.allSettled([
        dataSource.query(text, values()),
        dataSource.query(text.replace('pairs', 'others'), values(1)),
        dataSource.query(text, values()),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await pairs()).toBe(PAIRS);
      expect(await database.sql('SELECT * FROM others')).toEqual([]);
    });
  });

  it('B2 many are saved, saved again and removed', async () => {
    const repository = dataSource.getRepository(Plan);
    const plans = await repository.save(
      plansOf(SAVED[name]).map((plan) => repository.create(plan)),
    );
    expect(await count()).toBe(SAVED[name]);
    for (const plan of plans) plan.sortOrder = 4;
    const changed = plans.slice(0, 20);
    await repository.save(changed);
    expect(await repository.countBy({ sortOrder: 4 })).toBe(20);
    await repository.remove(plans);
    expect(await count()).toBe(0);
  });

  // Left on Postgres: it takes 65,535 values, and such rows are split there.
  if (name !== 'postgres') {
    it('B2 rows that read their own table are not split: they would read the rows before them', async () => {
      await database.exec('CREATE TABLE numbered (n integer, earlier integer)');
      const rows = name === 'd1' ? 60 : 17_000;
      const insert = (table: string): Promise<unknown> => {
        const places = Array.from({ length: rows - 1 }, () => '(?, ?)').join(', ');
        const last = `(?, ? + (SELECT count(*) FROM main.${table}))`;
        const values = Array.from({ length: 2 * rows }, (_, index) => index % 2);
        return dataSource.query(`INSERT INTO numbered VALUES ${places}, ${last}`, values);
      };
      await expect(insert('Numbered')).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
      expect(await database.sql('SELECT n FROM numbered')).toEqual([]);
      await insert('plans');
      expect(await database.sql('SELECT count(*) AS n, max(earlier) AS m FROM numbered')).toEqual([
        { n: rows, m: 1 },
      ]);
    });
  }

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
