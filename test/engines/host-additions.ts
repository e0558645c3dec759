import type { Dialect } from '../support/engines';

/** The tables of each family. */
export const ADDED_TO = {
  tenant: ['plans', 'subscriptions', 'tenant_config'],
  user: ['subscription_plans', 'user_subscriptions', 'payment_attempts', 'direct_debit_tokens'],
} as const satisfies Record<string, readonly string[]> as Readonly<
  Record<'tenant' | 'user', readonly string[]>
>;
export const TABLES = [...ADDED_TO.tenant, ...ADDED_TO.user];

/** A column of each table that may be NULL, has no default and takes any short text. */
const FREE: Readonly<Partial<Record<string, string>>> = {
  plans: 'description',
  subscriptions: 'stripe_subscription_id',
  tenant_config: 'tax_id',
  subscription_plans: 'description',
  user_subscriptions: 'provider_subscription_id',
  payment_attempts: 'failure_code',
  direct_debit_tokens: 'bank_name',
};

const COMMON = [
  'column',
  'generated column',
  'index',
  'view',
  'trigger',
  'child',
  'table',
] as const;
export const KINDS = {
  sqlite: COMMON,
  postgres: [
    ...COMMON,
    ...(['default', 'check', 'policy', 'partition', 'comment', 'grant', 'owner'] as const),
  ],
} as const satisfies Record<Dialect, readonly string[]>;
export type Kind = (typeof KINDS)['postgres'][number];

/** What a host has added. */
export interface Added {
  readonly add: readonly string[];
  /** The billing table that can't be dropped beside it; undefined if it is not concerned. */
  readonly blocks: string | undefined;
  /** The table that it made, whose rows are the host's. */
  readonly table?: string;
}

/** The statements of one addition to a table; `n` makes its names its own. */
export function additionOf(kind: Kind, table: string, dialect: Dialect, n: number): Added {
  const isPostgres = dialect === 'postgres';
  const id = isPostgres ? 'uuid' : 'text';
  const on = (...add: string[]): Added => ({ add, blocks: table });
  switch (kind) {
    case 'column':
      return on(`ALTER TABLE ${table} ADD COLUMN "Host ${n}" text DEFAULT 'a, (b)'`);
    case 'generated column':
      return on(
        `ALTER TABLE ${table} ADD COLUMN host_g${n} text GENERATED ALWAYS AS ('x') ${isPostgres ? 'STORED' : 'VIRTUAL'}`,
      );
    case 'index':
      return on(
        `CREATE UNIQUE INDEX "Host i${n}" ON ${table} (id, updated_at DESC) WHERE livemode`,
      );
    case 'view':
      return on(
        `CREATE VIEW host_v${n} AS SELECT "t".id FROM tenants x, "${table}" AS "t"`,
        `CREATE VIEW host_w${n} AS SELECT * FROM host_v${n}`,
      );
    case 'trigger':
      return on(
        ...(isPostgres
          ? [
              `CREATE FUNCTION host_f${n}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`,
              `CREATE TRIGGER "Host t${n}" BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION host_f${n}()`,
            ]
          : [`CREATE TRIGGER "Host t${n}" BEFORE UPDATE ON ${table} BEGIN SELECT 1; END`]),
      );
    case 'child': {
      const made = `host_c${n}`;
      return {
        ...on(
          `CREATE TABLE ${made} (id integer PRIMARY KEY, ref ${id} REFERENCES ${table} (id) ON DELETE CASCADE)`,
          `INSERT INTO ${made} SELECT 1, max(CAST(id AS text)${isPostgres ? '' : ''})${isPostgres ? '::uuid' : ''} FROM ${table}`,
        ),
        table: made,
      };
    }
    case 'table': {
      const made = `host_b${n}`;
      const add = [
        `CREATE TABLE ${made} (id integer PRIMARY KEY, ${table} text)`,
        `INSERT INTO ${made} VALUES (1, 'kept')`,
        `CREATE INDEX host_bi${n} ON ${made} (${table})`,
      ];
      return { add, blocks: undefined, table: made };
    }
    case 'default':
      return on(`ALTER TABLE ${table} ALTER COLUMN ${FREE[table]} SET DEFAULT 'host'`);
    case 'check':
      return on(`ALTER TABLE ${table} ADD CONSTRAINT host_k${n} CHECK (id IS NOT NULL)`);
    case 'policy':
      return on(`CREATE POLICY host_p${n} ON ${table} FOR SELECT USING (livemode)`);
    case 'partition':
      return on(`CREATE TABLE host_i${n} (CHECK (livemode)) INHERITS (${table})`);
    case 'comment':
      return on(
        `COMMENT ON TABLE ${table} IS 'host ${n}'`,
        `COMMENT ON COLUMN ${table}.livemode IS 'host ${n}'`,
        `COMMENT ON CONSTRAINT pk_${table} ON ${table} IS 'host ${n}'`,
      );
    case 'grant':
      return on(`GRANT SELECT, UPDATE (livemode) ON ${table} TO pg_monitor`);
    case 'owner':
      return {
        add: [
          `CREATE FUNCTION host_o${n}() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM tenants'`,
        ],
        blocks: undefined,
      };
  }
}
