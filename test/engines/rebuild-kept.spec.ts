import { type DataSource, TableUnique } from 'typeorm';
import { SqliteDataSource } from '../../src';
import { D1DataSource } from '../../src/d1';
import { opened } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';

describe.each(engines.filter(({ dialect }) => dialect === 'sqlite'))(
  'U7 B3 what a rebuilt table keeps on $name',
  ({ createDatabase }) => {
    let database: TestDatabase;
    let dataSource: DataSource;

    beforeEach(async () => {
      database = await createDatabase({ host: 'none' });
      dataSource = database.binding
        ? new D1DataSource({ database: database.binding, entities: [] })
        : new SqliteDataSource({ database: database.url.slice('sqlite:'.length), entities: [] });
      await opened(dataSource);
    });

    const rebuild = async (table: string): Promise<void> => {
      const queryRunner = dataSource.createQueryRunner();
      const unique = new TableUnique({ name: `uq_${table}_code`, columnNames: ['code'] });
      await queryRunner.createUniqueConstraint(table, unique);
      await queryRunner.release();
      const [made] = await database.sql<{ sql: string }>(
        `SELECT sql FROM sqlite_master WHERE name = '${table}'`,
      );
      expect(made?.sql).toContain(`uq_${table}_code`);
    };

    it('U7 B3 a trigger whose text writes the name of the table in other letters stays', async () => {
      await database.exec('CREATE TABLE docs (id integer PRIMARY KEY, code text)');
      await database.exec('CREATE TABLE log (id integer)');
      for (const [name, table] of [
        ['one', 'docs'],
        ['two', '"DOCS"'],
      ]) {
        await database.exec(
          `CREATE TRIGGER ${name} AFTER INSERT ON ${table} BEGIN INSERT INTO log VALUES (NEW.id); END`,
        );
      }
      // It was broken before.
      await database.exec(
        'CREATE TRIGGER three AFTER DELETE ON Docs BEGIN INSERT INTO nowhere VALUES (1); END',
      );
      const triggers = `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name`;
      const before = await database.sql(triggers);
      expect(before).toHaveLength(3);
      await rebuild('docs');
      expect(await database.sql(triggers)).toEqual(before);
      await database.exec(`INSERT INTO docs VALUES (1, 'a')`);
      expect(await database.sql('SELECT id FROM log')).toEqual([{ id: 1 }, { id: 1 }]);
    });

    it.each(['CASCADE', 'SET NULL', 'RESTRICT', 'NO ACTION'])(
      'U7 B3 no trigger runs for rows that refer to each other by ON DELETE %s',
      async (action) => {
        await database.exec(
          `CREATE TABLE docs (id integer PRIMARY KEY, code text, up integer REFERENCES docs (id) ON DELETE ${action})`,
        );
        await database.exec('CREATE TABLE files (doc integer)');
        await database.exec(
          'CREATE TRIGGER "of files" AFTER DELETE ON docs BEGIN DELETE FROM files WHERE doc = OLD.id; END',
        );
        await database.exec(
          'CREATE TRIGGER moved AFTER UPDATE ON docs BEGIN DELETE FROM files WHERE doc = OLD.id; END',
        );
        await database.exec(
          `INSERT INTO docs VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', 2), (4, 'd', 4)`,
        );
        await database.exec('INSERT INTO files VALUES (1), (2), (3), (4)');
        await rebuild('docs');
        expect(await database.sql('SELECT id, up FROM docs ORDER BY id')).toEqual([
          { id: 1, up: null },
          { id: 2, up: 1 },
          { id: 3, up: 2 },
          { id: 4, up: 4 },
        ]);
        expect(await database.sql('SELECT doc FROM files')).toHaveLength(4);
        await database.exec(`UPDATE docs SET code = 'z' WHERE id = 3`);
        await database.exec('DELETE FROM docs WHERE id = 4');
        expect(await database.sql('SELECT doc FROM files')).toEqual([{ doc: 1 }, { doc: 2 }]);
      },
    );

    it.each([
      ['has rows', '< 9'],
      ['is empty', '> 0'],
    ])('U7 B3 a table that %s gives no number of AUTOINCREMENT again', async (_, deleted) => {
      await database.exec('CREATE TABLE docs (id integer PRIMARY KEY AUTOINCREMENT, code text)');
      await database.exec(`INSERT INTO docs VALUES (1, 'a'), (9, 'b'), (12, 'c')`);
      await database.exec(`DELETE FROM docs WHERE id ${deleted} OR id = 12`);
      await rebuild('docs');
      await database.exec(`INSERT INTO docs (code) VALUES ('d')`);
      expect(await database.sql('SELECT max(id) AS id FROM docs')).toEqual([{ id: 13 }]);
      expect(await database.sql('SELECT name, seq FROM sqlite_sequence')).toEqual([
        { name: 'docs', seq: 13 },
      ]);
    });

    it('U7 B3 a table that never had a row counts from 1', async () => {
      await database.exec('CREATE TABLE docs (id integer PRIMARY KEY AUTOINCREMENT, code text)');
      await rebuild('docs');
      await database.exec(`INSERT INTO docs (code) VALUES ('a')`);
      expect(await database.sql('SELECT id FROM docs')).toEqual([{ id: 1 }]);
    });
  },
);
