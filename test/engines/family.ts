import fc from 'fast-check';
import { readTable, type TableDefinition } from '../../src/driver/schema/definition';
import type { Schema } from '../../src/driver/schema/plan';

/** What one table may have or not; its keys and the foreign keys of the family are always there. */
export interface Shape {
  readonly note: boolean;
  readonly amount: 'none' | 'nullable' | 'default' | 'required';
  readonly check: 'none' | 'loose' | 'tight';
  readonly unique: boolean;
  readonly index: 'none' | 'plain' | 'partial';
}

export const PLAIN: Shape = {
  note: false,
  amount: 'none',
  check: 'none',
  unique: false,
  index: 'none',
};

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
export const FAMILY: Readonly<Record<string, readonly string[]>> = {
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

export function define(name: string, keys: readonly string[], one: Shape): TableDefinition {
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

export const schema: fc.Arbitrary<Schema> = fc
  .record({ parent: shape, child: shape, selfish: shape, grandchild: shape })
  .map(
    (shapes) =>
      new Map(
        Object.entries(shapes).map(([name, one]) => [name, define(name, FAMILY[name] ?? [], one)]),
      ),
  );

export const ROWS = [
  'INSERT INTO parent (id) VALUES (1), (2), (3)',
  'INSERT INTO child (id, parent_id) VALUES (1, 1), (2, 1), (3, 3)',
  'INSERT INTO selfish (id, parent_id, next_id) VALUES (1, 1, 1), (2, 2, 1), (3, NULL, 2)',
  'INSERT INTO grandchild (id, child_id, selfish_id) VALUES (1, 1, 3), (2, 1, NULL), (3, 3, 1)',
];

export const withAmount = (sql: string, one: TableDefinition): string =>
  one.definitions.get('column amount')?.canonical.endsWith('not null')
    ? sql.replace(' (id', ' (amount, id').replaceAll(/\((?=\d)/g, '(9, ')
    : sql;
