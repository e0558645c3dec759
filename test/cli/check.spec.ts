import { HOST_TABLES, catalogOf, enginesByUrl } from '../support/engines';
import type { TestDatabase } from '../support/engines';
import { newFolder } from '../support/test-run';
import { billing } from './programs';

/**
 * What somebody changed by hand, each in a table that nothing else of the list touches: a
 * statement for Postgres, where SQLite has one a text in `sqlite_master`; and what must be said.
 */
const CHANGES = [
  {
    what: 'a changed CHECK',
    table: 'subscriptions',
    postgres: `ALTER TABLE subscriptions DROP CONSTRAINT ck_subscriptions_quantity,
      ADD CONSTRAINT ck_subscriptions_quantity CHECK (quantity >= 1)`,
    sqlite: ['(quantity BETWEEN 0 ', '(quantity BETWEEN 1 '],
    says: /"ck_subscriptions_quantity" CHECK \(.*quantity BETWEEN 0 AND 2147483647\)/,
  },
  {
    what: 'a changed default',
    table: 'tenant_config',
    postgres: `ALTER TABLE tenant_config ALTER COLUMN created_at SET DEFAULT '2000-01-01'`,
    sqlite: [/("created_at" .* DEFAULT )\(strftime.*\)/, `$1'2000-01-01'`],
    says: /"tenant_config"[^]*"created_at" [^;]*DEFAULT \(?(?:now\(\)|strftime)/,
  },
  {
    what: 'a dropped NOT NULL',
    table: 'payment_attempts',
    postgres: 'ALTER TABLE payment_attempts ALTER COLUMN idempotency_key DROP NOT NULL',
    sqlite: ['"idempotency_key" varchar(255) NOT NULL', '"idempotency_key" varchar(255)'],
    says: /"payment_attempts"[^]*"idempotency_key" [^,]*NOT NULL/,
  },
  {
    what: 'a dropped column',
    table: 'plans',
    postgres: 'ALTER TABLE plans DROP COLUMN description',
    // With its CHECK, which SQLite's DROP COLUMN would refuse.
    sqlite: [/"description" text,([^]*)CONSTRAINT "ck_plans_description" CHECK \(.*\),\n/, '$1'],
    says: /ALTER TABLE "plans" ADD (?:COLUMN )?"description" text|TABLE "plans"[^]*"description" text/,
  },
  {
    what: 'a dropped index',
    table: 'direct_debit_tokens',
    postgres: 'DROP INDEX ix_direct_debit_tokens_replaced_by_id',
    sqlite: 'DROP INDEX ix_direct_debit_tokens_replaced_by_id',
    says: /CREATE INDEX "ix_direct_debit_tokens_replaced_by_id"/,
  },
  {
    what: 'a changed predicate of a partial index',
    table: 'user_subscriptions',
    postgres: `DROP INDEX ix_user_subscriptions_due;
      CREATE INDEX ix_user_subscriptions_due ON user_subscriptions (next_billing_at) WHERE status = 'active'`,
    sqlite: `DROP INDEX ix_user_subscriptions_due;
      CREATE INDEX ix_user_subscriptions_due ON user_subscriptions (next_billing_at) WHERE status = 'active'`,
    says: /CREATE INDEX "ix_user_subscriptions_due" .* WHERE status IN \('trialing', 'active', 'past_due'\)/,
  },
] as const;

describe.each(enginesByUrl)('T6 check on $name', ({ name, createDatabase }) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase({ host: 'rows' });
  });

  const typed = (...words: string[]) =>
    billing(words, { cwd: newFolder('check'), env: { DATABASE_URL: database.url } });

  it('finds nothing after a migration, each change made by hand, and nothing once it is fixed', async () => {
    await typed('migrate');
    expect(await typed('check')).toEqual({
      exitCode: 0,
      stdout: 'The tables match the entities.\n',
      stderr: '',
    });
    const host = await catalogOf(database, HOST_TABLES);

    for (const change of CHANGES) await apply(change);
    // What the host added is listed apart, and no statement drops it.
    await database.exec('ALTER TABLE plans ADD COLUMN segment text');
    const hosts = [
      {
        table: 'plans',
        kind: 'column',
        name: 'segment',
        definition: expect.any(String) as string,
      },
    ];
    const { exitCode, stdout, stderr } = await typed('check', '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    const { differences, findings, ...rest } = JSON.parse(stdout) as {
      differences: string[];
      findings: { table: string; tried: string }[];
    };
    expect(rest).toEqual({ hosts, unchecked: [] });
    expect(new Set(findings.map(({ table }) => table))).toEqual(
      new Set(CHANGES.map(({ table }) => table)),
    );
    expect(new Set(findings.map(({ tried }) => tried))).toEqual(new Set(['works']));
    expect(differences.join()).not.toContain('DROP COLUMN');
    for (const { what, says } of CHANGES) {
      const found = differences.join(';\n').replaceAll('"new_', '"');
      expect({ what, found }).toEqual({ what, found: expect.stringMatching(says) as unknown });
    }
    // The one table that was left alone has no part in it.
    expect(differences.join('\n')).not.toMatch(/(?:TABLE|ON) "(?:new_)?subscription_plans"/);

    // For people, it is the same.
    const text = await typed('check');
    expect(text).toMatchObject({ exitCode: 1, stderr: '' });
    for (const statement of differences) expect(text.stdout).toContain(`${statement};`);
    expect(text.stdout).toMatch(
      /These statements would fix them; run them in one transaction:[^]*Not named by the entities, left as it is:[^]*\nplans +column +segment\n$/,
    );

    await database.exec(differences.map((statement) => `${statement};`).join('\n'));
    const fixed = await typed('check', '--json');
    expect(fixed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(fixed.stdout)).toEqual({
      ...{ differences: [], findings: [], hosts, unchecked: [] },
    });
    expect(await catalogOf(database, HOST_TABLES)).toEqual(host);
  });

  it('says what is missing where nothing was migrated, or was taken back', async () => {
    await database.exec('ALTER TABLE plans DROP COLUMN segment');
    expect(await typed('rollback', '--all')).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout, stderr } = await typed('check');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toMatch(
      /^Not applied yet: CreateTenantBilling\d+, .*\. Run `migrate` first\.\n/,
    );
    for (const { table } of CHANGES) expect(stdout).toContain(`CREATE TABLE "${table}"`);
    expect(stdout).not.toMatch(/(?:CREATE|ALTER|DROP) TABLE "(?:tenants|user)"/);
  });

  async function apply({ table, postgres, sqlite }: (typeof CHANGES)[number]): Promise<void> {
    if (name === 'postgres') return database.exec(postgres);
    if (typeof sqlite === 'string') return database.exec(sqlite);
    const [row] = await database.sql<{ sql: string }>(
      `SELECT sql FROM sqlite_master WHERE type = 'table' AND name = $1`,
      [table],
    );
    const changed = row?.sql.replace(sqlite[0], sqlite[1]);
    expect(changed).not.toBe(row?.sql);
    await database.exec('PRAGMA writable_schema = ON');
    await database.sql(`UPDATE sqlite_master SET sql = $1 WHERE type = 'table' AND name = $2`, [
      changed,
      table,
    ]);
    await database.exec('PRAGMA writable_schema = RESET');
  }
});
