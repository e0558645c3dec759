import {
  Check,
  Column,
  type DataSource,
  Entity,
  PrimaryColumn,
  type QueryRunner,
  TableCheck,
  TableColumn,
  TableForeignKey,
  TableUnique,
} from 'typeorm';
import { migrate, SqliteDataSource } from '../../src';
import { D1DataSource } from '../../src/d1';
import { opened } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';

@Entity('parent')
@Check('ck_parent_name', `name <> ''`)
class Parent {
  @PrimaryColumn({ type: 'integer' })
  id!: number;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'integer', nullable: true })
  amount!: number | null;
}

const TABLES = [
  'CREATE TABLE "parent" ("id" integer PRIMARY KEY NOT NULL, "name" text NOT NULL, "amount" integer)',
  'CREATE TABLE "child" ("id" integer PRIMARY KEY NOT NULL, "parent_id" integer NOT NULL REFERENCES "parent" ("id") ON DELETE CASCADE)',
  'CREATE TABLE "log" ("text" text)',
  `INSERT INTO "parent" VALUES (1, 'a', 10), (2, 'b', 20)`,
  'INSERT INTO "child" VALUES (1, 1), (2, 2)',
];

/** All that may stand beside a table, written as nobody else would. */
const BESIDE = [
  `CREATE VIEW "view"  AS SELECT p.name FROM main . [Parent] p -- by name`,
  'CREATE VIEW "of ""it" AS SELECT name FROM `VIEW`',
  `CREATE VIEW listed(x, "y z") AS SELECT id, name FROM 'parent'`,
  'CREATE VIEW later AS SELECT * FROM earlier',
  'CREATE VIEW earlier AS SELECT id FROM PARENT',
  'CREATE VIEW counted AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < (SELECT max(id) FROM parent)) SELECT i FROM n',
  `CREATE TRIGGER on_log AFTER INSERT ON log WHEN new.text = 'grow' BEGIN UPDATE parent SET name = name || '+'; END`,
  `CREATE TRIGGER on_child AFTER UPDATE OF parent_id ON child BEGIN INSERT INTO log SELECT name FROM parent WHERE id = new.parent_id; END`,
  `CREATE TRIGGER instead INSTEAD OF INSERT ON listed BEGIN INSERT INTO parent (id, name) VALUES (new.x, new."y z"); END`,
  `CREATE TRIGGER [de lete] INSTEAD OF DELETE ON "of ""it" WHEN old.name <> 'a' BEGIN DELETE FROM "parent" WHERE name = old.name; END`,
  `CREATE TRIGGER own AFTER DELETE ON parent BEGIN INSERT INTO log VALUES ('gone'); END`,
  // They were broken before, and stand in the way of any new name.
  'CREATE VIEW broken AS SELECT missing FROM parent',
  'CREATE VIEW "broken too" AS SELECT * FROM nowhere',
  'CREATE TRIGGER "on broken" INSTEAD OF INSERT ON "broken too" BEGIN SELECT 1; END',
  'CREATE TRIGGER "broken trigger" AFTER UPDATE ON log BEGIN INSERT INTO nowhere VALUES (1); END',
  'CREATE VIEW apart AS SELECT text FROM log',
];

const MASTER = `SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('view', 'trigger') ORDER BY type, name`;

/** What rebuilds a table. */
const WAYS: Readonly<Record<string, (dataSource: DataSource) => Promise<void>>> = {
  'a generated migration': async (dataSource) => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    dataSource.migrations.push({
      name: 'Rebuild1900000000000',
      up: async (queryRunner) => {
        for (const { query } of upQueries) await queryRunner.query(query);
      },
      down: () => Promise.resolve(),
    });
    await migrate(dataSource);
  },
  'synchronize()': (dataSource) => dataSource.synchronize(),
  'createCheckConstraint()': through((queryRunner) =>
    queryRunner.createCheckConstraint(
      'parent',
      new TableCheck({ name: 'ck_parent_name', expression: `name <> ''` }),
    ),
  ),
  'addColumn()': through((queryRunner) =>
    queryRunner.addColumn(
      'parent',
      new TableColumn({ name: 'code', type: 'text', isUnique: true, isNullable: true }),
    ),
  ),
  'changeColumn()': through((queryRunner) =>
    queryRunner.changeColumn(
      'parent',
      'name',
      new TableColumn({ name: 'name', type: 'text', default: `'none'` }),
    ),
  ),
  'createUniqueConstraint()': through((queryRunner) =>
    queryRunner.createUniqueConstraint('parent', new TableUnique({ columnNames: ['name'] })),
  ),
  'createForeignKey()': through((queryRunner) =>
    queryRunner.createForeignKey(
      'parent',
      new TableForeignKey({
        columnNames: ['amount'],
        referencedTableName: 'child',
        referencedColumnNames: ['id'],
      }),
    ),
  ),
  'two changes in one transaction': (dataSource) =>
    dataSource.transaction(async ({ queryRunner }) => {
      await queryRunner!.createUniqueConstraint(
        'parent',
        new TableUnique({ columnNames: ['name'] }),
      );
      await queryRunner!.addColumn(
        'parent',
        new TableColumn({ name: 'code', type: 'text', isNullable: true }),
      );
    }),
};

