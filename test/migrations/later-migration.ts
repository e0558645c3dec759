import type { QueryRunner } from 'typeorm';
import { changeTables } from '../../src/migrations/change-tables';
import { inDialect } from '../../src/migrations/dialect';
import type { ReversibleMigrationClass } from '../../src/migrations/reversible-migration';
import type { Dialect, TestDatabase } from '../support/engines';

const RULE = 'setup_fee BETWEEN 0 AND 1000';
const CHECKS = { before: 'trial_days BETWEEN 0 AND 730', after: 'trial_days BETWEEN 0 AND 900' };

/**
 * A migration as the generator writes one: it adds a column with a CHECK and an index to `plans`, changes
 * a CHECK, and drops `sort_order` with its CHECK.
 */
export async function laterMigration(
  clean: TestDatabase,
  timestamp = 2000000000000,
): Promise<ReversibleMigrationClass> {
  const name = `AddSetupFee${timestamp}`;
  const changes = await CHANGES[clean.dialect](clean);
  class Later {
    readonly name = name;
    readonly family = 'tenant';

    up(queryRunner: QueryRunner): Promise<void> {
      return changes.up(queryRunner);
    }

    down(queryRunner: QueryRunner): Promise<void> {
      return changes.down(queryRunner);
    }
  }
  inDialect(clean.dialect, [Later]);
  return Later;
}

type Change = Record<'up' | 'down', (queryRunner: QueryRunner) => Promise<void>>;

const CHANGES: Record<Dialect, (clean: TestDatabase) => Promise<Change>> = {
  postgres: () => {
    const replaced = (to: string): string =>
      `ALTER TABLE "plans" DROP CONSTRAINT "ck_plans_trial_days";
      ALTER TABLE "plans" ADD CONSTRAINT "ck_plans_trial_days" CHECK (${to})`;
    return Promise.resolve({
      up: (queryRunner) =>
        queryRunner.query(`
      ALTER TABLE "plans" DROP CONSTRAINT "ck_plans_sort_order";
      ALTER TABLE "plans" DROP COLUMN "sort_order";
      ALTER TABLE "plans" ADD "setup_fee" bigint;
      ALTER TABLE "plans" ALTER COLUMN "stripe_product_id" TYPE varchar(300);
      ALTER TABLE "plans" ADD CONSTRAINT "ck_plans_setup_fee" CHECK (${RULE});
      ${replaced(CHECKS.after)};
      CREATE INDEX "ix_plans_setup_fee" ON "plans" ("setup_fee");
    `) as Promise<void>,
      down: (queryRunner) =>
        queryRunner.query(`
      DROP INDEX "ix_plans_setup_fee";
      ALTER TABLE "plans" ALTER COLUMN "stripe_product_id" TYPE varchar(255);
      ${replaced(CHECKS.before)};
      ALTER TABLE "plans" DROP CONSTRAINT "ck_plans_setup_fee";
      ALTER TABLE "plans" DROP COLUMN "setup_fee";
      ALTER TABLE "plans" ADD "sort_order" integer NOT NULL DEFAULT 0;
      ALTER TABLE "plans" ADD CONSTRAINT "ck_plans_sort_order" CHECK (sort_order BETWEEN -2147483648 AND 2147483647);
    `) as Promise<void>,
    });
  },
  sqlite: async (clean) => {
    const rows = await clean.sql<{ tbl_name: string; sql: string }>(
      `SELECT tbl_name, sql FROM sqlite_master WHERE tbl_name IN ('plans', 'subscriptions') AND sql IS NOT NULL ORDER BY rowid`,
    );
    const of = (table: string): string[] =>
      rows.filter(({ tbl_name: name }) => name === table).map(({ sql }) => sql);
    const before = of('plans');
    const children = of('subscriptions');
    const after = [
      ...before.map((sql) =>
        sql
          .replace(CHECKS.before, CHECKS.after)
          .replace('"stripe_product_id" varchar(255)', '"stripe_product_id" varchar(300)')
          .replace(/"sort_order" integer NOT NULL DEFAULT 0,/, '"setup_fee" bigint,')
          .replace(
            /CONSTRAINT "ck_plans_sort_order" CHECK \(.*\),\n/,
            `CONSTRAINT "ck_plans_setup_fee" CHECK (${RULE}),\n`,
          ),
      ),
      'CREATE INDEX "ix_plans_setup_fee" ON "plans" ("setup_fee")',
    ];
    if (!after.join().includes(RULE)) throw new Error('The table is written in another way.');
    return {
      up: (queryRunner) =>
        changeTables(queryRunner, [...before, ...children], [...after, ...children]),
      down: (queryRunner) =>
        changeTables(queryRunner, [...after, ...children], [...before, ...children]),
    };
  },
};

