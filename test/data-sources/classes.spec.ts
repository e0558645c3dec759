import { DataSource } from 'typeorm';
import { adaptSqlite, SqliteDataSource, tenantBilling } from '../../src';
import { D1DataSource } from '../../src/d1';
import { PostgresDataSource } from '../../src/data-sources/postgres';
import { readSettings } from '../../src/data-sources/settings';
import { createDataSource } from '../../src/data-sources/shared';
import { SCRIPT_DIALECTS } from '../../src/engines/scripts';
import { engineOf, engines } from '../../src/engines/registry';

describe('C3 the shared DataSource', () => {
  it.each([
    ['postgres://localhost/app', PostgresDataSource, 'postgres'],
    ['sqlite::memory:', SqliteDataSource, 'sqlite'],
    ['d1:DB', D1DataSource, 'd1'],
  ] as const)('on %s is of the class that a service imports', (url, type, engine) => {
    const dataSource = createDataSource(readSettings({ DATABASE_URL: url }));
    expect(dataSource).toBeInstanceOf(type);
    expect(namesFor(dataSource)).toEqual([engine]);
  });
});

it('U3 the databases that have SQL files are those whose row says how', () => {
  const able = engines().filter(({ scripts }) => scripts !== undefined);
  expect(able.map(({ name }) => name)).toEqual(SCRIPT_DIALECTS);
});

describe('B1 a DataSource', () => {
  it('of TypeORM itself is known by its type', () => {
    const postgres = new DataSource({ type: 'postgres', url: 'postgres://localhost/app' });
    expect(namesFor(postgres)).toEqual(['postgres']);
  });

  it('without a type is refused as that, where it has entities of billing', () => {
    const { entities } = tenantBilling;
    // What a variable of the environment that is not set gives.
    const type = process.env.NO_SUCH_TYPE as 'postgres';
    expect(() => new DataSource({ type, entities })).toThrow(
      'A DataSource has no type: give its options a type, such as "postgres", or set the environment',
    );
    expect(() => adaptSqlite(new DataSource({ type: 'postgres' }))).toThrow(
      'adaptSqlite() got a DataSource of type "postgres": give it one of type "better-sqlite3"',
    );
  });

  it('of another database is refused, with what to use instead', () => {
    const other = new SqliteDataSource({ database: ':memory:' });
    Object.assign(other, { driver: {}, options: { type: 'mysql' } });
    expect(() => engineOf(other)).toThrow(
      'A DataSource of type "mysql" can\'t hold billing tables here: use a SqliteDataSource',
    );
  });
});

/** The databases whose row of the registry takes the DataSource. */
function namesFor(dataSource: DataSource): string[] {
  return engines()
    .filter((engine) => engine.owns(dataSource))
    .map(({ name }) => name);
}
