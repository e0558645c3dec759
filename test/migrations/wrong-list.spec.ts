import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataSource } from 'typeorm';
import { migrate, revert, SqliteDataSource, status, tenantBilling, userBilling } from '../../src';
import { sharedPackage } from '../package/packed-project';
import { opened } from '../support/data-source';
import {
  catalog,
  describeOn,
  engineNamed,
  enginesByUrl,
  rowsOf,
  type TestEngine,
} from '../support/engines';
import { run } from '../support/run';
import { newFolder } from '../support/test-run';

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

describe.each(enginesByUrl)(
  'C3 T7 the list of another engine where $name is migrated',
  (engine) => {
    it.each(['all', 'each', 'none'] as const)(
      'C3 T7 reverts nothing, with the transaction mode %s',
      async (transaction) => {
        const { database, dataSource } = await openWithOther(engine);
        const before = await catalog(database);
        const applied = await rowsOf(database, 'migrations');
        expect(applied).toHaveLength(2);
        const refusal = {
          code: 'CONFIGURATION_INVALID',
          message: expect.stringContaining(`userBilling.migrations.${engine.name}`) as string,
        };
        for (const options of [{}, { all: true }, { fake: true }]) {
          await expect(revert(dataSource, { ...options, transaction })).rejects.toMatchObject(
            refusal,
          );
        }
        await expect(status(dataSource)).rejects.toMatchObject(refusal);
        await expect(dataSource.undoLastMigration({ transaction })).rejects.toMatchObject(refusal);
        expect(await catalog(database)).toEqual(before);
        expect(await rowsOf(database, 'migrations')).toEqual(applied);
      },
    );
  },
);

describeOn('postgres', "C3 TypeORM's own runMigrations() and CLI", () => {
  it('C3 are refused too', async () => {
    const database = await engineNamed('postgres').createDatabase();
    const dataSource = await opened(
      new DataSource({
        type: 'postgres',
        url: database.url,
        installExtensions: false,
        migrations: tenantBilling.migrations.sqlite,
        // What is expected to fail would otherwise be reported on the console as well.
        logger: 'debug',
      }),
    );
    await expect(dataSource.runMigrations()).rejects.toThrow(/tenantBilling\.migrations\.postgres/);
    expect(await database.sql("SELECT 1 FROM pg_class WHERE relname = 'plans'")).toEqual([]);
  });

  it('C3 T7 exit with 1 for run and revert, and change nothing', async () => {
    const database = await engineNamed('postgres').createDatabase({ billing: true });
    const before = [await catalog(database), await rowsOf(database, 'migrations')];
    const cwd = newFolder('wrong-list');
    writeFileSync(
      join(cwd, 'data-source.cjs'),
      `const { DataSource } = require(${JSON.stringify(require.resolve('typeorm'))});
       const { userBilling } = require(${JSON.stringify(await sharedPackage())});
       class Later1900000000000 extends userBilling.migrations.sqlite[0] {
         name = 'Later1900000000000';
       }
       exports.dataSource = new DataSource({
         type: 'postgres',
         url: process.env.DATABASE_URL,
         installExtensions: false,
         migrations: [...userBilling.migrations.sqlite, Later1900000000000],
       });`,
    );
    const cli = join(dirname(require.resolve('typeorm')), 'cli.js');
    for (const command of ['migration:revert', 'migration:run']) {
      const words = [cli, command, '-d', 'data-source.cjs'];
      const ran = await run(words, { cwd, env: { DATABASE_URL: database.url } });
      expect(ran.exitCode).toBe(1);
      expect(ran.stdout + ran.stderr).toContain('userBilling.migrations.postgres');
    }
    expect([await catalog(database), await rowsOf(database, 'migrations')]).toEqual(before);
  });
});

/** All is applied, and the DataSource has the other engine's list of what was applied last. */
async function openWithOther({ name, createDatabase }: TestEngine) {
  const database = await createDatabase({ billing: true });
  const other = name === 'postgres' ? 'sqlite' : 'postgres';
  const migrations = [...tenantBilling.migrations[other], ...userBilling.migrations[other]];
  const dataSource = await opened<DataSource>(
    name === 'postgres'
      ? new DataSource({
          type: 'postgres',
          url: database.url,
          installExtensions: false,
          migrations,
        })
      : new SqliteDataSource({ database: database.url.slice('sqlite:'.length), migrations }),
  );
  return { database, dataSource };
}

describe('C4 entities in a DataSource of another type', () => {
  it.each(['better-sqlite3', 'sqljs', 'mysql', 'expo', 'sqlite', 'capacitor'])(
    'C4 %s is refused with the name of what to use, whether or not its package is installed',
    async (type) => {
      const open = async (entities: unknown): Promise<void> => {
        await new DataSource({ type, database: ':memory:', entities } as never).initialize();
      };
      await expect(open(tenantBilling.entities)).rejects.toThrow(/SqliteDataSource/);
      await expect(open(Object.assign({}, tenantBilling.entities))).rejects.toThrow(
        /SqliteDataSource/,
      );
    },
  );
});
