import type { QueryRunner } from 'typeorm';
import { doctor, migrate, tenantBilling, userBilling } from '../../src';
import { recorded } from '../../src/migrator/sql-scripts';
import { openHost } from '../host/open-host';
import { openBilling } from '../support/data-source';
import { engines } from '../support/engines';
import { HEALTHY, titleOf } from './rounds';

describe.each(engines)("R5 the doctor on what is the host's, on $name", (engine) => {
  const { createDatabase, dialect } = engine;

  it("R5 finds that a host's table is gone, and that billing's keys are gone with it", async () => {
    const { database, dataSource } = await openBilling(createDatabase);
    await database.exec(`DROP TABLE tenants${dialect === 'postgres' ? ' CASCADE' : ''}`);
    const { findings } = await doctor(dataSource);
    const found = findings.map((one) => `${one.owner} ${titleOf(one)}`);
    expect(found).toContain('host table missing tenants tenants');
    if (dialect === 'sqlite') expect(found).toHaveLength(1);
    else
      expect(found).toContain(
        'billing foreign key missing subscriptions fk_subscriptions_tenant_id',
      );
  });

  it("R5 finds that a host's column is no key any more, and puts it right", async () => {
    const { database, dataSource } = await openBilling(createDatabase);
    const isPostgres = dialect === 'postgres';
    const statements = isPostgres
      ? ['ALTER TABLE tenants DROP CONSTRAINT tenants_pkey CASCADE']
      : ['DROP TABLE tenants', 'CREATE TABLE tenants (id text NOT NULL, name text)'];
    for (const sql of statements) await database.exec(sql);
    const { findings } = await doctor(dataSource);
    expect(findings[0]).toMatchObject({
      ...{ owner: 'host', kind: 'constraint', problem: 'missing', table: 'tenants', name: 'id' },
    });
    for (const sql of findings.flatMap((one) => one.sql)) await database.exec(sql);
    expect(await doctor(dataSource)).toEqual(HEALTHY);
  });

  it("R5 finds a host's copy of a migration that was changed since it was applied", async () => {
    const database = await createDatabase();
    const own = [tenantBilling, userBilling].flatMap(({ migrations }) => migrations[dialect]);
    const [Origin] = own;
    const origin = new Origin!();
    const statements = await recorded((queryRunner) => origin.up(queryRunner));
    let edit = (sql: string): string => sql;
    class CopiedBilling1795000000000 {
      readonly billing = origin.name;
      async up(queryRunner: QueryRunner): Promise<void> {
        for (const sql of statements) await queryRunner.query(edit(sql));
      }
      down = (queryRunner: QueryRunner): Promise<void> => origin.down(queryRunner);
    }
    const dataSource = await openHost(database, [], {
      migrations: [CopiedBilling1795000000000, ...own.slice(1)],
    });
    await migrate(dataSource);
    expect(await doctor(dataSource)).toEqual(HEALTHY);
    edit = (sql) => sql.replace('trial_days BETWEEN 0 AND 730', 'trial_days BETWEEN 0 AND 900');
    const { findings } = await doctor(dataSource);
    expect(findings.map((one) => `${one.owner} ${titleOf(one)}`)).toEqual([
      'billing constraint changed plans ck_plans_trial_days',
      'host migration changed  CopiedBilling1795000000000',
    ]);
  });
});
