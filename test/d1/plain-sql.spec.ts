import { type DataSource, LessThan, MoreThan } from 'typeorm';
import { startAfresh } from '../schema/billing-database';
import { insertionOf, PLACES, type Place, RIGHT } from '../schema/wrong-values';
import { openBilling } from '../support/data-source';
import { type EngineName, engines, type TestDatabase } from '../support/engines';

const UUID = '0198c0de-0000-7000-8000-00000000000a';

/** Each is written to every column. */
const LITERALS: readonly string[] = [
  ...["'2026-03-01T10:00:00.000Z'", "'2026-03-01T10:00:00.000'", "'2026-03-01 10:00:00+02'"],
  ...["'2026-03-01 10:00:00'", "'2026-03-01'", "'2026-02-30 10:00:00.000'", "'infinity'", "'now'"],
  ...["'10000-01-01 00:00:00.000'", "'0000-01-01 00:00:00.000'", "'soon'", "''", "'abc'", "'12'"],
  ...['1772359200', '1772359200000', '-1', '0', '1', '2', '1.5', '19.99', '99999999999999999999'],
  ...["'true'", "'false'", 'true', "X'00'", "X'6162'", "'a' || char(0) || 'b'", 'NULL', "'usd'"],
  ...[`'${UUID.toUpperCase()}'`, `'${UUID.replaceAll('-', '')}'`, "'{a:1}'", "'[1]'", "'null'"],
  ...[`'{"a":"\\u0000"}'`, `'{"a":"\\ud800"}'`],
  ...new Set(Object.values(RIGHT).map(([literal = '']) => literal)),
];

/** To a column of text, which takes almost anything. */
const TEXTS: readonly string[] = [
  ...["''", "'abc'", "'a' || char(0) || 'b'", "X'00'", "X'6162'", '1.5', 'NULL', "'USD'", "'usd'"],
];

/** What SQLite makes a whole number before a CHECK sees it, and what is a boolean there. */
const CONVERTED: Readonly<Partial<Record<string, RegExp>>> = {
  boolean: /^'?[01](\.0)?'?$/,
  ...Object.fromEntries(
    ['bigint', 'integer', 'smallint'].map((type) => [type, /^(true|false|'1\.0')$/]),
  ),
};

interface Opened {
  readonly database: TestDatabase;
  readonly dataSource: DataSource;
}

describe('B6 plain SQL', () => {
  const opened = new Map<EngineName, Opened>();
  beforeAll(async () => {
    for (const { name, createDatabase } of engines) {
      const one = await openBilling(createDatabase, { host: 'rows' });
      await startAfresh(one.database);
      opened.set(name, one);
    }
  });

  it.each(PLACES)(
    'what Postgres refuses in $table $column, all refuse, and what is stored is read and found',
    async (place) => {
      const outcomes = new Map<EngineName, Map<string, Outcome>>();
      const literals = /char|text/.test(place.type) ? TEXTS : LITERALS;
      // A statement to D1 is a request: it is shown one column of each type and table.
      const names = engineNames(place);
      await Promise.all(
        names.map(async (name) => {
          const one = opened.get(name)!;
          const found = new Map<string, Outcome>();
          for (const literal of literals) found.set(literal, await outcomeOf(one, place, literal));
          outcomes.set(name, found);
        }),
      );
      const of = (name: EngineName, literal: string): Outcome =>
        outcomes.get(name)?.get(literal) ?? { kind: 'refused' };

      if (names.includes('d1')) expect(outcomes.get('d1')).toEqual(outcomes.get('sqlite'));
      const taken = literals.filter(
        (literal) =>
          of('postgres', literal).kind === 'refused' && of('sqlite', literal).kind !== 'refused',
      );
      expect(taken.filter((literal) => !CONVERTED[place.type]?.test(literal))).toEqual([]);
      for (const [name, found] of outcomes) {
        const bad = [...found].filter(([, { kind }]) => kind === 'misread');
        expect([name, bad]).toEqual([name, []]);
        expect([...found.values()]).toContainEqual({ kind: 'refused' });
      }
    },
  );
});

function engineNames({ table, column, type }: Place): EngineName[] {
  const first = PLACES.find((place) => place.table === table && place.type === type);
  return first?.column === column ? ['postgres', 'sqlite', 'd1'] : ['postgres', 'sqlite'];
}

interface Outcome {
  readonly kind: 'refused' | 'right' | 'misread';
  readonly value?: unknown;
}

/** Writes the literal by plain SQL, and reads and searches it by the entity; the row is gone again. */
async function outcomeOf(one: Opened, place: Place, literal: string): Promise<Outcome> {
  const { database, dataSource } = one;
  const { table, column } = place;
  const { sql, id } = insertionOf(place, literal);
  try {
    await database.sql(sql);
  } catch {
    return { kind: 'refused' };
  }
  const metadata = dataSource.entityMetadatas.find(({ tableName }) => tableName === table);
  const repository = dataSource.getRepository(metadata?.target ?? table);
  const property = metadata?.findColumnWithDatabaseName(column)?.propertyName ?? column;
  const [row] = (await repository.find()).filter(
    (found) => column === 'id' || `'${String(found.id)}'` === id,
  );
  const value: unknown = row?.[property];
  const criteria =
    value instanceof Date
      ? [
          { [property]: value },
          { [property]: LessThan(new Date(+value + 1)) },
          { [property]: MoreThan(new Date(+value - 1)) },
        ]
      : value === null || place.type === 'jsonb'
        ? []
        : [{ [property]: value }];
  const counts = await Promise.all(
    criteria.map((where) =>
      repository.countBy({ ...(column !== 'id' && { id: row?.id as unknown }), ...where }),
    ),
  );
  await database.sql(`DELETE FROM "${table}" WHERE id = ${id}`);
  const right = value === null || isOfType(place, value);
  return { kind: right && counts.every((count) => count === 1) ? 'right' : 'misread', value };
}

function isOfType({ type }: Place, value: unknown): boolean {
  switch (type) {
    case 'timestamptz':
      return value instanceof Date && value.getUTCFullYear() > 0 && value.getUTCFullYear() < 10_000;
    case 'boolean':
      return typeof value === 'boolean';
    case 'bigint':
    case 'integer':
    case 'smallint':
      return Number.isSafeInteger(value);
    case 'jsonb':
      return typeof value === 'object';
    default:
      return typeof value === 'string' && !/[\uD800-\uDFFF\0]/u.test(value);
  }
}
