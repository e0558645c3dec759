import { SqliteDataSource } from '../../src';
import { opened } from '../support/data-source';
import { engineNamed, type TestDatabase } from '../support/engines';

describe('B1 one connection to a SQLite file', () => {
  let database: TestDatabase;
  let dataSource: SqliteDataSource;

  beforeEach(async () => {
    database = await engineNamed('sqlite').createDatabase({ host: 'none' });
    await database.exec('CREATE TABLE t (id integer PRIMARY KEY, label text)');
    dataSource = new SqliteDataSource({
      database: database.url.slice('sqlite:'.length),
      busyTimeout: 50,
      entities: [],
    });
    await opened(dataSource);
  });

  describe('B1 after a write that found the database busy', () => {
    beforeEach(async () => {
      await dataSource.query('INSERT INTO t VALUES (?, ?)', [1, 'before']);
      await database.exec('BEGIN IMMEDIATE');
      await expect(
        dataSource.query('INSERT INTO t VALUES (?, ?)', [2, 'refused']),
      ).rejects.toMatchObject({ driverError: { code: 'SQLITE_BUSY' } });
      await database.exec('COMMIT');
    });

    it('B1 the next write is committed, and other programs can write', async () => {
      await dataSource.query('UPDATE t SET label = ? WHERE id = ?', ['after', 1]);
      const rows = await database.sql('SELECT * FROM t');
      expect(rows).toEqual([{ id: 1, label: 'after' }]);
      await database.sql(`INSERT INTO t VALUES (3, 'other')`);
      await dataSource.destroy();
      expect(await database.sql('SELECT label FROM t ORDER BY id')).toEqual([
        { label: 'after' },
        { label: 'other' },
      ]);
    });

    it('B1 the next transaction is committed', async () => {
      await dataSource.transaction((manager) =>
        manager.query('UPDATE t SET label = ? WHERE id = ?', ['after', 1]),
      );
      expect(await database.sql('SELECT * FROM t')).toEqual([{ id: 1, label: 'after' }]);
    });
  });

  it('B1 statements run in the order in which they were sent, compiled before or not', async () => {
    const statements = (round: number): (readonly [sql: string, values: number[]])[] => [
      [`INSERT INTO t VALUES (? + ${round}, 'new')`, [10]],
      [`INSERT INTO t VALUES (?, 'same')`, [20]],
      [`INSERT INTO t VALUES (30, 'plain')`, []],
      [`INSERT INTO t VALUES (?, 'same')`, [40]],
      [`UPDATE t SET id = id + 50 WHERE id = ?`, [40]],
      [`UPDATE t SET id = id + 50 WHERE id = 90`, []],
    ];
    await database.exec(
      'CREATE TABLE log (step integer PRIMARY KEY, id integer);' +
        'CREATE TRIGGER inserted AFTER INSERT ON t BEGIN INSERT INTO log (id) VALUES (NEW.id); END;' +
        'CREATE TRIGGER updated AFTER UPDATE ON t BEGIN INSERT INTO log (id) VALUES (NEW.id); END',
    );
    for (let round = 1; round <= 5; round++) {
      await dataSource.transaction((manager) =>
        Promise.all(statements(round).map(([sql, values]) => manager.query(sql, values))),
      );
      const steps = await database.sql<{ id: number }>('SELECT id FROM log ORDER BY step');
      expect(steps.map(({ id }) => id)).toEqual([10 + round, 20, 30, 40, 90, 140]);
      await database.exec('DELETE FROM t; DELETE FROM log');
    }
  });

  it('B1 a write beside one that is sent in parts and fails is kept', async () => {
    const rows = 17_000;
    const values = Array.from({ length: rows }, (_, id) => [id, 'x']);
    // Its last row is refused: that id is taken by its first.
    values[rows - 1] = [0, 'again'];
    const places = values.map(() => '(?, ?)').join(', ');
    await dataSource.transaction(async (manager) => {
      const [large, ...small] = await Promise.allSettled([
        manager.query(`INSERT INTO t VALUES ${places}`, values.flat()),
        ...Array.from({ length: 20 }, async (_, index) => {
          for (let turn = 0; turn < index * 20; turn++) await new Promise(setImmediate);
          await manager.query(`INSERT INTO t VALUES (?, 'small')`, [rows + index]);
        }),
      ]);
      expect(large).toMatchObject({ reason: { driverError: { code: 'SQLITE_CONSTRAINT' } } });
      expect(small.map(({ status }) => status)).toEqual(small.map(() => 'fulfilled'));
    });
    expect(await database.sql('SELECT count(*) AS n FROM t')).toEqual([{ n: 20 }]);
  });

  it('B1 values of a large size are not kept in memory', async () => {
    const megabytes = (): number => process.memoryUsage.rss() / 1e6;
    const value = 'x'.repeat(8_000_000);
    const read = (index: number): Promise<unknown> =>
      dataSource.query(`SELECT length(?) AS n, ${index} AS i`, [value]);
    expect(await read(0)).toEqual([{ n: value.length, i: 0 }]);
    const before = megabytes();
    for (let index = 1; index <= 40; index++) await read(index);
    expect(megabytes() - before).toBeLessThan(150);
  });
});
