import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { type BillingError, migrate, tenantBilling, userBilling } from '../../src';
import { sharedPackage } from '../package/packed-project';
import { closeAfterwards } from '../support/closing';
import { openDataSource, opened } from '../support/data-source';
import { catalog, describeOn, engineNamed, engines, type TestDatabase } from '../support/engines';
import { run } from '../support/run';
import { newFolder, uniqueSuffix } from '../support/test-run';

const failure = (work: Promise<unknown>): Promise<BillingError> =>
  work.then(
    () => {
      throw new Error('nothing was refused');
    },
    (error: unknown) => error as BillingError,
  );

describe.each(engines)('R3 before the first statement on $name', ({ createDatabase }) => {
  it('R3 T4 one error lists all that is in the way, and nothing has changed', async () => {
    const database = await createDatabase({ host: 'none' });
    await database.exec('CREATE TABLE users ("id" text PRIMARY KEY)');
    await database.exec('CREATE TABLE plans ("id" text PRIMARY KEY)');
    await database.exec('CREATE TABLE user_subscriptions ("id" text PRIMARY KEY)');
    const before = await catalog(database);
    const error = await failure(migrate(await openDataSource(database)));
    expect(error).toMatchObject({ name: 'BillingError', code: 'PREFLIGHT_FAILED' });
    const { problems } = error.details as { problems: BillingError[] };
    expect(problems.map(({ code }) => code)).toEqual([
      'HOST_TABLE_MISSING',
      'TABLE_EXISTS',
      'HOST_TABLE_MISSING',
      'TABLE_EXISTS',
    ]);
    expect(error.message).toMatch(/^4 things are in the way .*nothing was changed/);
    for (const word of ['1. ', '"tenants"', '2. ', '"plans"', '"users" ("id" text)', '4. ']) {
      expect(error.message).toContain(word);
    }
    expect(await catalog(database)).toEqual(before);
  });

  it('R3 one problem alone is that error', async () => {
    const database = await createDatabase();
    await database.exec('CREATE TABLE plans ("id" text PRIMARY KEY)');
    const error = await failure(migrate(await openDataSource(database)));
    expect(error).toMatchObject({ code: 'TABLE_EXISTS', details: { tables: ['plans'] } });
  });
});

describeOn('postgres', 'R3 what Postgres does not let a user do', () => {
  let database: TestDatabase;
  let role: string;

  beforeEach(async () => {
    database = await engineNamed('postgres').createDatabase();
    role = `migrator_${uniqueSuffix()}`;
    await database.exec(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
  });

  const openAs = async (): Promise<DataSource> => {
    const url = new URL(database.url);
    url.username = role;
    url.password = 'secret';
    return opened(
      new DataSource({
        type: 'postgres',
        url: url.href,
        uuidExtension: 'pgcrypto',
        installExtensions: false,
        entities: [...tenantBilling.entities, ...userBilling.entities],
        migrations: [...tenantBilling.migrations.postgres, ...userBilling.migrations.postgres],
      }),
    );
  };

  it('R3 lists each right that is missing, with the statement that grants it; these are enough', async () => {
    const before = await catalog(database);
    const error = await failure(migrate(await openAs()));
    expect(error.code).toBe('RIGHTS_MISSING');
    const { problems } = error.details as { problems: BillingError<{ grant: string }>[] };
    expect(problems.map(({ code, details }) => [code, details?.grant])).toEqual([
      ['RIGHTS_MISSING', `GRANT USAGE, CREATE ON SCHEMA "public" TO ${role}`],
      ['RIGHTS_MISSING', `GRANT REFERENCES ON "tenants" TO ${role}`],
      ['RIGHTS_MISSING', `GRANT REFERENCES ON "user" TO ${role}`],
    ]);
    expect(await catalog(database)).toEqual(before);
    for (const { details } of problems) await database.exec(details!.grant);
    expect(await migrate(await openAs())).toHaveLength(2);
  });

  it('R3 says so of a table of applied migrations that can not be written', async () => {
    await database.exec(`GRANT USAGE, CREATE ON SCHEMA public TO ${role}`);
    await database.exec(`GRANT REFERENCES ON ALL TABLES IN SCHEMA public TO ${role}`);
    await database.exec(
      'CREATE TABLE migrations ("id" serial PRIMARY KEY, "timestamp" bigint NOT NULL, "name" varchar NOT NULL)',
    );
    await database.exec(`GRANT SELECT ON migrations TO ${role}`);
    const error = await failure(migrate(await openAs()));
    expect(error).toMatchObject({
      code: 'RIGHTS_MISSING',
      details: { grant: `GRANT SELECT, INSERT, UPDATE, DELETE ON "migrations" TO ${role}` },
    });
  });

  it('R3 says so of a read-only session', async () => {
    await database.exec(`GRANT USAGE, CREATE ON SCHEMA public TO ${role}`);
    await database.exec(`GRANT REFERENCES ON ALL TABLES IN SCHEMA public TO ${role}`);
    await database.exec(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
    const error = await failure(migrate(await openAs()));
    expect(error).toMatchObject({ code: 'DATABASE_READ_ONLY' });
    expect(error.message).toContain(`This session of ${role} is read-only`);
  });

  afterEach(async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
    await client.end();
  });
});

describeOn('sqlite', 'R3 a SQLite file that can not be written', () => {
  it('R3 is refused in words, beside what else is in the way', async () => {
    const database = await engineNamed('sqlite').createDatabase({ host: 'none' });
    await database.exec('PRAGMA journal_mode = WAL; CREATE TABLE plans ("id" text PRIMARY KEY)');
    await database.close();
    const folder = mkdtempSync(join(tmpdir(), 'typeorm-billing-'));
    closeAfterwards(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const file = join(folder, 'billing.sqlite');
    copyFileSync(database.url.replace('sqlite:', ''), file);
    chmodSync(file, 0o444);
    chmodSync(folder, 0o777);
    const script = join(newFolder('preflight'), 'migrate.cjs');
    writeFileSync(script, AS_READER);
    const { stdout, stderr } = await run([script, file, await sharedPackage()], { cwd: folder });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([
      'DATABASE_READ_ONLY',
      'HOST_TABLE_MISSING',
      'TABLE_EXISTS',
    ]);
  });
});

/** Migrates as a user who owns nothing: root, who may read and write all, becomes nobody first. */
const AS_READER = `
const [, , database, billing] = process.argv;
const { migrate, SqliteDataSource, tenantBilling } = require(billing);

async function problems(database) {
  const { entities, migrations } = tenantBilling;
  const dataSource = new SqliteDataSource({ database, entities, migrations: migrations.sqlite });
  await dataSource.initialize();
  const error = await migrate(dataSource).then(() => ({}), (error) => error);
  await dataSource.destroy();
  return (error.details?.problems ?? [error]).map(({ code, message }) => code ?? message);
}

async function main() {
  // All that is loaded on the way is loaded now.
  await problems(':memory:');
  if (process.getuid?.() === 0) {
    process.setegid(65534);
    process.seteuid(65534);
  }
  console.log(JSON.stringify(await problems(database)));
}

main();
`;
