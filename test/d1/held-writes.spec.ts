import fc from 'fast-check';
import { HeldWrites } from '../../src/driver/d1/held-writes';
import type { SqliteValue } from '../../src/driver/session';
import { Statement as Sql } from '../../src/driver/sql/statement';
import { engineNamed, type TestDatabase } from '../support/engines';
import { assertProperty } from '../support/runs';

const seed = Number(process.env.FC_SEED ?? 20_261_120);

interface Statement {
  readonly sql: string;
  readonly values: readonly SqliteValue[];
}

const id = fc.integer({ min: 1, max: 6 });
const name = fc.constantFrom('a', 'A', 'b', 'c', '1', '2', '2.0');
/** A value, bound or, as TypeORM writes numbers, in the text. */
const bound = (value: number | string): Statement => ({ sql: '?', values: [value] });
const either = fc
  .tuple(id, fc.boolean())
  .map(([value, inText]) => (inText ? { sql: `${value}`, values: [] } : bound(value)));

/** Finds rows of `t`: by one column, by several, by an expression, or all. */
const where: fc.Arbitrary<Statement> = fc.oneof(
  either.map(({ sql, values }) => ({ sql: `WHERE "id" = ${sql}`, values })),
  fc.array(either, { minLength: 1, maxLength: 3 }).map((all) => ({
    sql: `WHERE (("t"."id" IN (${all.map(({ sql }) => sql).join(', ')})))`,
    values: all.flatMap(({ values }) => values),
  })),
  name.map((value) => ({ sql: 'WHERE t.name = ?', values: [value] })),
  name.map((value) => ({ sql: 'WHERE name IN (?)', values: [value] })),
  fc.tuple(id, name).map((values) => ({ sql: 'WHERE id = ? AND name = ?', values })),
  fc.tuple(id, name).map((values) => ({ sql: 'WHERE id = ? OR name <> ?', values })),
  id.map((value) => ({ sql: 'WHERE id > ?', values: [value] })),
  fc.constant({ sql: '', values: [] }),
);

const write: fc.Arbitrary<Statement> = fc.oneof(
  fc.array(fc.tuple(either, name), { minLength: 1, maxLength: 3 }).chain((rows) =>
    fc
      .constantFrom(
        ['INSERT OR IGNORE INTO "t" ("id", "name") VALUES', ''],
        ['INSERT INTO t(id, name) VALUES', ' ON CONFLICT DO NOTHING'],
        ['INSERT INTO t(id, name) VALUES', ' ON CONFLICT (id) DO UPDATE SET name = excluded.name'],
        ['INSERT INTO t(id, name) VALUES', ' ON CONFLICT (name) DO UPDATE SET size = 9'],
        ['INSERT OR REPLACE INTO t (id, name) VALUES', ''],
        ['REPLACE INTO t VALUES', ''],
      )
      .map(([head = '', tail = '']) => ({
        sql: `${head} ${rows.map(([one]) => `(${one.sql}, ?${head.endsWith('t VALUES') ? ', NULL' : ''})`).join(', ')}${tail}`,
        values: rows.flatMap(([one, text]) => [...one.values, text]),
      })),
  ),
  fc.tuple(name, where).map(([text, { sql, values }]) => ({
    sql: `UPDATE OR IGNORE "t" SET "name" = ?, size = size + 1 ${sql.replace('"t".', '')}`,
    values: [text, ...values],
  })),
  fc.tuple(id, where).map(([value, { sql, values }]) => ({
    sql: `UPDATE OR IGNORE t SET id = ? ${sql.replace('"t".', '')}`,
    values: [value, ...values],
  })),
  where.map(({ sql, values }) => ({ sql: `DELETE FROM t ${sql}`, values })),
  id.map((value) => ({
    sql: 'WITH gone (k) AS (SELECT ?) DELETE FROM t WHERE id IN gone',
    values: [value],
  })),
  fc.tuple(id, id).map((values) => ({
    sql: 'UPDATE OR REPLACE t SET id = ? WHERE id = ?',
    values,
  })),
  fc.tuple(id, id).map((values) => ({
    sql: 'UPDATE OR IGNORE t SET (id, size) = (?, 1) WHERE id = ?',
    values,
  })),
  id.map((value) => ({
    sql: 'UPDATE t SET size = 7 FROM other WHERE t.name = other.name AND other.id = ?',
    values: [value],
  })),
  id.map((value) => ({
    sql: 'UPDATE t SET size = 7 FROM other WHERE other.id = ?',
    values: [value],
  })),
  name.map((value) => ({ sql: 'INSERT OR IGNORE INTO t (name) VALUES (?)', values: [value] })),
  id.map((value) => ({
    sql: `INSERT OR IGNORE INTO t (id, name) VALUES (1 + ?, 'x')`,
    values: [value],
  })),
  name.map((value) => ({ sql: 'INSERT INTO other (name) VALUES (?)', values: [value] })),
);

