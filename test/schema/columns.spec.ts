import { BILLING_TABLES, type BillingTableName } from '../support/billing-tables';
import { type Dialect, engines, type TestDatabase } from '../support/engines';
import {
  createBillingDatabase,
  insert,
  rowOf,
  startAfresh,
  store,
  validRow,
} from './billing-database';
import { COLUMNS, type ExpectedColumn, NOW } from './expected-columns';
import { expectRefused } from './refusal';

type LiveColumns = Record<string, { readonly type: string; readonly nullable: boolean }>;

/** Every column that is NOT NULL, with its table. */
const REQUIRED = BILLING_TABLES.flatMap((table) =>
  Object.entries(COLUMNS[table])
    .filter(([, { nullable }]) => !nullable)
    .map(([column, spec]) => ({ table, column, hasDefault: spec.default !== undefined })),
);

describe.each(engines)('T3, U1 the columns on $name', (engine) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
  });
  beforeEach(() => startAfresh(database));

  it.each(BILLING_TABLES)('%s has those agreed on, of their types', async (table) => {
    const expected = Object.entries(COLUMNS[table]).map(([column, { type, nullable }]) => [
      column,
      { type: engine.dialect === 'postgres' ? type : sqliteType(type), nullable },
    ]);
    expect(await liveColumns(database, table)).toEqual(Object.fromEntries(expected));
  });

  it.each(REQUIRED)('$table.$column is NOT NULL', async ({ table, column, hasDefault }) => {
    const reason = { kind: 'not null', table, column } as const;
    const { [column]: _value, ...rest } = validRow(table);
    await expectRefused(database, reason, () =>
      insert(database, table, { ...rest, [column]: null }),
    );
    // SQLite has no function that makes a uuid: there an id must be given.
    if (!hasDefault || (column === 'id' && engine.dialect === 'sqlite')) {
      await expectRefused(database, reason, () => insert(database, table, rest));
    }
    await insert(database, table, validRow(table));
  });

  it.each(BILLING_TABLES)('%s fills in what a row leaves out', async (table) => {
    const given = validRow(table);
    const before = Date.now();
    await insert(database, table, given);
    const after = Date.now();
    const { created_at, updated_at, ...stored } = await rowOf(database, table, String(given.id));

    const expected = Object.entries(COLUMNS[table])
      .filter(([, spec]) => spec.default !== NOW)
      .map(([column, spec]) => [
        column,
        storedValue(engine.dialect, spec, column in given ? given[column] : spec.default),
      ]);
    expect(stored).toEqual(Object.fromEntries(expected));
    for (const value of [created_at, updated_at]) {
      // Postgres rounds to the millisecond, up too.
      expect(instantOf(value)).toBeGreaterThanOrEqual(before - 1);
      expect(instantOf(value)).toBeLessThanOrEqual(after + 1);
    }
  });

  it.each([
    { table: 'plans', column: 'features' } as const,
    { table: 'subscription_plans', column: 'features' } as const,
    ...BILLING_TABLES.map((table) => ({ table, column: 'metadata' })),
  ])('$table.$column is JSON', async ({ table, column }) => {
    for (const text of ['', 'nonsense', '{"a": 1', '{"a": 1}}']) {
      await expect(store(database, table, { [column]: text })).rejects.toThrow(/json|ck_\w+/i);
    }
    await store(database, table, { [column]: '{"a": 1}' });
  });

  if (engine.dialect === 'postgres') {
    it.each(BILLING_TABLES)('%s makes an id of its own', async (table) => {
      const { id: _id, ...rest } = validRow(table);
      const before = new Set((await database.sql<{ id: string }>(ids(table))).map(({ id }) => id));
      await insert(database, table, rest);
      const made = (await database.sql<{ id: string }>(ids(table))).filter(
        ({ id }) => !before.has(id),
      );
      expect(made).toEqual([
        { id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){4}/) as string },
      ]);
    });
  }
});

const ids = (table: string): string => `SELECT id FROM "${table}"`;

async function liveColumns(database: TestDatabase, table: BillingTableName): Promise<LiveColumns> {
  const rows = await database.sql<{ name: string; type: string; nullable: boolean | number }>(
    database.dialect === 'postgres' ? POSTGRES_COLUMNS : SQLITE_COLUMNS,
    [table],
  );
  return Object.fromEntries(
    rows.map(({ name, type, nullable }) => [name, { type, nullable: Boolean(nullable) }]),
  );
}

const POSTGRES_COLUMNS = `
SELECT column_name AS name, is_nullable = 'YES' AS nullable,
       CASE data_type
         WHEN 'character varying' THEN 'varchar(' || character_maximum_length || ')'
         WHEN 'character' THEN 'char(' || character_maximum_length || ')'
         WHEN 'timestamp with time zone' THEN 'timestamptz(' || datetime_precision || ')'
         ELSE data_type
       END AS type
FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`;

const SQLITE_COLUMNS = `
SELECT name, lower(type) AS type, "notnull" = 0 AS nullable FROM pragma_table_xinfo($1)`;

/** What stores a Postgres type's values on SQLite; the other types have the same name there. */
function sqliteType(type: string): string {
  if (type.startsWith('timestamptz')) return 'datetime';
  return type === 'uuid' || type === 'jsonb' ? 'text' : type;
}

/** A value as the plain driver gives it back. */
function storedValue(dialect: Dialect, { type }: ExpectedColumn, value: unknown): unknown {
  if (value === null) return null;
  if (dialect === 'postgres')
    return type === 'bigint' && typeof value === 'number' ? String(value) : value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return type === 'jsonb' ? JSON.stringify(value) : value;
}

/** Milliseconds of a default timestamp; SQLite's must be text that sorts as time does. */
function instantOf(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  const text = value as string;
  expect(text).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
  return Date.parse(`${text}Z`);
}
