import type { Defect } from './rounds';

const LIVE = `status IN ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused')`;

/** What is wrong with indexes, foreign keys, triggers, settings, rights, migrations and rows. */
export const MORE_DEFECTS: readonly Defect[] = [
  {
    title: 'a predicate',
    spoil: [
      'DROP INDEX uq_subscriptions_live_tenant',
      `CREATE UNIQUE INDEX uq_subscriptions_live_tenant ON subscriptions (tenant_id, slot, livemode) WHERE status IN ('active', 'trialing')`,
    ],
    finds: ['index changed subscriptions uq_subscriptions_live_tenant'],
  },
  {
    title: 'an index that is gone',
    spoil: ['DROP INDEX ix_payment_attempts_user_id'],
    finds: ['index missing payment_attempts ix_payment_attempts_user_id'],
  },
  {
    title: 'the columns of an index in another order',
    spoil: [
      'DROP INDEX ix_payment_attempts_user_id',
      'CREATE INDEX ix_payment_attempts_user_id ON payment_attempts (user_id, id, created_at)',
    ],
    finds: ['index changed payment_attempts ix_payment_attempts_user_id'],
  },
  {
    title: 'the direction of an index',
    spoil: [
      'DROP INDEX ix_payment_attempts_user_id',
      'CREATE INDEX ix_payment_attempts_user_id ON payment_attempts (user_id, created_at DESC, id)',
    ],
    finds: ['index changed payment_attempts ix_payment_attempts_user_id'],
  },
  {
    title: 'the method of an index',
    spoil: [
      'DROP INDEX ix_subscriptions_plan_id',
      'CREATE INDEX ix_subscriptions_plan_id ON subscriptions USING hash (plan_id)',
    ],
    finds: ['index changed subscriptions ix_subscriptions_plan_id'],
  },
  {
    title: 'the collation of an index',
    spoil: [
      'DROP INDEX ix_payment_attempts_user_id',
      'CREATE INDEX ix_payment_attempts_user_id ON payment_attempts (user_id COLLATE "C", created_at, id)',
    ],
    finds: ['index changed payment_attempts ix_payment_attempts_user_id'],
  },
  {
    title: 'the operator class of an index',
    spoil: [
      'DROP INDEX ix_payment_attempts_user_id',
      'CREATE INDEX ix_payment_attempts_user_id ON payment_attempts (user_id text_pattern_ops, created_at, id)',
    ],
    finds: ['index changed payment_attempts ix_payment_attempts_user_id'],
  },
  {
    title: 'an index with more columns in its leaves',
    spoil: [
      'DROP INDEX ix_subscriptions_plan_id',
      'CREATE INDEX ix_subscriptions_plan_id ON subscriptions (plan_id) INCLUDE (status)',
    ],
    finds: ['index changed subscriptions ix_subscriptions_plan_id'],
  },
  {
    title: 'an index that is no longer unique',
    spoil: [
      'DROP INDEX uq_payment_attempts_paid_period',
      `CREATE INDEX uq_payment_attempts_paid_period ON payment_attempts (user_subscription_id, period_start) WHERE status IN ('succeeded', 'partially_refunded') AND kind IN ('initial', 'renewal', 'retry')`,
    ],
    finds: ['index changed payment_attempts uq_payment_attempts_paid_period'],
  },
  {
    title: 'an index under another name',
    spoil: ['ALTER INDEX ix_subscriptions_plan_id RENAME TO host_plans'],
    finds: ['index renamed subscriptions ix_subscriptions_plan_id'],
  },
  {
    title: 'an index whose build did not end',
    spoil: [
      `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'uq_subscriptions_live_tenant'::regclass`,
    ],
    finds: ['index not valid subscriptions uq_subscriptions_live_tenant'],
  },
  {
    title: 'a foreign key that is gone',
    spoil: ['ALTER TABLE subscriptions DROP CONSTRAINT fk_subscriptions_tenant_id'],
    finds: ['foreign key missing subscriptions fk_subscriptions_tenant_id'],
  },
  {
    title: 'the action of a foreign key',
    spoil: [
      'ALTER TABLE subscriptions DROP CONSTRAINT fk_subscriptions_plan_id, ADD CONSTRAINT fk_subscriptions_plan_id FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE',
    ],
    finds: ['foreign key changed subscriptions fk_subscriptions_plan_id'],
  },
  {
    title: 'the action of a foreign key on an update',
    spoil: [
      'ALTER TABLE subscriptions DROP CONSTRAINT fk_subscriptions_plan_id, ADD CONSTRAINT fk_subscriptions_plan_id FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE RESTRICT ON UPDATE CASCADE',
    ],
    finds: ['foreign key changed subscriptions fk_subscriptions_plan_id'],
  },
  {
    title: 'a foreign key that waits for the commit',
    spoil: [
      'ALTER TABLE subscriptions ALTER CONSTRAINT fk_subscriptions_tenant_id DEFERRABLE INITIALLY DEFERRED',
    ],
    finds: ['foreign key changed subscriptions fk_subscriptions_tenant_id'],
  },
  {
    title: 'a foreign key to another table',
    spoil: [
      'CREATE TABLE other_tenants (id uuid PRIMARY KEY)',
      'ALTER TABLE subscriptions DROP CONSTRAINT fk_subscriptions_tenant_id, ADD CONSTRAINT fk_subscriptions_tenant_id FOREIGN KEY (tenant_id) REFERENCES other_tenants (id) ON DELETE CASCADE',
    ],
    finds: ['foreign key changed subscriptions fk_subscriptions_tenant_id'],
    touches: ['subscriptions'],
  },
  {
    title: 'a foreign key that is NOT VALID',
    spoil: [
      'ALTER TABLE subscriptions DROP CONSTRAINT fk_subscriptions_tenant_id, ADD CONSTRAINT fk_subscriptions_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE NOT VALID',
    ],
    finds: ['foreign key not valid subscriptions fk_subscriptions_tenant_id'],
  },
  {
    title: 'foreign keys whose triggers are disabled',
    spoil: ['ALTER TABLE tenant_config DISABLE TRIGGER ALL'],
    finds: ['foreign key disabled tenant_config fk_tenant_config_tenant_id'],
    touches: ['tenant_config'],
  },
  {
    title: "foreign keys whose triggers on the host's table are disabled",
    spoil: ['ALTER TABLE tenants DISABLE TRIGGER ALL'],
    finds: [
      'foreign key disabled subscriptions fk_subscriptions_tenant_id',
      'foreign key disabled tenant_config fk_tenant_config_tenant_id',
    ],
    touches: ['tenant_config', 'subscriptions'],
  },
  {
    title: 'triggers that fire on a replica alone',
    spoil: [
      `DO $$ DECLARE name text; BEGIN
         FOR name IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'tenant_config'::regclass LOOP
           EXECUTE format('ALTER TABLE tenant_config ENABLE REPLICA TRIGGER %I', name);
         END LOOP; END $$`,
    ],
    finds: ['foreign key disabled tenant_config fk_tenant_config_tenant_id'],
    touches: ['tenant_config'],
  },
  {
    title: 'row-level security without a policy',
    spoil: ['ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY'],
    finds: ['setting changed subscriptions row level security'],
  },
  {
    title: 'UNLOGGED',
    spoil: ['ALTER TABLE tenant_config SET UNLOGGED'],
    finds: ['setting changed tenant_config persistence'],
    touches: ['tenant_config'],
  },
  {
    title: 'another owner',
    spoil: ['ALTER TABLE plans OWNER TO pg_monitor'],
    finds: ['ownership changed plans plans'],
    touches: ['plans owner'],
  },
  {
    title: 'a right that the owner lacks',
    spoil: ['ALTER TABLE plans OWNER TO pg_monitor', 'REVOKE DELETE ON plans FROM pg_monitor'],
    finds: ['ownership changed plans plans', 'right missing plans DELETE'],
    touches: ['plans owner'],
  },
  {
    title: 'a foreign key of a session that replicates',
    spoil: [
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database()); END $$`,
    ],
    finds: ['setting off  session_replication_role'],
    owner: 'host',
    touches: ['plans', 'subscriptions', 'tenant_config'],
  },
  {
    title: 'a migration that is not known here',
    spoil: [
      `INSERT INTO migrations (timestamp, name) VALUES (1999999999999, 'FromTheFuture1999999999999')`,
    ],
    finds: ['migration unknown  FromTheFuture1999999999999'],
    remedy: [`DELETE FROM migrations WHERE name LIKE 'FromTheFuture%'`],
  },
  {
    title: 'two live subscriptions of one owner',
    spoil: [
      'DROP INDEX uq_subscriptions_live_tenant',
      `INSERT INTO plans (name) VALUES ('Twice')`,
      `INSERT INTO subscriptions (tenant_id, plan_id, status) SELECT t.id, p.id, 'active' FROM plans p, (SELECT id FROM tenants LIMIT 1) t, generate_series(1, 2)`,
    ],
    finds: [
      'index missing subscriptions uq_subscriptions_live_tenant',
      'rows broken subscriptions uq_subscriptions_live_tenant',
    ],
    remedy: [
      'DELETE FROM subscriptions; DELETE FROM plans',
      `CREATE UNIQUE INDEX uq_subscriptions_live_tenant ON subscriptions (tenant_id, slot, livemode) WHERE ${LIVE}`,
    ],
    touches: ['plans', 'subscriptions', 'tenant_config'],
  },
  {
    title: 'orphans of a key with CASCADE, which its action takes',
    spoil: [
      'ALTER TABLE tenant_config DISABLE TRIGGER ALL',
      'INSERT INTO tenant_config (tenant_id) VALUES (gen_random_uuid())',
    ],
    finds: [
      'foreign key disabled tenant_config fk_tenant_config_tenant_id',
      'rows broken tenant_config fk_tenant_config_tenant_id',
    ],
    touches: ['tenant_config'],
  },
  {
    title: 'orphans of a key with SET NULL, which its action empties',
    spoil: [
      `INSERT INTO plans (name) VALUES ('Kept')`,
      'ALTER TABLE subscriptions DROP CONSTRAINT fk_subscriptions_pending_plan_id',
      'INSERT INTO subscriptions (tenant_id, plan_id, pending_plan_id) SELECT t.id, p.id, gen_random_uuid() FROM plans p, (SELECT id FROM tenants LIMIT 1) t',
    ],
    finds: [
      'foreign key missing subscriptions fk_subscriptions_pending_plan_id',
      'rows broken subscriptions fk_subscriptions_pending_plan_id',
    ],
    touches: ['plans', 'subscriptions'],
  },
];

/** From Postgres 18 on. */
export const NEW_DEFECTS: readonly Defect[] = [
  {
    title: 'NOT NULL that was never checked',
    spoil: [
      'ALTER TABLE plans ALTER COLUMN currency DROP NOT NULL',
      'ALTER TABLE plans ADD CONSTRAINT host_not_null NOT NULL currency NOT VALID',
    ],
    finds: ['nullability not valid plans currency'],
  },
  {
    title: 'a CHECK that is NOT ENFORCED',
    spoil: [
      'ALTER TABLE plans DROP CONSTRAINT ck_plans_trial_days, ADD CONSTRAINT ck_plans_trial_days CHECK (trial_days BETWEEN 0 AND 730) NOT ENFORCED',
    ],
    finds: ['constraint not valid plans ck_plans_trial_days'],
  },
];
