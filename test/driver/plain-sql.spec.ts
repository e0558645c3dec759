import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { startAfresh } from '../schema/billing-database';
import { insertionOf, PLACES } from '../schema/wrong-values';
import { openBilling } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';
import { assertProperty, runs } from '../support/runs';

const seed = Number(process.env.FC_SEED ?? 20_260_301);
const literals = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => `'${text.replaceAll(/['\0]/g, '')}'`),
  fc.json().map((text) => `'${text.replaceAll("'", "''")}'`),
  fc.uuid().map((text) => `'${text}'`),
  fc.date({ noInvalidDate: true }).map((date) => `'${date.toISOString()}'`),
  fc
    .date({ noInvalidDate: true })
    .map((date) => `'${date.toISOString().slice(0, -1).replace('T', ' ')}'`),
  fc
    .oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
    .map(String),
  fc.constantFrom("X'00'", "X'7B7D'", 'true', 'false', "'{}'", '1e300'),
);

describe.each(engines)('B6 random values in plain SQL on $name', ({ name, createDatabase }) => {
  it('what is accepted never spoils a find', async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    await startAfresh(database);
    let accepted = 0;
    const property = fc.asyncProperty(
      fc.constantFrom(...PLACES),
      literals,
      async (place, literal) => {
        const { sql, id } = insertionOf(place, literal);
        if (!(await taken(database, sql))) return;
        accepted += 1;
        await find(dataSource, place.table);
        await database.sql(`DELETE FROM "${place.table}" WHERE id = ${id}`);
      },
    );
    await assertProperty(property, {
      seed,
      numRuns: name === 'd1' ? runs(150, 1500) : runs(600, 6000),
    });
    expect(accepted).toBeGreaterThan(20);
  });
});

const taken = (database: TestDatabase, sql: string): Promise<boolean> =>
  database.sql(sql).then(
    () => true,
    () => false,
  );

async function find(dataSource: DataSource, table: string): Promise<void> {
  const metadata = dataSource.entityMetadatas.find(({ tableName }) => tableName === table);
  const rows = await dataSource.getRepository(metadata?.target ?? table).find();
  for (const row of rows) {
    for (const value of Object.values(row)) {
      if (value instanceof Date) expect(value.getTime()).not.toBeNaN();
      if (typeof value === 'number') expect(Number.isSafeInteger(value)).toBe(true);
    }
  }
}
