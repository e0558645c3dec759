import { type DataSource, Table } from 'typeorm';
import { Plan, SqliteDataSource, tenantBilling } from '../../src';
import { openBilling, opened } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';

describe.each(engines)('B1 ordinary load on $name', ({ createDatabase }) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    ({ database, dataSource } = await openBilling(createDatabase));
  });

  afterEach(() => database.exec('DELETE FROM plans'));

  it('B1 saves of loaded rows, transactions and inserts at once all go through', async () => {
    const plans = dataSource.getRepository(Plan);
    const loaded = await plans.save(
      Array.from({ length: 30 }, (_, index) => plans.create({ name: `loaded ${index}` })),
    );
    // Whoever waits in vain gets DATABASE_BUSY in the end.
    await Promise.all([
      ...loaded.map((plan, index) => plans.save(Object.assign(plan, { sortOrder: index + 1 }))),
      ...Array.from({ length: 5 }, (_, index) =>
        dataSource.transaction(async (manager) => {
          await manager.find(Plan);
          await manager.save(manager.create(Plan, { name: `inside ${index}` }));
        }),
      ),
      ...Array.from({ length: 5 }, (_, index) => plans.insert({ name: `single ${index}` })),
    ]);
    expect(await database.sql('SELECT name FROM plans')).toHaveLength(40);
    expect(await database.sql('SELECT name FROM plans WHERE sort_order > 0')).toHaveLength(30);
  });

  it('B1 a read with a comment, or by WITH, goes on beside an open transaction', async () => {
    await dataSource.transaction(async (manager) => {
      await manager.insert(Plan, { name: 'inside' });
      const rows = dataSource.getRepository(Plan).createQueryBuilder('p').comment('a report');
      expect(await rows.getMany()).toEqual([]);
      expect(await dataSource.query(`WITH x AS (SELECT 1 AS one) SELECT one FROM x`)).toEqual([
        { one: 1 },
      ]);
    });
  });

  it('B1 an update returns how many rows it changed: what a version lock relies on', async () => {
    const plans = dataSource.getRepository(Plan);
    const { id } = await plans.save({ name: 'a returning customer', sortOrder: 1 });
    expect((await plans.update({ id, sortOrder: 1 }, { sortOrder: 2 })).affected).toBe(1);
    expect((await plans.update({ id, sortOrder: 1 }, { sortOrder: 3 })).affected).toBe(0);
    expect((await plans.delete({ id })).affected).toBe(1);
  });

  it("B1 TypeORM's own createTable() makes what a host's migration asks for", async () => {
    const queryRunner = dataSource.createQueryRunner();
    await queryRunner.createTable(
      new Table({
        name: 'made_by_api',
        columns: [{ name: 'code', type: 'varchar', isUnique: true }],
        checks: [{ expression: `code <> ''` }],
      }),
    );
    await queryRunner.release();
    await database.sql(`INSERT INTO made_by_api (code) VALUES ('a')`);
    await expect(database.sql(`INSERT INTO made_by_api (code) VALUES ('a')`)).rejects.toThrow(
      /unique/i,
    );
    await expect(database.sql(`INSERT INTO made_by_api (code) VALUES ('')`)).rejects.toThrow(
      /check/i,
    );
  });
});

describe('B1 SQLite, statement by statement', () => {
  let dataSource: SqliteDataSource;

  beforeEach(async () => {
    dataSource = new SqliteDataSource({
      database: ':memory:',
      entities: tenantBilling.entities,
      migrations: tenantBilling.migrations.sqlite,
    });
    await opened(dataSource);
    await dataSource.query('CREATE TABLE tenants (id text PRIMARY KEY)');
    await dataSource.runMigrations();
  });

  it('B1 several statements in one query are refused, not cut short', async () => {
    await expect(
      dataSource.query('CREATE TABLE one (id integer); CREATE TABLE two (id integer)'),
    ).rejects.toMatchObject({ code: 'INVALID_CALL' });
    expect(
      await dataSource.query(`SELECT name FROM sqlite_master WHERE name IN ('one', 'two')`),
    ).toEqual([]);
    await dataSource.query(`CREATE TABLE one (id integer) ;`);
    await dataSource.query(
      `CREATE TRIGGER keep BEFORE DELETE ON one BEGIN SELECT 1; SELECT RAISE(ABORT, 'kept'); END`,
    );
    await dataSource.query(`INSERT INTO one VALUES (1)`);
    await expect(dataSource.query('DELETE FROM one')).rejects.toThrow('kept');
  });

  it.each([
    '/* x */ PRAGMA foreign_keys = OFF',
    '-- x\nPRAGMA foreign_keys = OFF',
    '/* x */ BEGIN',
    'SAVEPOINT s',
  ])('B1 a connection left with %j is not lent on like that', async (statement) => {
    const queryRunner = dataSource.createQueryRunner();
    await queryRunner.query(statement);
    await queryRunner.release();
    expect(await dataSource.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    await expect(dataSource.transaction((manager) => manager.find(Plan))).resolves.toEqual([]);
  });

  it('B1 a number that SQLite can not hold is refused, not stored as NULL', async () => {
    await expect(dataSource.query('SELECT ? AS n', [Number.NaN])).rejects.toMatchObject({
      code: 'INVALID_CALL',
    });
  });

  it('B1 loaded rows, transactions and inserts at once, in memory', async () => {
    const plans = dataSource.getRepository(Plan);
    const loaded = await plans.save(
      Array.from({ length: 12 }, (_, index) => ({ name: `loaded ${index}` })),
    );
    await Promise.all([
      ...loaded.map(({ id }, index) => plans.save({ id, sortOrder: index + 1 })),
      dataSource.transaction((manager) => manager.insert(Plan, { name: 'inside' })),
      plans.insert({ name: 'single' }),
    ]);
    expect(await plans.count()).toBe(14);
  });
});
