import { BillingError } from '../../src';
import type { Dialect } from './engines';

/** Something that a host adds to billing's tables, or beside them, and how it takes it back. */
export interface Addition {
  readonly title: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** What a rollback says of it: the table, the kind and the name. */
  readonly parts: readonly string[];
}

const COMMON: readonly Addition[] = [
  {
    title: 'a column',
    add: [`ALTER TABLE plans ADD COLUMN segment text DEFAULT 'smb'`],
    remove: ['ALTER TABLE plans DROP COLUMN segment'],
    parts: ['plans column segment'],
  },
  {
    title: 'a column named as one of another table, in quotes',
    add: ['ALTER TABLE user_subscriptions ADD COLUMN "Tenant Id" text'],
    remove: ['ALTER TABLE user_subscriptions DROP COLUMN "Tenant Id"'],
    parts: ['user_subscriptions column Tenant Id'],
  },
  {
    title: 'an index',
    add: ['CREATE INDEX host_attempts ON payment_attempts (status, amount)'],
    remove: ['DROP INDEX host_attempts'],
    parts: ['payment_attempts index host_attempts'],
  },
  {
    title: 'a partial unique index on an expression',
    add: ['CREATE UNIQUE INDEX "Host Plans" ON plans (lower(name)) WHERE is_active'],
    remove: ['DROP INDEX "Host Plans"'],
    parts: ['plans index Host Plans'],
  },
  {
    title: 'a view on a view',
    add: [
      'CREATE VIEW price_list AS SELECT s.id, plans.name FROM subscriptions AS s JOIN plans ON plans.id = s.plan_id',
      'CREATE VIEW short_list AS SELECT name FROM price_list',
    ],
    remove: ['DROP VIEW short_list', 'DROP VIEW price_list'],
    parts: ['plans view price_list', 'subscriptions view price_list'],
  },
];

