import fc from 'fast-check';
import { fit } from '../../src/driver/sql/fit';
import { D1_LIMITS } from '../../src/driver/sql/limits';
import type { SqliteValue } from '../../src/driver/session';
import { Statement as Sql } from '../../src/driver/sql/statement';
import { engineNamed, type TestDatabase } from '../support/engines';
import { assertProperty, runs } from '../support/runs';

const seed = Number(process.env.FC_SEED ?? 20_261_120);

/** One column of each affinity, and a key to be in conflict over. */
const COLUMNS = ['k', 't', 'i', 'r', 'n', 'b'] as const;
const TABLE =
  'CREATE TABLE "values" (k text UNIQUE, t text, i integer, r real, "n" numeric, b, "in" text)';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  // What looks like a number, a placeholder or the end of a row.
  fc.constantFrom('5', '5.0', '05', ' 5', '-0', '1e2', '?', '?1', "'), (?", '--', '/*', ''),
);
const number = fc.oneof(
  fc.integer({ min: -9, max: 9 }),
  fc.integer(),
  fc.constantFrom(0.5, -2.25, 1e21, 1e-7, 5.0),
);
const bytes = fc.uint8Array({ maxLength: 4 });
const value: fc.Arbitrary<SqliteValue> = fc.oneof(text, number, fc.constant(null), bytes);
/** What can be in a list that is too long, for JSON has no bytes. */
const listed: fc.Arbitrary<SqliteValue> = fc.oneof(text, number, fc.constant(null));

interface Statement {
  readonly sql: string;
  readonly values: readonly SqliteValue[];
}

/** One value of a row: the SQL, which may hold placeholders, and what is bound to them. */
const cell: fc.Arbitrary<Statement> = fc.oneof(
  { weight: 12, arbitrary: value.map((one) => ({ sql: '?', values: [one] })) },
  fc.constantFrom(
    { sql: 'NULL', values: [] },
    { sql: `'?), (''?'`, values: [] },
    { sql: `5 /* ?, ( */`, values: [] },
  ),
  fc
    .tuple(text, text)
    .map((values) => ({ sql: `coalesce(nullif(?, 'x'), (SELECT ? || '?'))`, values })),
);

const HEADS = ['INSERT INTO', 'insert or ignore into', 'INSERT OR REPLACE INTO', 'REPLACE INTO'];
const TAILS = [
  '',
  '',
  ' ON CONFLICT (k) DO NOTHING',
  ' ON CONFLICT (k) DO UPDATE SET t = excluded.t, i = coalesce(i, 0) + 1',
  ' RETURNING hex(k) AS k, hex("values".t) AS t',
];

const insertion: fc.Arbitrary<Statement> = fc
  .record({
    head: fc.constantFrom(...HEADS),
    columns: fc.subarray([...COLUMNS, 'in'], { minLength: 1 }),
    tail: fc.constantFrom(...TAILS),
    count: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 15, max: 120 })),
    cells: fc.infiniteStream(cell) as fc.Arbitrary<Iterator<Statement>>,
  })
  .map(({ head, columns, tail, count, cells }) => {
    const rows = Array.from({ length: count }, () =>
      columns.map(() => cells.next().value as Statement),
    );
    const names = columns.map((name) => `"${name}"`).join(', ');
    const list = rows.map((row) => `(${row.map(({ sql }) => sql).join(', ')})`).join(',\n  ');
    const conflict = head.endsWith('INTO') && head.startsWith('INSERT INTO') ? tail : '';
    return {
      sql: `${head} "values" (${names}) -- VALUES (?)\n VALUES ${list}${conflict}`,
      values: rows.flat().flatMap((one) => one.values),
    };
  });

