import { bindHost, Plan, sqlScripts, tenantBilling, userBilling } from '../../src';
import { billingTableNames } from '../../src/migrations/billing-tables';
import { placedSql } from '../../src/migrations/placed-sql';
import { boundPlacing, MAX_PREFIX_LENGTH } from '../../src/host/placing';
import { readSettings } from '../../src/data-sources/settings';
import { unbindHost } from '../support/unbind';

afterEach(unbindHost);

const TABLES = new Set(['plans', 'subscriptions']);
const place = { prefix: 'x_', schema: 's' };

describe("T4 names of billing's tables in the SQL of migrations", () => {
  it.each([
    ['CREATE TABLE "plans" ("plans" text)', 'CREATE TABLE "s"."x_plans" ("plans" text)'],
    [
      'DROP TABLE IF EXISTS "subscriptions", "plans"',
      'DROP TABLE IF EXISTS "s"."x_subscriptions", "s"."x_plans"',
    ],
    [
      'CREATE UNIQUE INDEX "uq_plans_name" ON "plans" ("name", "plans")',
      'CREATE UNIQUE INDEX "uq_x_plans_name" ON "s"."x_plans" ("name", "plans")',
    ],
    [
      'DROP INDEX IF EXISTS "ix_plans_a", "ix_plans_b"',
      'DROP INDEX IF EXISTS "s"."ix_x_plans_a", "s"."ix_x_plans_b"',
    ],
    [
      'ALTER TABLE "plans" ADD CONSTRAINT "uq_plans_name" UNIQUE USING INDEX "uq_plans_name"',
      'ALTER TABLE "s"."x_plans" ADD CONSTRAINT "uq_x_plans_name" UNIQUE USING INDEX "uq_x_plans_name"',
    ],
    ['ALTER TABLE "new" RENAME TO "plans"', 'ALTER TABLE "new" RENAME TO "x_plans"'],
    [
      'ALTER TABLE "plans" RENAME COLUMN "a" TO "plans"',
      'ALTER TABLE "s"."x_plans" RENAME COLUMN "a" TO "plans"',
    ],
    [
      'INSERT INTO "plans" ("plans") SELECT "plans"."id", "plans" FROM "subscriptions" JOIN "plans" ON "plans"."id" = 1',
      'INSERT INTO "s"."x_plans" ("plans") SELECT "x_plans"."id", "plans" FROM "s"."x_subscriptions" JOIN "s"."x_plans" ON "x_plans"."id" = 1',
    ],
    [
      '"a" uuid REFERENCES "plans", "plans" text',
      '"a" uuid REFERENCES "s"."x_plans", "plans" text',
    ],
  ])('T4 %s', (sql, expected) => {
    expect(placedSql(sql, TABLES, place)).toBe(expected);
  });

  it.each([
    `SELECT 'FROM "plans"', E'\\' FROM "plans"', $$ FROM "plans" $$, $q$ FROM "plans" $q$`,
    '-- DROP TABLE "plans"\n/* DROP TABLE "plans" */ SELECT 1',
    'DROP TABLE "plans_old", "my_plans", "uq_plansx", "other"."plans"',
    'ALTER TABLE "x" DROP CONSTRAINT "uq_planset_name"',
  ])('T4 leaves alone: %s', (sql) => {
    expect(placedSql(sql, TABLES, place)).toBe(sql);
    expect(placedSql('DROP TABLE "plans"', TABLES, { prefix: '', schema: undefined })).toBe(
      'DROP TABLE "plans"',
    );
  });

  it.each(['postgres', 'd1'] as const)(
    'T4 U4 every name of every migration follows, in the SQL files for %s',
    async (dialect) => {
      bindHost({ prefix: 'zz_', schema: 'own' });
      const list = dialect === 'postgres' ? 'postgres' : 'sqlite';
      const scripts = await sqlScripts(
        [...tenantBilling.migrations[list], ...userBilling.migrations[list]],
        { dialect },
      );
      const text = scripts.flatMap(({ forward, rollback }) => [forward, rollback]).join('\n');
      for (const name of billingTableNames) {
        expect(text).toContain(
          `CREATE TABLE ${dialect === 'postgres' ? '"own".' : ''}"zz_${name}" (`,
        );
        expect(text).not.toMatch(new RegExp(`(?:"|\\b(?:pk|uq|fk|ck|ix)_)${name}(?:"|_)`));
      }
      const [schemas, drops] = ['CREATE SCHEMA "own"', 'DROP SCHEMA "own"'];
      expect([text.includes(schemas), text.includes(drops)]).toEqual(
        Array(2).fill(dialect === 'postgres'),
      );
    },
  );

  it('T4 leaves room for the longest prefix in the names of constraints', async () => {
    const scripts = await sqlScripts(
      [...tenantBilling.migrations.postgres, ...userBilling.migrations.postgres],
      { dialect: 'postgres' },
    );
    const names = scripts.flatMap(({ forward }) => forward.match(/(?<=")\w+(?=")/g) ?? []);
    const longest = Math.max(...names.map((name) => name.length));
    expect(longest).toBeGreaterThan(40);
    expect(longest + MAX_PREFIX_LENGTH).toBeLessThanOrEqual(63);
  });
});