const read: fc.Arbitrary<Statement> = fc.oneof(
  {
    weight: 3,
    arbitrary: where.map(({ sql, values }) => ({ sql: `SELECT * FROM "t" ${sql}`, values })),
  },
  where.map(({ sql, values }) => ({ sql: `select count(*) AS n from t ${sql} limit 1`, values })),
  id.map((value) => ({
    sql: 'SELECT (SELECT max(name) FROM t) AS n FROM other WHERE id = ?',
    values: [value],
  })),
  id.map((value) => ({
    sql: 'SELECT t.* FROM other JOIN t ON t.name = other.name WHERE other.id = ?',
    values: [value],
  })),
  id.map((value) => ({ sql: 'SELECT t.* FROM other, t WHERE other.id = ?', values: [value] })),
  id.map((value) => ({ sql: 'SELECT * FROM child WHERE t_id = ?', values: [value] })),
  id.map((value) => ({ sql: 'SELECT * FROM grandchild WHERE id = ?', values: [value] })),
  fc.constant({ sql: 'SELECT * FROM other', values: [] }),
);

/** As the DataSource knows them from the entities. */
const CASCADES = new Map([
  ['t', [{ child: 'child', onDelete: true, onUpdate: [] }]],
  ['child', [{ child: 'grandchild', onDelete: true, onUpdate: [] }]],
]);

