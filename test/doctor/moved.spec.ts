import { SqliteDataSource, doctor, migrate, tenantBilling, userBilling } from '../../src';
import { openBilling, openDataSource, opened } from '../support/data-source';
import { describeOn, engineNamed, TENANT_IDS } from '../support/engines';
import { newFolder } from '../support/test-run';
import { HEALTHY, titleOf } from './rounds';

const PLAN = '00000000-0000-4000-8000-000000000001';

describeOn('postgres', 'R5 the doctor on a Postgres database that was moved', () => {
  const { createDatabase } = engineNamed('postgres');

  it('R5 raises no alarm after dumps and restores, in which texts change, and a new name', async () => {
    const database = await createDatabase();
    await migrate(await openDataSource(database));
    for (let round = 0; round < 2; round += 1) {
      // What pg_restore does: Postgres reads its own text again, and may write it differently.
      const parts = await database.sql<{ sql: string }>(
        `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', conrelid::regclass, conname, conname, pg_get_constraintdef(oid)) AS sql
         FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace
         UNION ALL SELECT format('DROP INDEX %I; %s', indexname, indexdef)
         FROM pg_indexes WHERE schemaname = 'public' AND indexdef ~ ' WHERE '
         UNION ALL SELECT format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', adrelid::regclass, attname, pg_get_expr(adbin, adrelid))
         FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
         WHERE adrelid::regclass::text !~ 'migrations|tenants|user$|session|account|verification'`,
      );
      expect(parts.length).toBeGreaterThan(100);
      for (const { sql } of parts) await database.exec(sql);
      expect(await doctor(await openDataSource(database))).toEqual(HEALTHY);
    }
    const name = new URL(database.url).pathname.slice(1);
    const other = await createDatabase();
    const copy = `${name}_copy`;
    await database.close();
    const idle = await openDataSource(other);
    await idle.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
    await idle.query(`ALTER DATABASE ${name} RENAME TO ${copy}`);
    const url = Object.assign(new URL(database.url), { pathname: `/${copy}` }).href;
    const moved = await openDataSource({ ...database, url });
    expect(await doctor(moved)).toEqual(HEALTHY);
    await moved.destroy();
    await idle.query(`ALTER DATABASE ${copy} RENAME TO ${name}`);
  });
});

describeOn('sqlite', 'R5 the doctor on a SQLite file', () => {
  const { createDatabase } = engineNamed('sqlite');

  it('R5 raises no alarm on what VACUUM INTO writes', async () => {
    const { database } = await openBilling(createDatabase, { host: 'rows' });
    const file = `${newFolder('vacuum')}/copy.sqlite`;
    await database.exec(`VACUUM INTO '${file}'`);
    expect(await doctor(await openDataSource({ ...database, url: `sqlite:${file}` }))).toEqual(
      HEALTHY,
    );
  });

  it('R5 finds orphans that a connection without foreign keys has left, and takes them', async () => {
    const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
    await database.exec('PRAGMA foreign_keys = OFF');
    await database.exec(`INSERT INTO plans (id, name) VALUES ('${PLAN}', 'Pro')`);
    await database.exec(
      `INSERT INTO subscriptions (id, tenant_id, plan_id, pending_plan_id) VALUES ('${PLAN}', '${TENANT_IDS[0]}', '${PLAN}', '${PLAN.slice(0, -1)}2')`,
    );
    await database.exec(
      `INSERT INTO tenant_config (id, tenant_id) VALUES ('${PLAN}', '${PLAN.slice(0, -1)}3')`,
    );
    await database.exec('PRAGMA foreign_keys = ON');
    const { findings } = await doctor(dataSource);
    expect(findings.map(titleOf).sort()).toEqual([
      'rows broken subscriptions fk_subscriptions_pending_plan_id',
      'rows broken tenant_config fk_tenant_config_tenant_id',
    ]);
    expect(findings.map(({ tried }) => tried)).toEqual(['works', 'works']);
    for (const sql of findings.flatMap((one) => one.sql)) await database.exec(sql);
    expect(await doctor(dataSource)).toEqual(HEALTHY);
    expect(await database.sql('SELECT pending_plan_id FROM subscriptions')).toHaveLength(1);
  });

  it('R5 finds that CHECKs are ignored on its connection', async () => {
    const migrations = [tenantBilling, userBilling].flatMap((one) => one.migrations.sqlite);
    const { entities } = tenantBilling;
    const dataSource = await opened(
      new SqliteDataSource({
        database: ':memory:',
        entities: [...entities, ...userBilling.entities],
        migrations,
      }),
    );
    await dataSource.query('CREATE TABLE tenants (id text NOT NULL PRIMARY KEY)');
    await dataSource.query('CREATE TABLE user (id text NOT NULL PRIMARY KEY)');
    await migrate(dataSource);
    expect(await doctor(dataSource)).toEqual(HEALTHY);
    await dataSource.query('PRAGMA ignore_check_constraints = ON');
    const { findings } = await doctor(dataSource);
    expect(findings).toMatchObject([
      { owner: 'host', kind: 'setting', problem: 'off', name: 'ignore_check_constraints' },
    ]);
    for (const sql of findings.flatMap((one) => one.sql)) await dataSource.query(sql);
    expect(await doctor(dataSource)).toEqual(HEALTHY);
  });
});