const invalid = (message: string): Error =>
  expect.objectContaining({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringContaining(message) as unknown,
  }) as Error;

describe('C2 bindHost with a prefix and a schema', () => {
  it.each([
    [{ prefix: 'Billing-' }, 'gives the prefix "Billing-": use lower-case letters'],
    [{ prefix: '1_' }, 'no digit first'],
    [{ prefix: 'a"b' }, 'gives the prefix "a\\"b"'],
    [{ prefix: 'b'.repeat(17) }, 'use at most 16 characters'],
    [{ prefix: 'sqlite_' }, 'SQLite or D1 reserves names'],
    [{ prefix: null }, 'gives the prefix null'],
    [{ schema: 'a.b' }, 'gives the schema "a.b"'],
    [{ schema: 'a"b' }, 'without dots, quotes'],
    [{ schema: 'é'.repeat(32) }, 'of 64 bytes, and Postgres cuts names at 63'],
    [{ schema: 'pg_billing' }, 'which Postgres keeps for itself'],
    [{ schema: 1 }, 'gives the schema of type number'],
    [{ prefix: 'ok_', schema: 'a.b' }, 'gives the schema "a.b"'],
    [{ prefix: 'ok_', tenant: Plan.prototype }, 'got object as tenant'],
  ])('C2 refuses %j, and changes nothing', (binding, message) => {
    expect(() => bindHost(binding as object)).toThrow(invalid(message));
    expect(boundPlacing()).toMatchObject({ prefix: '', schema: undefined });
  });

  it('C2 takes the same again, each once, and refuses another one', () => {
    bindHost({ prefix: 'a_' });
    bindHost({ prefix: 'a_', schema: 's' });
    expect(() => bindHost({ prefix: 'b_' })).toThrow(invalid('to be "b_", but is "a_" already'));
    expect(() => bindHost({ schema: 't' })).toThrow(invalid('to be "t", but is "s" already'));
    expect(boundPlacing()).toMatchObject({ prefix: 'a_', schema: 's' });
  });

  it('C2 refuses one after a migration was written without it', async () => {
    await sqlScripts(tenantBilling.migrations.postgres, { dialect: 'postgres' });
    expect(() => bindHost({ schema: 'late' })).toThrow(invalid('or a migration written, before'));
  });

  it.each([
    [{ BILLING_PREFIX: 'B-' }, 'BILLING_PREFIX gives the prefix "B-"'],
    [{ BILLING_SCHEMA: 'a.b' }, 'BILLING_SCHEMA gives the schema "a.b"'],
  ])('C3 refuses %j', (environment, message) => {
    expect(() => readSettings({ DATABASE_URL: 'sqlite::memory:', ...environment })).toThrow(
      invalid(message),
    );
  });
});
