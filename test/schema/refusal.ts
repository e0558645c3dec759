import type { Dialect, TestDatabase } from '../support/engines';
import { type BillingTableName, BILLING_TABLES } from '../support/billing-tables';

/** Why a database must refuse a statement. */
export type Reason =
  | { readonly kind: 'check'; readonly name: string }
  /** On Postgres the column's type refuses before the CHECK is asked. */
  | { readonly kind: 'too long'; readonly name: string }
  | {
      readonly kind: 'unique';
      readonly name: string;
      readonly table: BillingTableName;
      readonly columns: readonly string[];
    }
  | { readonly kind: 'not null'; readonly table: BillingTableName; readonly column: string }
  | { readonly kind: 'foreign key'; readonly name: string };

/**
 * Runs a statement that must be refused for this reason, told by the database's own error, and
 * shows that nothing has been stored, changed or deleted.
 */
export function expectRefused(
  database: TestDatabase,
  reason: Reason,
  statement: () => Promise<unknown>,
): Promise<void> {
  return expectAllRefused(database, [{ reason, statement }]);
}

/** The same of several, one after the other, after which the rows are those before the first. */
export async function expectAllRefused(
  database: TestDatabase,
  cases: readonly { readonly reason: Reason; readonly statement: () => Promise<unknown> }[],
): Promise<void> {
  const before = await allRows(database);
  for (const { reason, statement } of cases) {
    const outcome = await statement().then(
      () => 'accepted',
      (error: unknown) => told(database.dialect, error),
    );
    expect(outcome).toBe(expected(database.dialect, reason));
  }
  expect(await allRows(database)).toEqual(before);
}

/** SQLSTATE and object on Postgres, which have names of their own; the message on SQLite and D1. */
function told(dialect: Dialect, error: unknown): string {
  const { message, code, constraint, column } = error as Partial<Record<string, string>>;
  if (dialect === 'sqlite') {
    // D1 says in another order what SQLite says.
    return String(message).replace(/^D1_ERROR: (.+): (SQLITE_\w+) \(extended: .*$/, '$2: $1');
  }
  const kind = KINDS[code ?? ''];
  if (kind === undefined) return message ?? String(error);
  return [kind, constraint ?? column].filter(Boolean).join(' ');
}

const KINDS: Readonly<Record<string, Reason['kind']>> = {
  '23514': 'check',
  '22001': 'too long',
  '22003': 'too long',
  '23505': 'unique',
  '23502': 'not null',
  '23503': 'foreign key',
  // RESTRICT, which before Postgres 18 had the code above.
  '23001': 'foreign key',
};

function expected(dialect: Dialect, reason: Reason): string {
  if (dialect === 'postgres') {
    if (reason.kind === 'too long') return reason.kind;
    if (reason.kind === 'not null') return `${reason.kind} ${reason.column}`;
    return `${reason.kind} ${reason.name}`;
  }
  switch (reason.kind) {
    case 'check':
    case 'too long':
      return `SQLITE_CONSTRAINT: CHECK constraint failed: ${reason.name}`;
    case 'unique': {
      const columns = reason.columns.map((column) => `${reason.table}.${column}`);
      return `SQLITE_CONSTRAINT: UNIQUE constraint failed: ${columns.join(', ')}`;
    }
    case 'not null':
      return `SQLITE_CONSTRAINT: NOT NULL constraint failed: ${reason.table}.${reason.column}`;
    case 'foreign key':
      return 'SQLITE_CONSTRAINT: FOREIGN KEY constraint failed';
  }
}

async function allRows(database: TestDatabase): Promise<unknown[]> {
  if (database.dialect === 'postgres') {
    const tables = BILLING_TABLES.map(
      (table) => `(SELECT json_agg(t ORDER BY id)::text FROM "${table}" t) AS "${table}"`,
    );
    return database.sql(`SELECT ${tables.join(', ')}`);
  }
  const statements = BILLING_TABLES.map((table) => `SELECT * FROM "${table}" ORDER BY id`);
  const { binding } = database;
  if (binding === undefined) {
    const rows: unknown[] = [];
    for (const statement of statements) rows.push(await database.sql(statement));
    return rows;
  }
  // One request instead of seven, as on Postgres.
  const outcomes = await binding.batch(statements.map((one) => binding.prepare(one)));
  return outcomes.map(({ results }) => results);
}