describe('B1 a statement within the limits of D1', () => {
  let sqlite: TestDatabase;
  let d1: TestDatabase;

  beforeAll(async () => {
    sqlite = await engineNamed('sqlite').createDatabase({ host: 'none' });
    d1 = await engineNamed('d1').createDatabase({ host: 'none' });
    for (const database of [sqlite, d1]) await database.exec(TABLE);
  });

  /** Its parts as one batch, as the driver sends them. */
  const onD1 = async ({ sql, values }: Statement): Promise<unknown> => {
    const binding = d1.binding!;
    const parts = fit(new Sql(sql), values, D1_LIMITS);
    for (const part of parts) expect(part.values.length).toBeLessThanOrEqual(100);
    if (values.length <= 100) expect(parts).toHaveLength(1);
    return binding
      .batch(parts.map((part) => binding.prepare(part.sql).bind(...part.values)))
      .then((outcomes) => outcomes.flatMap(({ results }) => results), verdict);
  };

  /** The whole. */
  const onSqlite = ({ sql, values }: Statement): Promise<unknown> =>
    sqlite.sql(sql, values.map(asBuffer)).catch(verdict);

  const empty = async (): Promise<void> => {
    for (const database of [sqlite, d1]) await database.sql('DELETE FROM "values"');
  };

  const contents = (database: TestDatabase): Promise<unknown> =>
    database.sql(
      `SELECT ${[...COLUMNS, 'in']
        .map((name) => `typeof("${name}") || ' ' || hex("${name}") AS "${name}"`)
        .join(', ')} FROM "values" ORDER BY rowid`,
    );

  it('B1 an INSERT of many rows leaves the same rows and returns the same, or is refused the same', async () => {
    const seen = new Set<string>();
    const property = fc.asyncProperty(insertion, insertion, async (first, second) => {
      await empty();
      for (const statement of [first, second]) {
        const outcome = await onSqlite(statement);
        seen.add(Array.isArray(outcome) ? (outcome.length > 0 ? 'rows' : 'done') : 'refused');
        expect(await onD1(statement)).toEqual(outcome);
      }
      expect(await contents(d1)).toEqual(await contents(sqlite));
    });
    await assertProperty(property, { seed, numRuns: runs(30, 120) });
    expect([...seen].sort()).toEqual(['done', 'refused', 'rows']);
  });

  it('B1 lists after IN find, change and delete the same rows, whatever the types', async () => {
    const list = fc.oneof(
      fc.array(listed, { minLength: 1, maxLength: 5 }),
      fc.array(listed, { minLength: 101, maxLength: 300 }),
    );
    const column = fc.constantFrom('t', 'i', 'r', 'n', 'b');
    const rows = fc.array(fc.tuple(...COLUMNS.map(() => listed)), {
      minLength: 1,
      maxLength: 16,
    });
    let found = 0;
    const property = fc.asyncProperty(
      rows,
      fc.record({ list, other: list, one: listed, a: column, c: column, not: fc.boolean() }),
      async (table, { list: first, other, one, a, c, not }) => {
        await empty();
        for (const row of table) {
          // No two alike in the key, and none in conflict.
          const insert = {
            sql: `INSERT INTO "values" (${COLUMNS.join(', ')}) VALUES (hex(randomblob(8)), ?, ?, ?, ?, ?)`,
            values: row.slice(1),
          };
          await onSqlite(insert);
          await onD1(insert);
        }
        // Some of the rows' own values, or nothing would ever be found.
        const near = [...first, ...table.flatMap((row) => row.slice(1, 3))];
        const marks = (all: readonly unknown[]): string => all.map(() => '?').join(', ');
        const where = `"${a}" ${not ? 'NOT ' : ''}IN (${marks(near)}) AND ("in" IS ? OR "${c}" IN (${marks(other)}))`;
        const values = [...near, one === 'x' ? one : null, ...other];
        const select = {
          sql: `SELECT t, i, r, n, b FROM "values" WHERE ${where} ORDER BY rowid`,
          values,
        };
        const selected = await onSqlite(select);
        found += (selected as unknown[]).length;
        expect(await onD1(select)).toEqual(selected);

        const update = {
          sql: `UPDATE "values" SET "in" = ?, i = ? WHERE ${where}`,
          values: ['x', 5, ...values],
        };
        await onSqlite(update);
        await onD1(update);
        const remove = { sql: `DELETE FROM "values" WHERE "in" = 'x' AND ${where}`, values };
        await onSqlite(remove);
        await onD1(remove);
        const kept = `SELECT t, i, r, n, b, "in" FROM "values" ORDER BY rowid`;
        expect(await d1.sql(kept)).toEqual(await sqlite.sql(kept));
      },
    );
    await assertProperty(property, { seed, numRuns: runs(20, 60) });
    expect(found).toBeGreaterThan(20);
  });

  it('B1 numbers are compared and stored as they are on SQLite, with ? and with ?1', async () => {
    const property = fc.asyncProperty(
      fc.array(listed, { minLength: 3, maxLength: 3 }),
      fc.constantFrom('=', '<>', '<', '>=', 'IS'),
      async (values, operator) => {
        await empty();
        const plain = COLUMNS.slice(1)
          .map((name) => `"${name}" ${operator} ?`)
          .join(' OR ');
        const statements: Statement[] = [
          {
            sql: `INSERT INTO "values" (t, i, r, n, b) VALUES (?2, ?1, ?, ?2, ?1) -- ?9`,
            values,
          },
          {
            sql: `SELECT (${plain}) AS any, typeof(?) AS type, t = ? AS text FROM "values"`,
            values: [...values, ...values, 5].slice(0, 7),
          },
          {
            sql: `SELECT t ${operator} ?3 AS a, ?1 AS b, b ${operator} ?2 AS c FROM "values" WHERE i IS ?1 LIMIT ?`,
            values: [...values, 3],
          },
        ];
        for (const statement of statements) {
          expect({ ...statement, is: await onD1(statement) }).toEqual({
            ...statement,
            is: await onSqlite(statement),
          });
        }
        expect(await contents(d1)).toEqual(await contents(sqlite));
      },
    );
    await assertProperty(property, { seed, numRuns: runs(30, 100) });
  });

  it("B1 a TEXT column never receives '5.0'", async () => {
    await empty();
    await onD1({
      sql: 'INSERT INTO "values" (t, b, i, r) VALUES (?, ?, ?, ?)',
      values: [5, 5, 5, 5],
    });
    expect(
      await d1.sql(
        'SELECT t, typeof(t) AS "of t", typeof(b) AS "of b", typeof(i) AS "of i", typeof(r) AS "of r" FROM "values"',
      ),
    ).toEqual([{ t: '5', 'of t': 'text', 'of b': 'integer', 'of i': 'integer', 'of r': 'real' }]);
  });
});

/** What both say of a refusal. */
function verdict(error: unknown): string {
  return /\w+ constraint failed: [\w., ]+/.exec(String(error))?.[0] ?? String(error);
}

const asBuffer = (one: SqliteValue): unknown =>
  one instanceof Uint8Array ? Buffer.from(one) : one;
