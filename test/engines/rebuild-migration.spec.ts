import { Check, Column, type DataSource, Entity, PrimaryColumn, Unique } from 'typeorm';
import { migrate, revert, SqliteDataSource } from '../../src';
import { D1DataSource } from '../../src/d1';
import { opened } from '../support/data-source';
import { catalog, engines, type TestDatabase } from '../support/engines';

@Entity('parent')
@Unique('uq_parent_name', ['name'])
@Check('ck_parent_name', `name <> ''`)
class Parent {
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'pk_parent' })
  id!: number;

  @Column({ type: 'text' })
  name!: string;
}

/** The parent as it was: the same without the CHECK, which only a rebuild can add. */
const BEFORE = [
  `CREATE TABLE "parent" ("id" integer NOT NULL, "name" text NOT NULL, CONSTRAINT "pk_parent" PRIMARY KEY ("id"), CONSTRAINT "uq_parent_name" UNIQUE ("name"))`,
  `CREATE TABLE "child" ("id" integer PRIMARY KEY, "parent_id" integer NOT NULL REFERENCES "parent" ("id") ON DELETE CASCADE, "next_id" integer REFERENCES "child" ("id") ON DELETE CASCADE)`,
  `CREATE TABLE "grandchild" ("id" integer PRIMARY KEY, "child_id" integer NOT NULL REFERENCES "child" ("id") ON DELETE CASCADE CHECK ("child_id" > 0))`,
  'CREATE INDEX "ix_child_parent" ON "child" ("parent_id") WHERE "parent_id" > 0',
  'CREATE TABLE "log" ("text" text)',
  `CREATE TRIGGER "note" AFTER DELETE ON "grandchild" BEGIN INSERT INTO "log" VALUES ('gone'); END`,
  `CREATE TRIGGER "keep" BEFORE DELETE ON "parent" WHEN OLD."id" = 2 BEGIN SELECT RAISE(ABORT, 'kept'); END`,
  // What uses the parent from outside, and in the way of its new name.
  `CREATE VIEW "names"  AS SELECT p.name FROM main.parent p -- by name`,
  'CREATE VIEW "we""ird" AS SELECT name FROM names',
  `CREATE TRIGGER "add""one" INSTEAD OF INSERT ON "we""ird" BEGIN INSERT INTO parent SELECT max(id) + 1, new.name FROM parent; END`,
  `CREATE TRIGGER logged AFTER INSERT ON log BEGIN DELETE FROM parent WHERE name = new.text; END`,
  'CREATE VIEW "apart" AS SELECT text FROM log',
  `INSERT INTO "parent" VALUES (1, 'a'), (2, 'b')`,
  'INSERT INTO "child" VALUES (1, 1, 1), (2, 1, 1), (3, 2, 2)',
  'INSERT INTO "grandchild" VALUES (1, 1), (2, 2), (3, 3)',
];

describe.each(engines.filter(({ dialect }) => dialect === 'sqlite'))(
  'U7 B3 a rebuild as a migration on $name',
  ({ createDatabase }) => {
    let database: TestDatabase;
    let dataSource: DataSource;

    beforeAll(async () => {
      database = await createDatabase({ host: 'none' });
      for (const statement of BEFORE) await database.exec(statement);
      dataSource = database.binding
        ? new D1DataSource({ database: database.binding, entities: [Parent] })
        : new SqliteDataSource({
            database: database.url.slice('sqlite:'.length),
            entities: [Parent],
          });
      await opened(dataSource);
    });

    const rows = async (): Promise<unknown> => {
      const found: Record<string, unknown> = {};
      for (const table of ['parent', 'child', 'grandchild']) {
        found[table] = await database.sql(`SELECT * FROM "${table}" ORDER BY id`);
      }
      return found;
    };

    /** Without TypeORM's own table; line breaks don't count. */
    const tables = async (): Promise<unknown[]> =>
      (await catalog(database))
        .filter(({ table }) => table !== 'migrations')
        .map((entry) => ({ ...entry, definition: entry.definition.replaceAll(/\s+/g, ' ') }));

    /** The views, and the triggers that are not the parent's, as they were written. */
    const others = (): Promise<unknown[]> =>
      database.sql(
        `SELECT type, name, sql FROM sqlite_master WHERE type IN ('view', 'trigger') AND tbl_name <> 'parent' ORDER BY name`,
      );

    const expectTheyWork = async (name: string): Promise<void> => {
      await database.sql(`INSERT INTO "we""ird" VALUES ('${name}')`);
      expect(await database.sql('SELECT max(name) AS last FROM "we""ird"')).toEqual([
        { last: name },
      ]);
      await database.sql(`INSERT INTO log VALUES ('${name}')`);
      await database.sql('DELETE FROM log');
      expect(await database.sql('SELECT name FROM names ORDER BY 1')).toEqual([
        { name: 'a' },
        { name: 'b' },
      ]);
    };

    it('U7 keeps the rows, keys, indexes and triggers of children and grandchildren, up and down', async () => {
      const builder = dataSource.driver.createSchemaBuilder();
      const { upQueries, downQueries } = await builder.log();
      dataSource.migrations.push({
        name: 'Rebuild1900000000000',
        async up(queryRunner) {
          for (const { query } of upQueries) await queryRunner.query(query);
        },
        async down(queryRunner) {
          for (const { query } of [...downQueries].reverse()) await queryRunner.query(query);
        },
      });
      const [before, catalogBefore] = [await rows(), await tables()];
      const othersBefore = await others();
      expect(othersBefore).toHaveLength(6);
      expect(upQueries.map(({ query }) => query).join('\n')).not.toContain('apart');

      expect(await migrate(dataSource)).toHaveLength(1);
      expect(await rows()).toEqual(before);
      const isParent = (entry: unknown): boolean => (entry as { table: string }).table === 'parent';
      const rest = (entries: unknown[]): unknown[] => entries.filter((one) => !isParent(one));
      expect(rest(await tables())).toEqual(rest(catalogBefore));
      expect(await others()).toEqual(othersBefore);
      await expectTheyWork('c');
      await expect(database.sql(`UPDATE "parent" SET "name" = ''`)).rejects.toThrow(
        /ck_parent_name/,
      );
      await expect(database.sql('DELETE FROM "parent" WHERE "id" = 2')).rejects.toThrow('kept');
      expect((await dataSource.driver.createSchemaBuilder().log()).upQueries).toEqual([]);

      expect(await revert(dataSource)).toHaveLength(1);
      expect(await rows()).toEqual(before);
      expect(await tables()).toEqual(catalogBefore);
      expect(await others()).toEqual(othersBefore);
      await expectTheyWork('d');
      expect(await database.sql('PRAGMA foreign_key_check')).toEqual([]);
      expect(await database.sql('SELECT * FROM "log"')).toEqual([]);
      // The keys cascade as they did, and the trigger is set off by it.
      await database.sql('DELETE FROM "parent" WHERE "id" = 1');
      expect(await database.sql('SELECT id FROM "grandchild"')).toEqual([]);
      expect(await database.sql('SELECT * FROM "log"')).toHaveLength(3);
    });

    it('U7 keeps them where the DataSource synchronizes', async () => {
      const othersBefore = await others();
      await dataSource.synchronize();
      await expect(database.sql(`UPDATE "parent" SET "name" = ''`)).rejects.toThrow(
        /ck_parent_name/,
      );
      expect(await others()).toEqual(othersBefore);
      expect(await database.sql('SELECT name FROM "we""ird"')).toEqual([{ name: 'b' }]);
    });
  },
);