/** What a host writes into the text of `plans` on SQLite, which can't be altered: it makes it again. */
export const REMADE = [
  ['"stripe_product_id" varchar(255)', `"stripe_product_id" varchar(255) DEFAULT 'host'`],
  [/\)$/, ', CHECK (trial_days <> 13), CONSTRAINT host_name UNIQUE (description))'],
] as const;

/** What a host adds: of each kind something, and rows that a cascade would take. */
export const HOST: Record<Dialect, readonly string[]> = {
  postgres: [
    `ALTER TABLE plans ADD COLUMN "Badge" varchar(20) DEFAULT 'a, (b)', ADD COLUMN owner_id uuid REFERENCES tenants (id),
       ADD COLUMN label text GENERATED ALWAYS AS (lower(name)) STORED,
       ADD CONSTRAINT host_days CHECK (trial_days <> 13), ADD CONSTRAINT host_badge UNIQUE ("Badge"),
       ALTER COLUMN stripe_product_id SET DEFAULT 'host'`,
    'CREATE INDEX host_plans ON plans ("Badge", trial_days DESC) WHERE trial_days > 0',
    `CREATE FUNCTION host_keeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kept'; END $$`,
    'CREATE TRIGGER "Host Keeps" BEFORE DELETE ON plans FOR EACH ROW EXECUTE FUNCTION host_keeps()',
    'ALTER TABLE subscriptions ADD COLUMN seen boolean DEFAULT false',
    'CREATE TABLE invoices (id integer PRIMARY KEY, plan_id uuid REFERENCES plans (id) ON DELETE CASCADE)',
    'CREATE TABLE invoice_lines (id integer PRIMARY KEY, invoice_id integer REFERENCES invoices (id) ON DELETE CASCADE)',
    'CREATE VIEW price_list AS SELECT s.id, p.name, p."Badge" FROM plans p LEFT JOIN subscriptions s ON s.plan_id = p.id',
    `COMMENT ON COLUMN plans.name IS 'as on the list'`,
    'GRANT SELECT ON plans TO pg_monitor',
    'CREATE POLICY host_sees ON plans FOR SELECT USING (livemode)',
  ],
  sqlite: [
    `ALTER TABLE plans ADD COLUMN "Badge" varchar(20) DEFAULT 'a, (b)'`,
    'ALTER TABLE plans ADD COLUMN owner_id text REFERENCES tenants (id)',
    'ALTER TABLE plans ADD COLUMN label text GENERATED ALWAYS AS (lower(name))',
    'ALTER TABLE plans ADD COLUMN rank integer CHECK (rank < 99)',
    'CREATE INDEX host_plans ON plans ("Badge", trial_days DESC) WHERE trial_days > 0',
    'CREATE UNIQUE INDEX "Host Lower" ON plans (lower(name))',
    `CREATE TRIGGER "Host Keeps" BEFORE DELETE ON plans BEGIN SELECT RAISE(ABORT, 'kept'); END`,
    'ALTER TABLE subscriptions ADD COLUMN seen boolean DEFAULT false',
    'CREATE INDEX host_seen ON subscriptions (seen)',
    'CREATE TABLE invoices (id integer PRIMARY KEY, plan_id text REFERENCES plans (id) ON DELETE CASCADE)',
    'CREATE TABLE invoice_lines (id integer PRIMARY KEY AUTOINCREMENT, invoice_id integer REFERENCES invoices ON DELETE CASCADE)',
    'CREATE INDEX host_invoices ON invoices (plan_id)',
    'CREATE VIEW price_list AS SELECT s.id, p.name, p."Badge" FROM plans p LEFT JOIN subscriptions s ON s.plan_id = p.id',
    'CREATE VIEW short_list AS SELECT name FROM price_list',
    'CREATE TRIGGER tenants_gone AFTER DELETE ON tenants BEGIN DELETE FROM plans WHERE owner_id = old.id; END',
  ],
};
