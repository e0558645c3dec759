import { type DataSource, In } from 'typeorm';
import { Plan } from '../../src';
import { tokenize } from '../../src/driver/sql/tokens';
import { openBilling } from '../support/data-source';
import { engines, TENANT_IDS, type TestDatabase, type TestEngine } from '../support/engines';

// The tokeniser itself, and what it was called with.
jest.mock('../../src/driver/sql/tokens', () => {
  const tokens = jest.requireActual<Record<string, unknown>>('../../src/driver/sql/tokens');
  return { ...tokens, tokenize: jest.fn(tokens.tokenize as typeof tokenize) };
});

interface Work {
  readonly what: string;
  readonly run: (dataSource: DataSource) => Promise<unknown>;
  /** Statements that are sent, and how many of them are split into tokens. */
  readonly sqlite: readonly [sent: number, tokenised: number];
  readonly d1: readonly [sent: number, tokenised: number];
}

let names = 0;
const newPlans = (dataSource: DataSource, count: number): Plan[] =>
  Array.from({ length: count }, () =>
    dataSource.getRepository(Plan).create({ name: `plan ${(names += 1)}`, sortOrder: 1 }),
  );

const WORK: readonly Work[] = [
  {
    what: 'save() of a new entity',
    run: (dataSource) => dataSource.manager.save(newPlans(dataSource, 1)),
    sqlite: [3, 0],
    d1: [3, 1],
  },
  {
    what: 'save() of a changed one',
    run: async (dataSource) => {
      const plans = dataSource.getRepository(Plan);
      await plans.save(Object.assign(await plans.findOneByOrFail({}), { sortOrder: names }));
    },
    // It reads what the database has stamped on a file only.
    sqlite: [6, 0],
    d1: [5, 1],
  },
  {
    what: 'a find by key',
    run: (dataSource) => dataSource.getRepository(Plan).findOneBy({ id: TENANT_IDS[0] }),
    sqlite: [1, 0],
    d1: [1, 0],
  },
  {
    what: 'a query() that binds a number, for which D1 needs a cast',
    run: (dataSource) => dataSource.query('SELECT * FROM plans WHERE sort_order = ?', [5]),
    sqlite: [1, 0],
    d1: [1, 1],
  },
  {
    what: 'a find by 500 values',
    run: (dataSource) =>
      dataSource.getRepository(Plan).findBy({ name: In(Array.from({ length: 500 }, String)) }),
    sqlite: [1, 0],
    d1: [1, 1],
  },
  {
    what: 'update()',
    run: (dataSource) => dataSource.getRepository(Plan).update({ name: 'x' }, { sortOrder: 2 }),
    sqlite: [1, 0],
    d1: [1, 0],
  },
  {
    what: 'delete()',
    run: (dataSource) => dataSource.getRepository(Plan).delete({ name: 'x' }),
    sqlite: [1, 0],
    d1: [1, 0],
  },
  {
    what: 'upsert()',
    run: (dataSource) => dataSource.getRepository(Plan).upsert({ name: 'plan 1' }, ['name']),
    sqlite: [1, 1],
    d1: [1, 1],
  },
  {
    what: 'a transaction that writes, and reads by key',
    run: (dataSource) =>
      dataSource.transaction(async (manager) => {
        await manager.insert(Plan, newPlans(dataSource, 1));
        await manager.update(Plan, { id: TENANT_IDS[1] }, { sortOrder: 3 });
        await manager.findOneBy(Plan, { id: TENANT_IDS[0] });
        await manager.delete(Plan, { id: TENANT_IDS[2] });
      }),
    sqlite: [6, 0],
    d1: [6, 4],
  },
  {
    what: 'an INSERT of 200 rows, which D1 takes in parts',
    run: (dataSource) => dataSource.getRepository(Plan).insert(newPlans(dataSource, 200)),
    sqlite: [1, 0],
    d1: [1, 1],
  },
  {
    what: 'the same in a transaction',
    run: (dataSource) =>
      dataSource.transaction((manager) => manager.insert(Plan, newPlans(dataSource, 200))),
    sqlite: [3, 0],
    d1: [3, 1],
  },
  {
    what: 'a query() with a comment before it and a semicolon behind',
    run: (dataSource) =>
      dataSource.query('/* all */ SELECT * FROM plans WHERE sort_order = ?;', [5]),
    sqlite: [1, 1],
    d1: [1, 1],
  },
  {
    what: 'a query() with WITH',
    run: (dataSource) => dataSource.query('WITH a AS (SELECT ? AS one) SELECT * FROM a', [5]),
    sqlite: [1, 1],
    d1: [1, 1],
  },
];

const ON_SQLITE = engines.filter(
  (engine): engine is TestEngine<'sqlite' | 'd1'> => engine.dialect === 'sqlite',
);

describe.each(ON_SQLITE)('B6 statements on $name', ({ name: engine, createDatabase }) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    ({ database, dataSource } = await openBilling(createDatabase, { host: 'rows' }));
    await dataSource.manager.save(newPlans(dataSource, 1));
  });
  afterEach(() => jest.restoreAllMocks());

  it.each(WORK)('B6 $what splits each into tokens once, or not at all', async (work) => {
    const log = jest.spyOn(dataSource.logger, 'logQuery');
    jest.mocked(tokenize).mockClear();
    await work.run(dataSource);
    const sent = log.mock.calls.map(([sql]) => sql);
    const tokenised = jest.mocked(tokenize).mock.calls.map(([sql]) => sql);
    expect([sent.length, tokenised.length]).toEqual(work[engine]);
    for (const sql of tokenised) expect(sent.splice(sent.indexOf(sql), 1)).toEqual([sql]);
  });

  it('B6 a SELECT behind WITH has rows, whatever functions it calls', async () => {
    const sql = `WITH a AS (SELECT replace('x', 'x', 'y') AS b) SELECT b FROM a`;
    expect(await dataSource.query(sql)).toEqual([{ b: 'y' }]);
  });

  it.each(['', '/* all */ ', 'WITH a AS (SELECT 1) '])(
    'B6 %jDELETE counts its own rows, and not those that go with them',
    async (head) => {
      await database.exec(`CREATE TABLE parent (id integer PRIMARY KEY);
        CREATE TABLE child (id integer REFERENCES parent ON DELETE CASCADE);
        INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (1), (1), (2)`);
      const queryRunner = dataSource.createQueryRunner();
      const result = await queryRunner.query(`${head}DELETE FROM parent WHERE id > 0`, [], true);
      await queryRunner.release();
      expect(result).toMatchObject({ affected: 2 });
      expect(await database.sql('SELECT * FROM child')).toEqual([]);
      await database.exec('DROP TABLE child; DROP TABLE parent');
    },
  );
});
