import fc from 'fast-check';
import {
  type MasterRow,
  readTable,
  readTables,
  type TableDefinition,
} from '../../src/engines/sqlite-family/definition';
import { planChange, type Schema } from '../../src/engines/sqlite-family/plan';
import { engines, type TestDatabase } from '../support/engines';

/** What one table may have or not; its keys and the foreign keys of the family are always there. */
interface Shape {
  readonly note: boolean;
  readonly amount: 'none' | 'nullable' | 'default' | 'required';
  readonly check: 'none' | 'loose' | 'tight';
  readonly unique: boolean;
  readonly index: 'none' | 'plain' | 'partial';
}

const PLAIN: Shape = { note: false, amount: 'none', check: 'none', unique: false, index: 'none' };

const shape: fc.Arbitrary<Shape> = fc.record({
  note: fc.boolean(),
  amount: fc.constantFrom('none', 'nullable', 'default', 'required'),
  check: fc.constantFrom('none', 'loose', 'tight'),
  unique: fc.boolean(),
  index: fc.constantFrom('none', 'plain', 'partial'),
});

const AMOUNT = {
  none: [],
  nullable: ['"amount" integer'],
  default: ['"amount" integer NOT NULL DEFAULT 7'],
  required: ['"amount" integer NOT NULL'],
};

/** Foreign keys, parents above: a child of two, a grandchild, and one that references itself. */
const FAMILY: Readonly<Record<string, readonly string[]>> = {
  parent: [],
  child: ['"parent_id" integer NOT NULL REFERENCES "parent" ("id") ON DELETE CASCADE'],
  selfish: [
    '"parent_id" integer REFERENCES "parent" ("id") ON DELETE SET NULL',
    '"next_id" integer REFERENCES "selfish" ("id") ON DELETE CASCADE',
  ],
  grandchild: [
    '"child_id" integer NOT NULL REFERENCES "child" ("id") ON DELETE RESTRICT',
    '"selfish_id" integer REFERENCES "selfish" ("id") ON DELETE CASCADE',
  ],
};

function define(name: string, keys: readonly string[], one: Shape): TableDefinition {
  const checks = {
    none: [],
    loose: [`CONSTRAINT "ck_${name}" CHECK ("id" > 0)`],
    tight: [
      `CONSTRAINT "ck_${name}" CHECK ("id" > 0 AND "id" IN (1, 2, 3)),\n  CONSTRAINT "ck2_${name}" CHECK ("id" <> '),')`,
    ],
  };
  const parts = [
    '"id" integer NOT NULL',
    ...keys,
    ...(one.note ? [`"note" text DEFAULT 'a, (b) "c"'`] : []),
    ...AMOUNT[one.amount],
    `CONSTRAINT "pk_${name}" PRIMARY KEY ("id")`,
    ...(one.unique ? [`CONSTRAINT "uq_${name}" UNIQUE ("id")`] : []),
    ...checks[one.check],
  ];
  const where = one.index === 'partial' ? ' WHERE "id" < 3' : '';
  const indexes =
    one.index === 'none' ? [] : [`CREATE INDEX "ix_${name}" ON "${name}" ("id")${where}`];
  return readTable(name, `CREATE TABLE "${name}" (\n  ${parts.join(',\n  ')}\n)`, indexes);
}

const schema: fc.Arbitrary<Schema> = fc
  .record({ parent: shape, child: shape, selfish: shape, grandchild: shape })
  .map(
    (shapes) =>
      new Map(
        Object.entries(shapes).map(([name, one]) => [name, define(name, FAMILY[name] ?? [], one)]),
      ),
  );

const ROWS = [
  'INSERT INTO parent (id) VALUES (1), (2), (3)',
  'INSERT INTO child (id, parent_id) VALUES (1, 1), (2, 1), (3, 3)',
  'INSERT INTO selfish (id, parent_id, next_id) VALUES (1, 1, 1), (2, 2, 1), (3, NULL, 2)',
  'INSERT INTO grandchild (id, child_id, selfish_id) VALUES (1, 1, 3), (2, 1, NULL), (3, 3, 1)',
];

