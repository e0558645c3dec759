import { Client } from 'pg';
import { doctor, type DoctorReport } from '../../src';
import { closeAfterwards } from '../support/closing';
import { openBilling, openDataSource } from '../support/data-source';
import { describeOn, engineNamed } from '../support/engines';
import { postgresAdminUrl } from '../support/test-run';
import { BILLING_TABLES } from '../support/billing-tables';
import { titleOf } from './rounds';

/** What is wrong whoever looks: the catalog alone tells it. */
const SPOIL = `
  ALTER TABLE tenant_config SET UNLOGGED;
  ALTER TABLE subscriptions DROP CONSTRAINT ck_subscriptions_trial;
  ALTER TABLE plans DROP CONSTRAINT ck_plans_trial_days, ADD CONSTRAINT ck_plans_trial_days
    CHECK (trial_days BETWEEN 0 AND 730) NOT VALID`;
const TOLD = [
  'constraint not valid plans ck_plans_trial_days',
  'setting changed tenant_config persistence',
];
const RIGHTS = BILLING_TABLES.map((table) => `right missing ${table} INSERT, UPDATE, DELETE`);

describeOn('postgres', 'R5 the doctor as a user of Postgres who may not do all', () => {
  async function reportAs(setting: string): Promise<DoctorReport> {
    const { database } = await openBilling(engineNamed('postgres').createDatabase);
    const name = new URL(database.url).pathname.slice(1);
    const role = `patient_${name}`;
    await database.exec(SPOIL);
    await database.exec(
      `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role};
       REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC; ${setting.replaceAll('$role', role).replaceAll('$database', name)}`,
    );
    closeAfterwards(async () => {
      const url = Object.assign(new URL(postgresAdminUrl()), { pathname: `/${name}` });
      const admin = new Client({ connectionString: url.href });
      await admin.connect();
      await admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await admin.end();
    });
    const url = Object.assign(new URL(database.url), { username: role, password: 'x' });
    const dataSource = await openDataSource({ ...database, url: url.href });
    const report = await doctor(dataSource);
    expect(report.healthy).toBe(false);
    return report;
  }

  it.each([
    ['makes temporary tables', 'GRANT TEMPORARY ON DATABASE $database TO $role'],
    ['makes a schema, as it may', 'GRANT CREATE ON DATABASE $database TO $role'],
  ])('R5 looks at all where it %s, and says which rights the user lacks', async (_, setting) => {
    const { findings, unchecked } = await reportAs(setting);
    expect(unchecked.filter(({ object }) => object.startsWith('what '))).toEqual([]);
    expect(findings.map(titleOf).sort()).toEqual(
      [...TOLD, ...RIGHTS, 'constraint missing subscriptions ck_subscriptions_trial'].sort(),
    );
    const right = findings.find(({ kind }) => kind === 'right')!;
    expect(right.sql[0]).toMatch(/^GRANT INSERT, UPDATE, DELETE ON \w+ TO "patient_\w+"$/);
    expect(right.tried).toBe('fails');
  });

  it.each([
    ['no right to make temporary tables', '', /permission denied.*temporary/],
    [
      'a read-only session',
      'GRANT TEMPORARY ON DATABASE $database TO $role; ALTER ROLE $role SET default_transaction_read_only = on',
      /read-only/,
    ],
  ])(
    'R5 says what it could not look at with %s, and what the catalog tells',
    async (_, setting, reason) => {
      const { findings, unchecked } = await reportAs(setting);
      expect(unchecked).toContainEqual({
        object: 'what the migrations make',
        reason: expect.stringMatching(reason) as string,
      });
      expect(findings.map(titleOf).sort()).toEqual([...TOLD, ...RIGHTS].sort());
    },
  );

  it('R5 waits a second at most for a lock, and then says that the statements were not tried', async () => {
    const { database, dataSource } = await openBilling(engineNamed('postgres').createDatabase);
    await database.exec('DROP INDEX ix_payment_attempts_user_id');
    await database.exec('BEGIN; LOCK TABLE payment_attempts IN ROW EXCLUSIVE MODE');
    const held = await doctor(dataSource);
    await database.exec('ROLLBACK');
    expect(held.findings).toMatchObject([
      {
        ...{ kind: 'index', problem: 'missing', tried: 'not tried' },
        reason: expect.stringContaining('lock timeout') as string,
      },
    ]);
    expect((await doctor(dataSource)).findings).toMatchObject([{ tried: 'works' }]);
    expect((await doctor(dataSource, { try: false })).findings).toMatchObject([
      { tried: 'not tried', reason: 'as asked' },
    ]);
  });
});
