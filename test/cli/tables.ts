import { tenantBilling, userBilling } from '../../src/billing';
import { BILLING_TABLES } from '../support/billing-tables';
import type { TestDatabase } from '../support/engines';

/** The names of both families' migrations, oldest first, which are the same on both engines. */
export const MIGRATIONS: readonly string[] = [tenantBilling, userBilling]
  .flatMap(({ migrations }) => migrations.postgres.map((migration) => new migration().name))
  .sort((a, b) => Number(a.slice(-13)) - Number(b.slice(-13)));

/** Those of the billing tables that are in the database, in the order of the alphabet. */
export async function billingTables(database: TestDatabase): Promise<string[]> {
  const known: ReadonlySet<string> = new Set(BILLING_TABLES);
  return (await tableNames(database)).filter((name) => known.has(name));
}

/** All tables, in the order of the alphabet; the list of applied migrations is one of them. */
export async function tableNames(database: TestDatabase): Promise<string[]> {
  const rows = await database.sql<{ name: string }>(
    database.engine === 'postgres'
      ? `SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'`
      : `SELECT name FROM sqlite_master WHERE type = 'table'
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
  );
  return rows.map(({ name }) => name).sort();
}

/** Names of the migrations that are recorded as applied, oldest first. */
export async function appliedMigrations(database: TestDatabase): Promise<string[]> {
  const rows = await database.sql<{ name: string }>('SELECT name FROM migrations ORDER BY id');
  return rows.map(({ name }) => name);
}

/** How many columns a table has. */
export async function columnCount(database: TestDatabase, table: string): Promise<number> {
  const [row] = await database.sql<{ count: number }>(
    database.engine === 'postgres'
      ? `SELECT count(*)::int AS count FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`
      : `SELECT count(*) AS count FROM pragma_table_info($1)`,
    [table],
  );
  return row?.count ?? 0;
}
