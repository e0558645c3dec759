import { check, migrate } from '../../src';
import { BILLING_TABLES } from '../support/billing-tables';
import { openBilling, openDataSource } from '../support/data-source';
import { catalogOf, engineNamed } from '../support/engines';

interface Part {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

const CHECKS = `
  SELECT conrelid::regclass::text AS "table", conname AS "name", pg_get_constraintdef(oid) AS "definition"
  FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace ORDER BY 1, 2`;

const INDEXES = `
  SELECT tablename AS "table", indexname AS "name", indexdef AS "definition"
  FROM pg_indexes WHERE schemaname = 'public' AND indexname ~ '^(ix|uq)_' AND indexdef ~ ' WHERE ' ORDER BY 1, 2`;

describe('T6 drift on postgres', () => {
  it('T6 what was dumped and restored, twice, is no difference', async () => {
    const database = await engineNamed('postgres').createDatabase();
    const dataSource = await openDataSource(database);
    await migrate(dataSource);
    for (let round = 0; round < 2; round++) {
      // What pg_restore does: Postgres reads its own text again, and may write it differently.
      const checks = await database.sql<Part & Record<string, unknown>>(CHECKS);
      for (const { table, name, definition } of checks) {
        await database.exec(
          `ALTER TABLE ${table} DROP CONSTRAINT ${name}, ADD CONSTRAINT ${name} ${definition}`,
        );
      }
      const indexes = await database.sql<Part & Record<string, unknown>>(INDEXES);
      for (const { name, definition } of indexes)
        await database.exec(`DROP INDEX ${name}; ${definition}`);
      expect(checks.length + indexes.length).toBeGreaterThan(60);
      expect(await check(dataSource)).toEqual([]);
    }
  });

  it.each([
    ['UNIQUE constraints', 'u'],
    ['foreign keys', 'f'],
    ['CHECKs', 'c'],
  ])('T6 %s that were dropped are made again under their own names', async (_what, type) => {
    const { database, dataSource } = await openBilling(engineNamed('postgres').createDatabase);
    const before = await catalogOf(database, BILLING_TABLES);
    const dropped = await database.sql<Pick<Part, 'table' | 'name'>>(
      `SELECT conrelid::regclass::text AS "table", conname AS "name" FROM pg_constraint
       WHERE contype = $1 AND conrelid::regclass::text = ANY ($2)`,
      [type, BILLING_TABLES],
    );
    expect(dropped.length).toBeGreaterThan(5);
    for (const { table, name } of dropped) {
      await database.exec(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
    }
    const statements = await check(dataSource);
    expect(statements).toHaveLength(dropped.length);
    for (const statement of statements) await database.exec(statement);
    expect(await catalogOf(database, BILLING_TABLES)).toEqual(before);
    expect(await check(dataSource)).toEqual([]);
  });
});