function through(
  change: (queryRunner: QueryRunner) => Promise<void>,
): (dataSource: DataSource) => Promise<void> {
  return async (dataSource) => {
    const queryRunner = dataSource.createQueryRunner();
    try {
      await change(queryRunner);
    } finally {
      await queryRunner.release();
    }
  };
}

describe.each(engines.filter(({ dialect }) => dialect === 'sqlite'))(
  'U7 B3 a rebuild beside views and triggers on $name',
  ({ createDatabase }) => {
    let database: TestDatabase;
    let dataSource: DataSource;

    beforeEach(async () => {
      database = await createDatabase({ host: 'none' });
      for (const statement of [...TABLES, ...BESIDE]) await database.exec(statement);
      const entities = [Parent];
      dataSource = database.binding
        ? new D1DataSource({ database: database.binding, entities })
        : new SqliteDataSource({ database: database.url.slice('sqlite:'.length), entities });
      await opened(dataSource);
    });

    it.each(Object.keys(WAYS).filter((way) => way !== 'createForeignKey()'))(
      'U7 B3 %s keeps them byte for byte, and they work',
      async (way) => {
        const before = await database.sql(MASTER);
        const parent = `SELECT sql FROM sqlite_master WHERE name = 'parent'`;
        const [old] = await database.sql(parent);
        await WAYS[way]!(dataSource);
        expect(await database.sql(parent)).not.toEqual([old]);
        expect(await database.sql(MASTER)).toEqual(before);
        expect(await database.sql('SELECT id, name, amount FROM parent')).toEqual([
          { id: 1, name: 'a', amount: 10 },
          { id: 2, name: 'b', amount: 20 },
        ]);
        expect(await database.sql('SELECT * FROM child')).toHaveLength(2);
        await database.exec(`INSERT INTO log VALUES ('grow')`);
        await database.exec(`INSERT INTO listed VALUES (3, 'c')`);
        await database.exec(`UPDATE child SET parent_id = 3 WHERE id = 2`);
        await database.exec(`DELETE FROM "of ""it" WHERE name = 'b+'`);
        expect(await database.sql('SELECT name FROM parent ORDER BY id')).toEqual([
          { name: 'a+' },
          { name: 'c' },
        ]);
        expect(await database.sql('SELECT text FROM apart')).toEqual([
          { text: 'grow' },
          { text: 'c' },
          { text: 'gone' },
        ]);
        expect(await database.sql('SELECT i FROM counted')).toHaveLength(3);
        expect(await database.sql('SELECT * FROM later')).toHaveLength(2);
      },
    );

    it('U7 B3 a foreign key of a rebuilt table, and the rows of those that refer to it, stay', async () => {
      await database.exec('UPDATE parent SET amount = id');
      const before = await database.sql(MASTER);
      await WAYS['createForeignKey()']!(dataSource);
      expect(await database.sql(MASTER)).toEqual(before);
      expect(await database.sql('SELECT * FROM child')).toHaveLength(2);
      expect(await database.sql('PRAGMA foreign_key_list("parent")')).toHaveLength(1);
      expect(await database.sql('PRAGMA foreign_key_list("child")')).toHaveLength(1);
    });

    it('U7 B3 a column that a view names is not rebuilt away, and nothing is changed', async () => {
      const all = 'SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2';
      const before = await database.sql(all);
      const change = through((queryRunner) =>
        queryRunner.changeColumn(
          'parent',
          'name',
          new TableColumn({ name: 'title', type: 'varchar', length: '20', isUnique: true }),
        ),
      );
      await expect(change(dataSource)).rejects.toMatchObject({
        code: 'NOT_SUPPORTED',
        message: expect.stringMatching(
          /The (view|trigger) ".+" uses "name", and "parent" is rebuilt without that column: drop the \1 before/,
        ) as string,
      });
      await expect(
        through((queryRunner) => queryRunner.dropColumn('parent', 'name'))(dataSource),
      ).rejects.toThrow(/no such column|uses "name"/);
      expect(await database.sql(all)).toEqual(before);
      // Nothing names this one.
      await through((queryRunner) =>
        queryRunner.changeColumn(
          'parent',
          'amount',
          new TableColumn({ name: 'total', type: 'bigint', isNullable: true, isUnique: true }),
        ),
      )(dataSource);
      expect(await database.sql('SELECT total FROM parent ORDER BY id')).toEqual([
        { total: 10 },
        { total: 20 },
      ]);
    });

    it('U7 B3 a change that fails in its middle leaves all as it was', async () => {
      const all = 'SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2';
      const before = await database.sql(all);
      await database.exec(`UPDATE parent SET name = 'same'`);
      await expect(WAYS['createUniqueConstraint()']!(dataSource)).rejects.toThrow(/unique/i);
      expect(await database.sql(all)).toEqual(before);
      expect(await database.sql('SELECT * FROM child')).toHaveLength(2);
    });
  },
);

