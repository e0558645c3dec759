import fc from 'fast-check';
import { type MasterRow, readTable, readTables } from '../../src/driver/schema/definition';
import { planChange, type Schema } from '../../src/driver/schema/plan';
import { describeOn, engineNamed, type TestDatabase } from '../support/engines';
import { assertProperty, runs } from '../support/runs';
import { define, FAMILY, PLAIN, ROWS, type Shape, schema, withAmount } from './family';

/** How the statements of a change reach a database: with no help from it, and as a migration is sent. */
const WAYS = [
  { way: 'one by one to a SQLite file', engine: 'sqlite', send: oneByOne, count: runs(30, 150) },
  { way: 'one by one to D1', engine: 'd1', send: oneByOne, count: runs(10, 75) },
  { way: 'as one batch to D1', engine: 'd1', send: asOneBatch, count: runs(10, 75) },
] as const;

async function oneByOne(database: TestDatabase, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await database.exec(statement);
}

async function asOneBatch({ binding }: TestDatabase, statements: readonly string[]): Promise<void> {
  if (statements.length > 0) await binding!.batch(statements.map((sql) => binding!.prepare(sql)));
}

type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

for (const { way, engine, send, count } of WAYS)
  describeOn(engine, `B1 a rebuild sent ${way}, foreign keys always on`, () => {
    let database: TestDatabase;

    beforeAll(async () => {
      database = await engineNamed(engine).createDatabase({ host: 'none' });
    });

    const read = async (): Promise<Schema> =>
      readTables(
        await database.sql<MasterRow & Record<string, unknown>>(
          `SELECT * FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
        ),
      );

    const parts = (one: Schema): unknown =>
      Object.fromEntries(
        [...one].map(([name, table]) => [
          name,
          [...table.definitions.values(), ...table.indexes.values()]
            .map(({ canonical }) => canonical)
            .sort(),
        ]),
      );

    const run = (from: Schema, to: Schema): Promise<void> => send(database, planChange(from, to));

    const rows = async (): Promise<Rows> => {
      const result: Record<string, Rows[string]> = {};
      for (const name of Object.keys(FAMILY))
        result[name] = await database.sql(`SELECT * FROM "${name}" ORDER BY id`);
      return result;
    };

    /** Whether the rows can be had in that schema: nothing fills in a required column. */
    const fits = (before: Rows, to: Schema): boolean =>
      [...to].every(([name, table]) => {
        const amount = table.definitions.get('column amount')?.canonical ?? '';
        const required = amount.endsWith('not null');
        return before[name]!.every(
          (row) =>
            !(required && (row.amount ?? null) === null) &&
            !(amount.includes('not null') && row.amount === null),
        );
      });

    /** Goes from what there is to `to`, and looks that every row and key is still there. */
    const change = async (to: Schema): Promise<number> => {
      const before = await rows();
      const statements = planChange(await read(), to);
      await send(database, statements);
      const after = await rows();
      for (const [name, lines] of Object.entries(before)) {
        expect(after[name]).toHaveLength(lines.length);
        for (const [index, line] of lines.entries()) {
          expect(line).toMatchObject(
            Object.fromEntries(Object.entries(after[name]![index]!).filter(([key]) => key in line)),
          );
        }
      }
      expect(parts(await read())).toEqual(parts(to));
      expect(planChange(await read(), to)).toEqual([]);
      expect(await database.sql('PRAGMA foreign_key_check')).toEqual([]);
      return statements.some((sql) => sql.includes('RENAME TO')) ? 1 : 0;
    };

    it('U7 B3 keeps every row and key of parents, children and grandchildren, up and down', async () => {
      let rebuilds = 0;
      await assertProperty(
        fc.asyncProperty(schema, schema, async (from, to) => {
          await run(new Map(), from);
          for (const [index, name] of Object.keys(FAMILY).entries()) {
            await database.exec(withAmount(ROWS[index] ?? '', from.get(name)!));
          }
          if (fits(await rows(), to)) {
            rebuilds += await change(to);
            if (fits(await rows(), from)) rebuilds += await change(from);
          }
          await run(await read(), new Map());
          expect(await read()).toEqual(new Map());
        }),
        { numRuns: count, seed: Number(process.env.FC_SEED ?? 20261120) },
      );
      expect(rebuilds).toBeGreaterThan(count / 2);
    });

    it.each(['none', 'tight'] as const)(
      'B3 a column with a new name keeps its values, with check %s',
      async (check) => {
        const table = (column: string, kind: Shape['check']): Schema => {
          const { sql } = define('parent', [], { ...PLAIN, note: true, check: kind });
          return new Map([
            ['parent', readTable('parent', sql.replace('"note"', `"${column}"`), [])],
          ]);
        };
        await run(new Map(), table('note', 'none'));
        await database.exec(`INSERT INTO parent (id, note) VALUES (1, 'kept')`);
        await run(await read(), table('remark', check));
        expect(await database.sql('SELECT id, remark FROM parent')).toEqual([
          { id: 1, remark: 'kept' },
        ]);
        await run(await read(), table('note', 'none'));
        expect(await database.sql('SELECT id, note FROM parent')).toEqual([
          { id: 1, note: 'kept' },
        ]);
        await run(await read(), new Map());
      },
    );

    it('B3 a column whose name is a keyword keeps its values', async () => {
      const columns = [
        'primary',
        'unique',
        'check',
        'foreign',
        'constraint',
        'references',
        'table',
      ];
      const table = (check: string): Schema => {
        const sql = `CREATE TABLE "parent" ("id" integer NOT NULL, ${columns.map((one) => `"${one}" text`).join(', ')}${check})`;
        return new Map([['parent', readTable('parent', sql, [])]]);
      };
      await run(new Map(), table(''));
      const names = columns.map((one) => `"${one}"`).join(', ');
      await database.exec(
        `INSERT INTO parent (id, ${names}) VALUES (1${`, 'kept'`.repeat(columns.length)})`,
      );
      await run(await read(), table(', CONSTRAINT "ck" CHECK ("id" > 0)'));
      expect(await database.sql('SELECT * FROM parent')).toEqual([
        { id: 1, ...Object.fromEntries(columns.map((one) => [one, 'kept'])) },
      ]);
      await run(await read(), new Map());
    });

    it('B1 makes the triggers of a rebuilt table again', async () => {
      const from = new Map([
        [
          'parent',
          define('parent', [], {
            note: true,
            amount: 'none',
            check: 'none',
            unique: false,
            index: 'none',
          }),
        ],
      ]);
      await run(new Map(), from);
      await database.exec(
        `CREATE TRIGGER "guard" BEFORE DELETE ON "parent" BEGIN SELECT RAISE(ABORT, 'kept'); END`,
      );
      const live = await read();
      const to = define('parent', [], {
        note: true,
        amount: 'none',
        check: 'tight',
        unique: false,
        index: 'none',
      });
      await run(live, new Map([['parent', { ...to, triggers: live.get('parent')!.triggers }]]));
      await database.exec('INSERT INTO parent (id) VALUES (1)');
      await expect(database.exec('DELETE FROM parent')).rejects.toThrow('kept');
    });
  });

describe('B1 the plan of a change', () => {
  it('B1 compares by meaning: quotes, case, comments and line breaks make no difference', () => {
    const one = readTable(
      't',
      `CREATE TABLE "t" ("id" integer NOT NULL, CONSTRAINT "ck" CHECK (x IN ('A', 'b')))`,
      [],
    );
    const other = readTable(
      't',
      `create table t (\n  id INTEGER not null, -- the key\n  constraint ck check (X in ('A','b')) /* , */\n)`,
      [],
    );
    expect(planChange(new Map([['t', one]]), new Map([['t', other]]))).toEqual([]);
    const changed = readTable(
      't',
      `create table t (id integer not null, constraint ck check (x in ('a','b')))`,
      [],
    );
    expect(planChange(new Map([['t', one]]), new Map([['t', changed]]))).not.toEqual([]);
  });

  it('B1 adds and drops a plain column without copying the table', () => {
    const one = define('parent', [], {
      note: false,
      amount: 'none',
      check: 'loose',
      unique: false,
      index: 'none',
    });
    const other = define('parent', [], {
      note: true,
      amount: 'default',
      check: 'loose',
      unique: false,
      index: 'plain',
    });
    expect(planChange(new Map([['parent', one]]), new Map([['parent', other]]))).toEqual([
      `ALTER TABLE "parent" ADD COLUMN "note" text DEFAULT 'a, (b) "c"'`,
      'ALTER TABLE "parent" ADD COLUMN "amount" integer NOT NULL DEFAULT 7',
      'CREATE INDEX "ix_parent" ON "parent" ("id")',
    ]);
    expect(planChange(new Map([['parent', other]]), new Map([['parent', one]]))).toEqual([
      'DROP INDEX "ix_parent"',
      'ALTER TABLE "parent" DROP COLUMN "note"',
      'ALTER TABLE "parent" DROP COLUMN "amount"',
    ]);
  });
});
