import { randomUUID } from 'node:crypto';
import { TENANT_IDS, USER_IDS, type TestDatabase, type TestEngine } from '../support/engines';
import { type BillingTableName, DELETE_BILLING_ROWS } from '../support/billing-tables';

/** Column names and values, as plain SQL takes them. */
export type Row = Readonly<Record<string, unknown>>;

/** What every test may refer to: rows of the third tenant and user, whom no test row belongs to. */
export const PLAN = '018f3c5e-0000-7000-8000-0000000000a1';
export const USER_PLAN = '018f3c5e-0000-7000-8000-0000000000b1';
export const TOKEN = '018f3c5e-0000-7000-8000-0000000000c1';
export const USER_SUBSCRIPTION = '018f3c5e-0000-7000-8000-0000000000d1';
export const OTHER_USER_SUBSCRIPTION = '018f3c5e-0000-7000-8000-0000000000d2';
/** A well-formed key that no row has. */
export const NOBODY = '018f3c5e-0000-7000-8000-00000000ffff';

export const [TENANT, OTHER_TENANT] = TENANT_IDS;
export const [USER, OTHER_USER, PARENT_USER] = USER_IDS;

/** A day of March 2026, 12:00 UTC. */
export const day = (number: number): Date => new Date(Date.UTC(2026, 2, number, 12));

/** A database with a host's rows and the billing tables, made by the migrations. */
export function createBillingDatabase({ createDatabase }: TestEngine): Promise<TestDatabase> {
  return createDatabase({ host: 'rows', billing: true });
}

/** Takes every billing row away and puts the rows to refer to in place. */
export async function startAfresh(database: TestDatabase): Promise<void> {
  await database.exec(DELETE_BILLING_ROWS + FIRST_ROWS);
}

/** As one text, for on D1 each statement is a request. */
const FIRST_ROWS = [
  insertion('plans', { id: PLAN }),
  insertion('subscription_plans', { id: USER_PLAN }),
  insertion('direct_debit_tokens', { id: TOKEN, user_id: PARENT_USER }),
  ...[USER_SUBSCRIPTION, OTHER_USER_SUBSCRIPTION].map((id) =>
    insertion('user_subscriptions', {
      ...{ id, user_id: PARENT_USER, status: 'canceled' },
      ended_at: '2026-03-01 12:00:00.000',
    }),
  ),
].join(' ');

function insertion(table: BillingTableName, changes: Row): string {
  const row = { ...validRow(table), ...changes };
  const columns = Object.keys(row).map((column) => `"${column}"`);
  const values = Object.values(row).map((value) => `'${String(value)}'`);
  return `INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${values.join(', ')});`;
}

/** Values for the columns that must be given, and no others; no two rows alike. */
export function validRow(table: BillingTableName): Row {
  const id = randomUUID();
  const price = { amount: 1900, currency: 'EUR', billing_interval: 'month' };
  switch (table) {
    case 'plans':
      return { id, name: `Plan ${id}` };
    case 'subscriptions':
      return { id, tenant_id: TENANT, plan_id: PLAN };
    case 'tenant_config':
      return { id, tenant_id: TENANT };
    case 'subscription_plans':
      return { id, code: `plan-${id}`, name: 'Plan', ...price };
    case 'user_subscriptions':
      return { id, user_id: USER, plan_id: USER_PLAN, ...price };
    case 'payment_attempts':
      return {
        id,
        user_id: USER,
        kind: 'renewal',
        amount: 1900,
        currency: 'EUR',
        idempotency_key: `key-${id}`,
        provider: 'gocardless',
      };
    case 'direct_debit_tokens':
      return { id, user_id: USER, provider: 'gocardless', scheme: 'sepa_core' };
  }
}

/** INSERT of exactly these columns. */
export async function insert(
  database: TestDatabase,
  table: BillingTableName,
  row: Row,
): Promise<void> {
  const columns = Object.keys(row).map((column) => `"${column}"`);
  const places = columns.map((_, index) => `$${index + 1}`);
  await database.sql(
    `INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${places.join(', ')})`,
    Object.values(row),
  );
}

/** {@link insert} of {@link validRow} with some columns changed or added; returns its id. */
export async function store(
  database: TestDatabase,
  table: BillingTableName,
  changes: Row = {},
): Promise<string> {
  const row = { ...validRow(table), ...changes };
  await insert(database, table, row);
  return String(row.id);
}

export async function update(
  database: TestDatabase,
  table: BillingTableName,
  id: string,
  changes: Row,
): Promise<void> {
  const places = Object.keys(changes).map((column, index) => `"${column}" = $${index + 2}`);
  await database.sql(`UPDATE "${table}" SET ${places.join(', ')} WHERE id = $1`, [
    id,
    ...Object.values(changes),
  ]);
}

export async function idsOf(database: TestDatabase, table: BillingTableName): Promise<string[]> {
  const rows = await database.sql<{ id: string }>(`SELECT id FROM "${table}" ORDER BY id`);
  return rows.map(({ id }) => id);
}

/** The row with this id, or an error. */
export async function rowOf(
  database: TestDatabase,
  table: BillingTableName,
  id: string,
): Promise<Row> {
  const [row] = await database.sql(`SELECT * FROM "${table}" WHERE id = $1`, [id]);
  if (row === undefined) throw new Error(`${table} has no row ${id}.`);
  return row;
}