describe('U7 B3 a rebuild inside a transaction that plain SQL began', () => {
  it('U7 B3 is undone with it, and is made by its COMMIT', async () => {
    const dataSource = new SqliteDataSource({ database: ':memory:', entities: [] });
    await opened(dataSource);
    for (const statement of TABLES) await dataSource.query(statement);
    let queryRunner = dataSource.createQueryRunner();
    const sql = (): Promise<unknown> =>
      queryRunner.query(`SELECT sql FROM sqlite_master WHERE name = 'parent'`);
    const before = await sql();
    const unique = new TableUnique({ name: 'uq_parent_name', columnNames: ['name'] });
    await queryRunner.query('BEGIN');
    await queryRunner.createUniqueConstraint('parent', unique);
    await queryRunner.query('ROLLBACK');
    expect(await sql()).toEqual(before);
    await queryRunner.release();
    queryRunner = dataSource.createQueryRunner();
    await queryRunner.query('BEGIN');
    await queryRunner.createUniqueConstraint('parent', unique);
    await queryRunner.query('COMMIT');
    expect(JSON.stringify(await sql())).toContain('uq_parent_name');
    expect(await queryRunner.query('SELECT * FROM child')).toHaveLength(2);
    await queryRunner.release();
  });
});

describe('U7 B3 a rebuild on a connection with TEMP views and triggers', () => {
  let dataSource: SqliteDataSource;

  beforeEach(async () => {
    dataSource = new SqliteDataSource({ database: ':memory:', entities: [Parent] });
    await opened(dataSource);
    for (const statement of TABLES) await dataSource.query(statement);
  });

  const temporary = (): Promise<unknown> =>
    dataSource.query('SELECT type, name, tbl_name, sql FROM sqlite_temp_master ORDER BY 1, 2');

  it('U7 B3 keeps them', async () => {
    await dataSource.query('CREATE TEMP VIEW names AS SELECT name FROM parent');
    await dataSource.query(
      `CREATE TEMP TRIGGER seen AFTER INSERT ON parent BEGIN INSERT INTO log VALUES (new.name); END`,
    );
    await dataSource.query('CREATE TEMP VIEW broken AS SELECT * FROM nowhere');
    const before = await temporary();
    await dataSource.synchronize();
    await expect(dataSource.query(`UPDATE parent SET name = ''`)).rejects.toThrow(/ck_parent_name/);
    expect(await temporary()).toEqual(before);
    await dataSource.query(`INSERT INTO parent (id, name) VALUES (3, 'c')`);
    expect(await dataSource.query('SELECT text FROM log')).toEqual([{ text: 'c' }]);
    expect(await dataSource.query('SELECT name FROM names')).toHaveLength(3);
  });

  it('U7 B3 is refused where one of them hides the table', async () => {
    await dataSource.query('CREATE TEMP TABLE parent (id integer)');
    await expect(dataSource.synchronize()).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
      message:
        'The TEMP table "parent" hides the table of that name from this connection: drop it with DROP TABLE temp."parent" and retry.',
    });
    await dataSource.query('DROP TABLE temp.parent');
    expect(await dataSource.query('SELECT name FROM parent')).toHaveLength(2);
  });
});
