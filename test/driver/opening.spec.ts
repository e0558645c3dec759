import { setTimeout } from 'node:timers/promises';
import { SqliteDataSource } from '../../src';
import { engineNamed, type TestDatabase } from '../support/engines';

describe('B1 a SQLite file that is opened while another connection writes to it', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await engineNamed('sqlite').createDatabase({ host: 'none' });
    // The journal that SQLite begins with: it is changed when the DataSource opens the file.
    await database.exec('PRAGMA journal_mode = DELETE; CREATE TABLE t (id integer)');
    await database.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (1)');
  });

  const dataSource = (busyTimeout: number): SqliteDataSource =>
    new SqliteDataSource({
      database: database.url.slice('sqlite:'.length),
      busyTimeout,
      entities: [],
    });

  it('B1 is open as soon as the other has committed', async () => {
    const opening = dataSource(10_000).initialize();
    await setTimeout(200);
    await database.exec('COMMIT');
    const opened = await opening;
    expect(await opened.query('SELECT id FROM t')).toEqual([{ id: 1 }]);
    expect(await opened.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    await opened.destroy();
  });

  it('B1 gets DATABASE_BUSY after the busy timeout, and can be opened later', async () => {
    const opened = dataSource(50);
    await expect(opened.initialize()).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
      message: expect.stringMatching(
        /billing\.sqlite can't be opened, as .* for over 50 ms: wait until .* and retry\.$/,
      ) as string,
      cause: { code: 'SQLITE_BUSY' },
    });
    await database.exec('COMMIT');
    await opened.initialize();
    expect(await opened.query('SELECT id FROM t')).toEqual([{ id: 1 }]);
    await opened.destroy();
  });
});
