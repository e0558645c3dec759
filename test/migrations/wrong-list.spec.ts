import { DataSource } from 'typeorm';
import { migrate, SqliteDataSource, tenantBilling } from '../../src';
import { opened } from '../support/data-source';
import { catalog, describeOn, engineNamed, enginesByUrl } from '../support/engines';

describe.each(enginesByUrl)(
  'C3 the migrations of another engine on $name',
  ({ name, createDatabase }) => {
    it.each(['all', 'each', 'none'] as const)(
      'C3 are refused by name, and nothing is applied, with the transaction mode %s',
      async (transaction) => {
        const database = await createDatabase();
        const before = await catalog(database);
        const other = name === 'postgres' ? 'sqlite' : 'postgres';
        class Host1700000000000 {
          up = (): Promise<void> => Promise.reject(new Error('was run'));
          down = (): Promise<void> => Promise.resolve();
        }
        const migrations = [...tenantBilling.migrations[other], Host1700000000000];
        const dataSource = await opened(
          name === 'postgres'
            ? new DataSource({
                type: 'postgres',
                url: database.url,
                installExtensions: false,
                migrations,
              })
            : new SqliteDataSource({ database: database.url.slice('sqlite:'.length), migrations }),
        );
        const refusal = {
          code: 'CONFIGURATION_INVALID',
          message: expect.stringContaining(`tenantBilling.migrations.${name}`) as string,
        };
        await expect(migrate(dataSource, { transaction })).rejects.toMatchObject(refusal);
        expect(await catalog(database)).toEqual(before);
      },
    );
  },
);

describeOn('postgres', "C3 TypeORM's own runMigrations()", () => {
  it('C3 is refused too', async () => {
    const database = await engineNamed('postgres').createDatabase();
    const dataSource = await opened(
      new DataSource({
        type: 'postgres',
        url: database.url,
        installExtensions: false,
        migrations: tenantBilling.migrations.sqlite,
      }),
    );
    await expect(dataSource.runMigrations()).rejects.toThrow(/tenantBilling\.migrations\.postgres/);
    expect(await database.sql("SELECT 1 FROM pg_class WHERE relname = 'plans'")).toEqual([]);
  });
});

describe('C4 entities in a DataSource of another type', () => {
  it.each(['better-sqlite3', 'sqljs', 'mysql', 'expo', 'sqlite', 'capacitor'])(
    'C4 %s is refused with the name of what to use, whether or not its package is installed',
    (type) => {
      const make = (entities: unknown): unknown =>
        new DataSource({ type, database: ':memory:', entities } as never);
      expect(() => make(tenantBilling.entities)).toThrow(/SqliteDataSource/);
      expect(() => make(Object.assign({}, tenantBilling.entities))).toThrow(/SqliteDataSource/);
    },
  );
});
