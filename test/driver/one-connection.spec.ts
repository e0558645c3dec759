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
});