export const ADDITIONS: Readonly<Record<Dialect, readonly Addition[]>> = {
  sqlite: [
    ...COMMON,
    {
      title: 'a trigger',
      add: [
        `CREATE TRIGGER "hostKeeps" BEFORE DELETE ON tenant_config BEGIN SELECT RAISE(ABORT, 'kept'); END`,
      ],
      remove: ['DROP TRIGGER "hostKeeps"'],
      parts: ['tenant_config trigger hostKeeps'],
    },
    {
      title: "a trigger of the host's own table that writes to billing's",
      add: [
        `CREATE TRIGGER tenants_gone AFTER UPDATE ON tenants BEGIN UPDATE "plans" SET sort_order = 1; END`,
      ],
      remove: ['DROP TRIGGER tenants_gone'],
      parts: ['plans trigger tenants_gone'],
    },
    {
      title: 'a foreign key of a table beside it, with rows',
      add: [
        'CREATE TABLE invoices (id integer PRIMARY KEY, plan text REFERENCES plans (id) ON DELETE CASCADE)',
        `INSERT INTO invoices SELECT 1, id FROM plans`,
      ],
      remove: ['DROP TABLE invoices'],
      parts: ['plans foreign key invoices.plan'],
    },
  ],
  postgres: [
    ...COMMON,
    {
      title: 'a default',
      add: [`ALTER TABLE plans ALTER COLUMN description SET DEFAULT 'none'`],
      remove: ['ALTER TABLE plans ALTER COLUMN description DROP DEFAULT'],
      parts: ['plans default description'],
    },
    {
      title: 'constraints',
      add: [
        `ALTER TABLE plans ADD CONSTRAINT host_check CHECK (sort_order <> 13), ADD CONSTRAINT host_order UNIQUE (sort_order)`,
      ],
      remove: ['ALTER TABLE plans DROP CONSTRAINT host_check, DROP CONSTRAINT host_order'],
      parts: ['plans constraint host_check', 'plans constraint host_order'],
    },
    {
      title: 'a trigger',
      add: [
        `CREATE FUNCTION host_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kept'; END $$`,
        'CREATE TRIGGER "hostKeeps" BEFORE DELETE ON tenant_config FOR EACH ROW EXECUTE FUNCTION host_keep()',
      ],
      remove: ['DROP TRIGGER "hostKeeps" ON tenant_config', 'DROP FUNCTION host_keep()'],
      parts: ['tenant_config trigger hostKeeps'],
    },
    {
      title: 'a materialized view',
      add: ['CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM subscription_plans'],
      remove: ['DROP MATERIALIZED VIEW counts'],
      parts: ['subscription_plans view counts'],
    },
    {
      title: 'a policy',
      add: [
        'CREATE POLICY host_policy ON subscriptions USING (quantity > 0)',
        'ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY',
      ],
      remove: [
        'DROP POLICY host_policy ON subscriptions',
        'ALTER TABLE subscriptions DISABLE ROW LEVEL SECURITY',
      ],
      parts: ['subscriptions policy host_policy', 'subscriptions setting row level security'],
    },
    {
      title: "a policy of the host's own table that reads billing's",
      add: [
        'CREATE POLICY host_policy ON tenants USING (EXISTS (SELECT FROM tenant_config c WHERE c.tenant_id = id))',
      ],
      remove: ['DROP POLICY host_policy ON tenants'],
      parts: ['tenant_config dependent policy host_policy on table tenants'],
    },
    {
      title: 'a partition',
      add: ['CREATE TABLE archived_plans () INHERITS (plans)'],
      remove: ['DROP TABLE archived_plans'],
      parts: ['plans table archived_plans'],
    },
    {
      title: 'comments',
      add: [
        `COMMENT ON TABLE plans IS 'as sold'`,
        `COMMENT ON COLUMN plans.name IS 'as on the price list'`,
        `COMMENT ON INDEX ix_subscriptions_plan_id IS 'for joins'`,
        `COMMENT ON CONSTRAINT ck_plans_currency ON plans IS 'as in ISO 4217'`,
      ],
      remove: [
        'COMMENT ON TABLE plans IS NULL',
        'COMMENT ON COLUMN plans.name IS NULL',
        'COMMENT ON INDEX ix_subscriptions_plan_id IS NULL',
        'COMMENT ON CONSTRAINT ck_plans_currency ON plans IS NULL',
      ],
      parts: [
        'plans comment ck_plans_currency',
        'plans comment name',
        'plans comment plans',
        'subscriptions comment ix_subscriptions_plan_id',
      ],
    },
    {
      title: 'grants',
      add: [
        'GRANT SELECT ON plans TO pg_monitor',
        'GRANT UPDATE (name) ON plans TO pg_monitor',
        'GRANT INSERT ON plans TO PUBLIC',
      ],
      remove: [
        'REVOKE SELECT ON plans FROM pg_monitor',
        'REVOKE UPDATE (name) ON plans FROM pg_monitor',
        'REVOKE INSERT ON plans FROM PUBLIC',
      ],
      parts: [
        'plans grant INSERT to public',
        'plans grant SELECT to pg_monitor',
        'plans grant UPDATE on name to pg_monitor',
      ],
    },
    {
      title: 'statistics, settings, a sequence, a rule and a publication',
      add: [
        'CREATE STATISTICS host_stat ON name, currency FROM plans',
        'ALTER TABLE plans SET (fillfactor = 70)',
        'ALTER TABLE plans REPLICA IDENTITY FULL, FORCE ROW LEVEL SECURITY',
        'CREATE SEQUENCE host_numbers OWNED BY plans.sort_order',
        'CREATE RULE host_rule AS ON DELETE TO plans DO ALSO NOTHING',
        'CREATE PUBLICATION host_publication FOR TABLE plans',
      ],
      remove: [
        'DROP PUBLICATION host_publication',
        'DROP RULE host_rule ON plans',
        'DROP SEQUENCE host_numbers',
        'ALTER TABLE plans REPLICA IDENTITY DEFAULT, NO FORCE ROW LEVEL SECURITY',
        'ALTER TABLE plans RESET (fillfactor)',
        'DROP STATISTICS host_stat',
      ],
      parts: [
        'plans publication host_publication',
        'plans rule host_rule',
        'plans sequence host_numbers',
        'plans setting fillfactor=70',
        'plans setting replica identity',
        'plans setting row level security',
        'plans statistics host_stat',
      ],
    },
    {
      title: 'a foreign key of a table beside it, and a function on the type of a row',
      add: [
        'CREATE TABLE invoices (id integer PRIMARY KEY, plan uuid REFERENCES plans (id) ON DELETE CASCADE)',
        `CREATE FUNCTION host_label(plans) RETURNS text LANGUAGE sql AS 'SELECT $1.name'`,
      ],
      remove: ['DROP FUNCTION host_label(plans)', 'DROP TABLE invoices'],
      parts: [
        'plans dependent function host_label(plans)',
        'plans foreign key invoices.invoices_plan_fkey',
      ],
    },
  ],
};

/** What the error names, as the additions do; the error itself if it is another one. */
export function partsOf(error: unknown): unknown {
  if (!(error instanceof BillingError) || error.code !== 'HOST_PARTS_IN_THE_WAY') return error;
  const { parts } = error.details as { parts: Record<'table' | 'kind' | 'name', string>[] };
  return parts.map(({ table, kind, name }) => `${table} ${kind} ${name}`);
}
