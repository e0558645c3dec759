import type { DataSource } from 'typeorm';
import { migrate } from '../../src';
import { openBilling } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';

const sqliteEngines = engines.filter(({ dialect }) => dialect === 'sqlite');

describe.each(sqliteEngines)('B1 an emptied database on $name', ({ createDatabase }) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    ({ database, dataSource } = await openBilling(createDatabase, { host: 'rows' }));
    await database.exec(`
      CREATE TABLE "a""b" (id integer PRIMARY KEY, other integer REFERENCES ring (id));
      CREATE TABLE ring (id integer PRIMARY KEY, other integer REFERENCES "a""b" (id) ON DELETE RESTRICT);
      INSERT INTO "a""b" (id) VALUES (1);
      CREATE VIEW seen AS SELECT name FROM tenants;
      CREATE VIEW seen_again AS SELECT name FROM seen;
      CREATE TRIGGER kept BEFORE DELETE ON tenants BEGIN SELECT RAISE(ABORT, 'kept'); END;`);
    await database.sql('UPDATE "a""b" SET other = NULL');
  });

  const left = (): Promise<unknown[]> =>
    database.sql(
      `SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf%' ESCAPE '\\'`,
    );

  it('B1 dropDatabase() leaves nothing, and the migrations run again', async () => {
    await dataSource.dropDatabase();
    expect(await left()).toEqual([]);
    await database.exec('CREATE TABLE tenants (id text NOT NULL PRIMARY KEY)');
    await database.exec('CREATE TABLE "user" (id text NOT NULL PRIMARY KEY)');
    expect(await migrate(dataSource)).not.toEqual([]);
  });

  it('B1 synchronize(true) makes the tables anew', async () => {
    await database.sql(
      `INSERT INTO plans (id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'old')`,
    );
    await dataSource.synchronize(true);
    const tables = (await left()) as { name: string }[];
    expect(tables.map(({ name }) => name)).toContain('plans');
    expect(tables.map(({ name }) => name)).not.toContain('ring');
    expect(await database.sql('SELECT * FROM plans')).toEqual([]);
  });
});
