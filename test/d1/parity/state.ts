import type { DataSource, EntityMetadata } from 'typeorm';
import { BILLING_TABLES } from '../../support/billing-tables';
import { TENANT_IDS, type TestDatabase, USER_IDS } from '../../support/engines';
import { type BillingTable, ENTITIES, type HostTable } from './actions';

export type TableName = BillingTable | HostTable;

/** All rows, as one engine has them: by table, ordered by id. */
export type State = Readonly<Record<TableName, readonly Row[]>>;
type Row = Readonly<Record<string, unknown>>;

const HOSTS: readonly HostTable[] = ['tenants', 'user'];

/** One statement that reads the whole state, in a form that is the same on all engines. */
export function reader(dataSource: DataSource, database: TestDatabase): () => Promise<State> {
  const tables = [...HOSTS, ...BILLING_TABLES].map(
    (name): [TableName, readonly string[], string] => {
      const metadata =
        name in ENTITIES ? dataSource.getMetadata(ENTITIES[name as BillingTable]) : undefined;
      const columns = metadata?.columns.map(({ databaseName }) => databaseName) ?? ['id'];
      const values = metadata ? expressions(metadata, database.dialect) : columns;
      return [name, columns, selectAll(database, name, values)];
    },
  );
  const read = database.prepared<Record<TableName, string>>(
    `SELECT ${tables.map(([, , select]) => select).join(', ')}`,
  );
  const before = new Map<TableName, { text: string; rows: readonly Row[] }>();
  return async () => {
    const [row] = await read();
    const state: Partial<Record<TableName, readonly Row[]>> = {};
    for (const [name, columns] of tables) {
      const text = row?.[name] ?? '';
      const known = before.get(name);
      const rows = known?.text === text ? known.rows : toRows(columns, text);
      before.set(name, { text, rows });
      state[name] = rows;
    }
    return state as State;
  };
}

const toRows = (columns: readonly string[], text: string): Row[] =>
  (JSON.parse(text) as unknown[][]).map((values) =>
    Object.fromEntries(columns.map((name, index) => [name, values[index]])),
  );

function selectAll(
  { dialect }: TestDatabase,
  table: string,
  expressions: readonly string[],
): string {
  const list = expressions.join(', ');
  return dialect === 'postgres'
    ? `(SELECT coalesce(json_agg(json_build_array(${list}) ORDER BY id), '[]')::text FROM "${table}") AS "${table}"`
    : `(SELECT json_group_array(json_array(${list})) FROM (SELECT * FROM "${table}" ORDER BY id)) AS "${table}"`;
}

/**
 * The columns as SQLite has them: times as text, truths as numbers. SQLite lets any value into any
 * column; a number where a text belongs shows, as JSON tells the one from the other.
 */
function expressions(metadata: EntityMetadata, dialect: TestDatabase['dialect']): string[] {
  return metadata.columns.map(({ databaseName: name, type }) => {
    if (type === 'simple-json') return `json(${name})`;
    if (dialect === 'sqlite') return name;
    if (type === 'timestamptz') {
      return `to_char(${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')`;
    }
    return type === 'boolean' ? `${name}::int` : name;
  });
}

/** Deletes all billing rows, puts the host's back as they were, and some plans to subscribe to. */
export function resetSql(dialect: TestDatabase['dialect']): string {
  return [
    // A time without a zone is of UTC, which SQLite has no other of.
    ...(dialect === 'postgres' ? [`SET TIME ZONE 'UTC'`] : []),
    ...[...BILLING_TABLES].reverse().map((name) => `DELETE FROM "${name}"`),
    'DELETE FROM tenants',
    'DELETE FROM "user"',
    ...TENANT_IDS.map(
      (id) => `INSERT INTO tenants (id, name, slug) VALUES ('${id}', 'Tenant', '${id}')`,
    ),
    ...USER_IDS.map(
      (id) =>
        `INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt") VALUES ('${id}', 'User', '${id}@example.com', '1', '2026-01-01', '2026-01-01')`,
    ),
    ...SEEDS.map(([table, row]) => {
      const values = { ...row, created_at: SEEDED_AT, updated_at: SEEDED_AT };
      const columns = Object.keys(values).join(', ');
      return `INSERT INTO ${table} (${columns}) VALUES (${Object.values(values).map(literal).join(', ')})`;
    }),
  ].join(';\n');
}

const SEEDED_AT = '2039-12-31 23:00:00.000';

const literal = (value: string | number): string =>
  typeof value === 'number' ? String(value) : `'${value}'`;

const seedId = (kind: string, number: number): string =>
  `${kind.repeat(8)}-0000-4000-8000-00000000000${number}`;

const PRICE = { amount: 100, currency: 'EUR', billing_interval: 'month' };

/** Something to refer to, to change and to collide with, from the start. */
const SEEDS: readonly (readonly [BillingTable, Readonly<Record<string, string | number>>])[] = [
  ...[1, 2].flatMap((one) => [
    ['plans', { id: seedId('a', one), name: `Seed ${one}` }] as const,
    [
      'subscription_plans',
      { id: seedId('b', one), code: `seed-${one}`, name: 'Seed', ...PRICE },
    ] as const,
    [
      'direct_debit_tokens',
      { id: seedId('c', one), user_id: USER_IDS[one]!, provider: 'stripe', scheme: 'bacs' },
    ] as const,
  ]),
  ['subscriptions', { id: seedId('d', 1), tenant_id: TENANT_IDS[1], plan_id: seedId('a', 1) }],
  ['tenant_config', { id: seedId('e', 1), tenant_id: TENANT_IDS[1], stripe_customer_id: 'Shared' }],
  [
    'user_subscriptions',
    {
      id: seedId('f', 1),
      user_id: USER_IDS[1],
      plan_id: seedId('b', 1),
      direct_debit_token_id: seedId('c', 1),
      provider: 'stripe',
      provider_subscription_id: 'Shared',
      ...PRICE,
    },
  ],
  [
    'payment_attempts',
    {
      id: seedId('9', 1),
      user_id: USER_IDS[1],
      user_subscription_id: seedId('f', 1),
      direct_debit_token_id: seedId('c', 1),
      kind: 'initial',
      amount: 100,
      currency: 'EUR',
      idempotency_key: 'Shared',
      provider: 'stripe',
    },
  ],
];
