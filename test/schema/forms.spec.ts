import { engines, type TestDatabase, type TestEngine } from '../support/engines';
import { createBillingDatabase, startAfresh } from './billing-database';
import {
  formOf,
  isForeign,
  insertionOf,
  OUT_OF_RANGE,
  PLACES,
  type Place,
  RIGHT,
  WRONG,
} from './wrong-values';

describe.each(engines)('B6 the forms of values on $name, in plain SQL', (engine) => {
  const database = onBilling(engine);
  const { dialect } = engine;
  const places = PLACES.filter(
    (place) => formOf(dialect, place) !== undefined || (dialect === 'sqlite' && isForeign(place)),
  );

  it.each(places)('$table $column refuses what a $type is not', async (place) => {
    const all = dialect === 'postgres' ? OUT_OF_RANGE : (WRONG[place.type] ?? []);
    // A statement to D1 is a request: it is shown all of them for one column of each type.
    const literals = engine.name === 'd1' && place !== firstOf(place.type) ? all.slice(-6) : all;
    const outcomes = await Promise.all(
      literals.map(async (literal) => [literal, await outcomeOf(database(), place, literal)]),
    );
    // Postgres asks the CHECKs in the order of their names, and so that of a period first.
    const refusal =
      dialect === 'postgres'
        ? `violates check constraint "ck_${place.table}_${place.column.replace(/_(start|end)$/, '')}`
        : isForeign(place)
          ? 'FOREIGN KEY constraint failed'
          : `CHECK constraint failed: ${formOf(dialect, place)}`;
    expect(outcomes.length).toBeGreaterThan(4);
    expect(outcomes.filter(([, outcome]) => !outcome?.includes(refusal))).toEqual([]);
  });

  it.each(Object.keys(RIGHT))('a %s takes what it is', async (type) => {
    const place = firstOf(type);
    // Postgres has no assignment of a whole number to a boolean.
    const literals = (RIGHT[type] ?? []).filter(
      (literal) => dialect !== 'postgres' || type !== 'boolean' || !/^\d$/.test(literal),
    );
    const outcomes: string[] = [];
    for (const literal of literals) outcomes.push(await outcomeOf(database(), place, literal));
    expect(outcomes).toEqual(literals.map(() => 'accepted'));
  });
});

describe.each(engines.filter(({ dialect }) => dialect === 'sqlite'))(
  'B6 the form of instants on $name',
  (engine) => {
    const database = onBilling(engine);

    it('accepts each millisecond', async () => {
      const moments = Array.from({ length: 3000 }, (_, index) =>
        new Date((index * 84_435_691_573 + 7 * index ** 2) % 253_402_300_800_000)
          .toISOString()
          .slice(0, 23)
          .replace('T', ' '),
      );
      await database().sql(
        `INSERT INTO plans (id, name, created_at) SELECT printf('0198c0de-0000-7000-8000-%012x', key), ` +
          `'Each ' || key, value FROM json_each($1)`,
        [JSON.stringify(moments)],
      );
      const rows = await database().sql<{ created_at: string }>(
        `SELECT created_at FROM plans WHERE name GLOB 'Each *' ORDER BY id`,
      );
      expect(rows.map(({ created_at }) => created_at)).toEqual(moments);
    });

    it("is what strftime('%Y-%m-%d %H:%M:%f', 'now') writes", async () => {
      const { sql, id } = insertionOf(
        { table: 'plans', column: 'created_at', type: 'timestamptz', beside: {} },
        `strftime('%Y-%m-%d %H:%M:%f','now')`,
      );
      await database().sql(sql);
      await database().sql(
        `UPDATE plans SET updated_at = strftime('%Y-%m-%d %H:%M:%f','now','+1 day') WHERE id = ${id}`,
      );
    });
  },
);

const firstOf = (type: string): Place => PLACES.find((place) => place.type === type)!;

function onBilling(engine: TestEngine): () => TestDatabase {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
    await startAfresh(database);
  });
  return () => database;
}

/** What is said of a row with this value; it is gone again. */
async function outcomeOf(database: TestDatabase, place: Place, literal: string): Promise<string> {
  const { sql, id } = insertionOf(place, literal);
  return database.sql(sql).then(
    async () => {
      await database.sql(`DELETE FROM "${place.table}" WHERE id = ${id}`);
      return 'accepted';
    },
    (error: unknown) => String(error),
  );
}