describe('B1 reads in a transaction on D1', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await engineNamed('sqlite').createDatabase({ host: 'none' });
    await database.exec(`CREATE TABLE t (id integer PRIMARY KEY, name text COLLATE NOCASE UNIQUE, size integer);
      CREATE TABLE other (id integer PRIMARY KEY, name text);
      CREATE TABLE child (id integer PRIMARY KEY, t_id integer REFERENCES t ON DELETE CASCADE);
      CREATE TABLE grandchild (id integer PRIMARY KEY, child_id integer REFERENCES child ON DELETE SET NULL)`);
  });

  it('B1 one that is let through finds what it would have found after the writes', async () => {
    const tally = { allowed: 0, refused: 0 };
    const property = fc.asyncProperty(
      fc.array(write, { minLength: 1, maxLength: 3 }),
      read,
      async (writes, { sql, values }) => {
        await database.exec(`DELETE FROM grandchild; DELETE FROM t; DELETE FROM other;
          INSERT INTO t VALUES (1, 'a', 0), (2, 'b', 0), (3, '1', 0);
          INSERT INTO other VALUES (1, 'a'), (2, 'x');
          INSERT INTO child VALUES (1, 1), (2, 2), (3, 3);
          INSERT INTO grandchild VALUES (1, 1), (2, 2), (3, 3)`);
        const held = new HeldWrites(() => CASCADES);
        const before = await database.sql(sql, values);
        for (const one of writes) {
          held.add(new Sql(one.sql), one.values);
          await database.sql(one.sql, one.values).catch(() => undefined);
        }
        const after = await database.sql(sql, values);
        let isAllowed = true;
        try {
          held.assertLeftAlone(new Sql(sql), values);
        } catch (error) {
          expect(error).toMatchObject({ code: 'NOT_SUPPORTED' });
          isAllowed = false;
        }
        tally[isAllowed ? 'allowed' : 'refused'] += 1;
        if (isAllowed) expect({ writes, after }).toEqual({ writes, after: before });
      },
    );
    await assertProperty(property, { seed, numRuns: 3_000 });
    expect(tally.allowed).toBeGreaterThan(300);
    expect(tally.refused).toBeGreaterThan(300);
  });

  it.each([
    { what: 'another row, as save() asks', sql: 'SELECT * FROM "t" "T" WHERE "T"."id" IN (?)' },
    { what: 'another row, by a number', sql: 'SELECT * FROM "t" WHERE (("t"."id" = 7)) LIMIT 1' },
    { what: 'another column of the new rows', sql: 'SELECT * FROM t WHERE name = ?' },
    { what: 'another table', sql: 'SELECT * FROM u WHERE id = ?' },
  ])('B1 $what is let through', ({ sql }) => {
    const held = new HeldWrites();
    const insert = 'INSERT INTO "t"("id", "name", "at") VALUES (?, ?, strftime(?)), (5, NULL, 0)';
    held.add(new Sql(insert), [1, 'x', 'y']);
    expect(() => {
      held.assertLeftAlone(new Sql(sql), [2]);
    }).not.toThrow();
  });

  it.each([
    {
      what: 'its key is found by a SELECT',
      write: 'DELETE FROM t WHERE parent IN (SELECT parent FROM other WHERE id = 1)',
    },
    {
      what: 'its key is found in another table too',
      write: 'DELETE FROM t WHERE (id = 1) OR parent IN (SELECT parent FROM other WHERE id = 1)',
    },
    {
      what: 'it is in conflict with a new row',
      write: 'INSERT INTO t (id, name) VALUES (1, 3) ON CONFLICT (name) DO UPDATE SET size = (5)',
    },
    {
      what: 'it is read for an INSERT',
      write: 'INSERT INTO t (id, name) VALUES (1, 3) UNION ALL SELECT id, name FROM other',
    },
    { what: 'it gets the key in a list', write: 'UPDATE t SET (name, id) = (3, 2) WHERE id = 1' },
  ])('B1 a read of a row is refused that may be written because $what', ({ write: sql }) => {
    const held = new HeldWrites();
    held.add(new Sql(sql), []);
    expect(() => {
      held.assertLeftAlone(new Sql('SELECT * FROM t WHERE id = 2'), []);
    }).toThrow('written to "t"');
  });

  it('B1 knows a table by whatever name it has', () => {
    const held = new HeldWrites();
    held.add(new Sql('UPDATE "line-items" SET "size" = 1 WHERE "id" = ?'), [1]);
    expect(() => {
      held.assertLeftAlone(new Sql('SELECT * FROM "line-items" WHERE "id" = ?'), [1]);
    }).toThrow('written to "line-items"');
  });

  it.each([
    ['SELECT 1', true],
    [' -- UPDATE\n select 1', true],
    ['/* x */ VALUES (1)', true],
    ['EXPLAIN DELETE FROM t', true],
    ['WITH a AS (SELECT 1) SELECT * FROM a', true],
    ['WITH a AS (SELECT 1) DELETE FROM t WHERE id IN a', false],
    ['WITH RECURSIVE a(x) AS (VALUES (1)) INSERT INTO t SELECT x FROM a', false],
    ['PRAGMA table_info(t)', true],
    ['PRAGMA foreign_key_check', true],
    ['PRAGMA defer_foreign_keys = ON', false],
    ['CREATE TABLE x AS SELECT 1', false],
    ['-- SELECT\nUPDATE t SET id = 1', false],
  ])('B1 %j only reads: %j', (sql, expected) => {
    expect(new Sql(sql).onlyReads).toBe(expected);
  });

  it('B1 a new key that is passed on to another table is seen', () => {
    const parent = [{ child: 'child', onDelete: false, onUpdate: ['code'] }];
    const held = new HeldWrites(() => new Map([['t', parent]]));
    held.add(new Sql('UPDATE "t" SET "name" = ? WHERE "code" = ?'), ['x', 'a']);
    expect(() => held.assertLeftAlone(new Sql('SELECT * FROM "child"'), [])).not.toThrow();
    held.add(new Sql('UPDATE "t" SET "name" = ?, "code" = ? WHERE "id" = ?'), ['x', 'b', 1]);
    expect(() => held.assertLeftAlone(new Sql('SELECT * FROM "child"'), [])).toThrow(
      /written to "child"/,
    );
    const another = new HeldWrites(() => new Map([['t', parent]]));
    another.add(new Sql('UPDATE t SET (name, code) = (?, ?) WHERE id = ?'), ['x', 'b', 1]);
    expect(() => another.assertLeftAlone(new Sql('SELECT * FROM child'), [])).toThrow('"child"');
    const third = new HeldWrites(() => new Map([['t', parent]]));
    const distinct = 'UPDATE t SET same = name IS DISTINCT FROM ?, code = ? WHERE id = ?';
    third.add(new Sql(distinct), ['x', 'b', 1]);
    expect(() => third.assertLeftAlone(new Sql('SELECT * FROM child'), [])).toThrow('"child"');
  });
});
