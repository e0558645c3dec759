import { DataSource } from 'typeorm';
import { D1DataSource } from '../../src/d1';
import { opened } from '../support/data-source';
import { engineNamed, type TestDatabase } from '../support/engines';

const MANY = Array.from({ length: 150 }, (_, index) => index);

describe('B1 forms of a statement on D1', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await engineNamed('d1').createDatabase({ host: 'none' });
    await database.exec('CREATE TABLE notes (a text, b text, bytes blob)');
    dataSource = await opened(
      new D1DataSource({
        database: database.binding!,
        entities: [],
      }),
    );
  });
  beforeEach(() => database.exec('DELETE FROM notes'));

  it.each(['?, ?', '?1, ?2', '$1, $2', ':a, :b', '@a, @b', '$b, :a'])(
    'B1 numbers in the places of (%s) are stored as whole ones in a TEXT column',
    async (places) => {
      await dataSource.query(`INSERT INTO notes (a, b) VALUES (${places})`, [5, 6]);
      expect(await database.sql('SELECT a, b FROM notes')).toEqual([{ a: '5', b: '6' }]);
    },
  );

  it('B1 rows that are read from VALUES are not parted', async () => {
    const list = MANY.map(() => '(?)').join(', ');
    const insert = `INSERT INTO notes (a) SELECT sum(column1) FROM (VALUES ${list})`;
    await expect(dataSource.query(insert, MANY)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await database.sql('SELECT * FROM notes')).toEqual([]);
  });

  it.each([';', '; -- the end', ';\n-- the end\n', ' /* the end */ ; ', "; -- it's; the end"])(
    'B1 %j may follow',
    async (tail) => {
      await dataSource.query(`INSERT INTO notes (a, b) VALUES ('; -- kept', ?)${tail}`, ['x']);
      await dataSource.transaction((manager) =>
        manager.query(`INSERT INTO notes (a, b) VALUES ('held', ?)${tail}`, ['x']),
      );
      expect(await database.sql('SELECT a FROM notes')).toEqual([
        { a: '; -- kept' },
        { a: 'held' },
      ]);
    },
  );

  it.each([
    'BEGIN',
    'begin immediate',
    'SAVEPOINT x',
    'COMMIT',
    'END',
    'ROLLBACK',
    '/* x */ BEGIN',
  ])('B1 %s is refused with what to do instead', async (sql) => {
    await expect(dataSource.query(sql)).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
      message: expect.stringMatching(
        /^D1 has no [A-Z]+: use dataSource\.transaction\(\)/,
      ) as string,
    });
  });

  it('B1 the word RETURNING in a text is no RETURNING', async () => {
    await dataSource.transaction((manager) =>
      manager.query(`INSERT INTO notes (a) VALUES ('a returning customer')`),
    );
    expect(await database.sql('SELECT a FROM notes')).toEqual([{ a: 'a returning customer' }]);
  });

  it('B1 bytes are read as bytes', async () => {
    const bytes = Uint8Array.from([0, 1, 255]);
    await dataSource.query('INSERT INTO notes (bytes) VALUES (?)', [bytes]);
    expect(await dataSource.query('SELECT bytes FROM notes')).toEqual([{ bytes }]);
  });

  it('B1 after a commit that failed nothing is sent until it is rolled back', async () => {
    await database.exec('CREATE UNIQUE INDEX once ON notes (a)');
    await database.exec(`INSERT INTO notes (a) VALUES ('there')`);
    const queryRunner = dataSource.createQueryRunner();
    await queryRunner.startTransaction();
    await queryRunner.query(`INSERT INTO notes (a) VALUES ('new')`);
    await queryRunner.query(`INSERT INTO notes (a) VALUES ('there')`);
    await expect(queryRunner.commitTransaction()).rejects.toThrow('UNIQUE');
    const refusal = { code: 'COMMIT_FAILED', message: /roll it back before anything else/ };
    for (const work of [
      () => queryRunner.commitTransaction(),
      () => queryRunner.query('DELETE FROM notes'),
    ]) {
      await expect(work()).rejects.toMatchObject({
        ...refusal,
        message: expect.stringMatching(refusal.message) as string,
      });
    }
    await queryRunner.rollbackTransaction();
    await queryRunner.query(`INSERT INTO notes (a) VALUES ('after')`);
    await queryRunner.release();
    expect(await database.sql('SELECT a FROM notes ORDER BY a')).toEqual([
      { a: 'after' },
      { a: 'there' },
    ]);
    await database.exec('DROP INDEX once');
  });
});