const withAmount = (sql: string, one: TableDefinition): string =>
  one.definitions.get('column amount')?.canonical.endsWith('not null')
    ? sql.replace(' (id', ' (amount, id').replaceAll(/\((?=\d)/g, '(9, ')
    : sql;

describe('B1 a rebuild on SQLite, foreign keys always on', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await engines
      .find(({ name }) => name === 'sqlite')!
      .createDatabase({ host: 'none' });
  });

  afterAll(() => database.close());

  const read = async (): Promise<Schema> =>
    readTables(
      await database.sql<MasterRow & Record<string, unknown>>(
        `SELECT * FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'`,
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

  const run = async (from: Schema, to: Schema): Promise<void> => {
    // One after the other and without a transaction: no help from the engine.
    for (const statement of planChange(from, to)) await database.exec(statement);
  };

  const rows = async (): Promise<Record<string, Record<string, unknown>[]>> => {
    const result: Record<string, Record<string, unknown>[]> = {};
    for (const name of Object.keys(FAMILY))
      result[name] = await database.sql(`SELECT * FROM "${name}" ORDER BY id`);
    return result;
  };

  it('U7 B3 keeps every row and key of parents, children and grandchildren, whatever changes', async () => {
    let rebuilds = 0;
    await fc.assert(
      fc.asyncProperty(schema, schema, async (from, to) => {
        await run(new Map(), from);
        for (const [index, name] of Object.keys(FAMILY).entries()) {
          await database.exec(withAmount(ROWS[index] ?? '', from.get(name)!));
        }
        const before = await rows();
        // A required column without a default can't be filled in for rows that are there.
        const impossible =
          [...to].some(
            ([name, table]) =>
              table.definitions.get('column amount')?.canonical.endsWith('not null') &&
              before[name]!.some((row) => (row.amount ?? null) === null),
          ) ||
          [...to].some(
            ([name, table]) =>
              table.definitions.get('column amount')?.canonical.includes('not null') &&
              before[name]!.some((row) => 'amount' in row && row.amount === null),
          );
        if (!impossible) {
          rebuilds += planChange(await read(), to).some((sql) => sql.includes('RENAME TO')) ? 1 : 0;
          await run(await read(), to);
          const after = await rows();
          for (const [name, lines] of Object.entries(before)) {
            expect(after[name]).toHaveLength(lines.length);
            for (const [index, line] of lines.entries()) {
              const kept = Object.keys(after[name]![index]!).filter((column) => column in line);
              for (const column of kept) expect(after[name]![index]![column]).toEqual(line[column]);
            }
          }
          expect(parts(await read())).toEqual(parts(to));
          expect(planChange(await read(), to)).toEqual([]);
          expect(await database.sql('PRAGMA foreign_key_check')).toEqual([]);
        }
        await run(await read(), new Map());
        expect(await read()).toEqual(new Map());
      }),
      { numRuns: 150, seed: Number(process.env.FC_SEED ?? 20261120) },
    );
    expect(rebuilds).toBeGreaterThan(50);
  }, 120_000);

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

  it.each(['none', 'tight'] as const)(
    'B3 a column with a new name keeps its values, with check %s',
    async (check) => {
      const table = (column: string, kind: Shape['check']): Schema => {
        const { sql } = define('parent', [], { ...PLAIN, note: true, check: kind });
        return new Map([['parent', readTable('parent', sql.replace('"note"', `"${column}"`), [])]]);
      };
      await run(new Map(), table('note', 'none'));
      await database.exec(`INSERT INTO parent (id, note) VALUES (1, 'kept')`);
      await run(await read(), table('remark', check));
      expect(await database.sql('SELECT id, remark FROM parent')).toEqual([
        { id: 1, remark: 'kept' },
      ]);
      await run(await read(), table('note', 'none'));
      expect(await database.sql('SELECT id, note FROM parent')).toEqual([{ id: 1, note: 'kept' }]);
      await run(await read(), new Map());
    },
  );

  it('B3 a column whose name is a keyword keeps its values', async () => {
    const columns = ['primary', 'unique', 'check', 'foreign', 'constraint', 'references', 'table'];
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
