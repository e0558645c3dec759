import { Column, DataSource, Entity, OneToMany, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import {
  adaptSqlite,
  bindHost,
  DirectDebitToken,
  Plan,
  SqliteDataSource,
  Subscription,
  tenantBilling,
} from '../../src';
import { D1DataSource } from '../../src/d1';
import { engines, type TestDatabase } from '../support/engines';
import { unbindHost } from '../support/unbind';

afterEach(unbindHost);

@Entity('organizations')
class Organization {
  @PrimaryGeneratedColumn()
  id!: number;
}

@Entity()
class OurSubscription extends Subscription {
  @Column('text', { nullable: true })
  note!: string | null;
}

@Entity('shelves')
class Shelf {
  @PrimaryGeneratedColumn()
  id!: number;

  @OneToMany('Book', 'shelf')
  books!: unknown[];
}

@Entity('books')
class Book {
  @PrimaryGeneratedColumn()
  id!: number;

  @ManyToOne(() => Shelf)
  shelf!: Shelf;
}

/** What `initialize()` says of these entities. */
async function refusalOf(
  { engine, url, binding }: TestDatabase,
  entities: (new () => object)[],
): Promise<unknown> {
  const dataSource =
    binding !== undefined
      ? new D1DataSource({ database: binding, entities })
      : engine === 'postgres'
        ? new DataSource({ type: 'postgres', url, installExtensions: false, entities })
        : new SqliteDataSource({ database: url.slice('sqlite:'.length), entities });
  // TypeORM closes what it could not build.
  return dataSource.initialize().then(
    () => dataSource.destroy(),
    (thrown: unknown) => thrown,
  );
}

const refused = (message: string): unknown =>
  expect.objectContaining({ code: 'CONFIGURATION_INVALID', message });

describe.each(engines)('entities that are not listed, on $name', ({ createDatabase }) => {
  it("H1 names the host's class, billing's class and the family, and how to list them", async () => {
    const database = await createDatabase();
    expect(await refusalOf(database, [DirectDebitToken])).toEqual(
      refused(
        'DirectDebitToken.user leads to User, which is not in the entities of the DataSource: ' +
          'give it ...userBilling.entities, which holds User.',
      ),
    );
    expect(
      await refusalOf(
        database,
        tenantBilling.entities.filter((one) => one !== Plan),
      ),
    ).toEqual(
      refused(
        'Subscription.plan leads to Plan, which is not in the entities of the DataSource: ' +
          'give it ...tenantBilling.entities, which holds Plan.',
      ),
    );
    bindHost({ tenant: Organization, subscription: OurSubscription });
    expect(await refusalOf(database, tenantBilling.entities)).toEqual(
      refused(
        'OurSubscription.tenant leads to Organization, which is not in the entities of the DataSource: ' +
          'add Organization to them, beside those of billing.',
      ),
    );
    expect(await refusalOf(database, [Organization, ...tenantBilling.entities])).toBeUndefined();
  });

  it("H5 leaves what TypeORM says of the host's own relations as it is", async () => {
    expect(await refusalOf(await createDatabase(), [Book])).toMatchObject({
      name: 'TypeORMError',
      message: expect.stringContaining('Entity metadata for Book#shelf was not found') as unknown,
    });
  });
});

describe('C1 options that are missing', () => {
  it.each([undefined, ''])('C1 a SqliteDataSource whose database is %j', (database) => {
    const options = { database } as { database: string };
    expect(() => new SqliteDataSource(options)).toThrow(
      `The option database of a DataSource on SQLite is ${database === '' ? 'empty' : 'of type undefined'}: ` +
        'give it the path of a file, or ":memory:".',
    );
  });

  it.each([undefined, { type: 'better-sqlite3' }])('C1 adaptSqlite() of %j', (given) => {
    expect(() => adaptSqlite(given as unknown as DataSource)).toThrow(
      'adaptSqlite() got no DataSource: give it one: adaptSqlite(new DataSource({ type: "better-sqlite3", … })).',
    );
  });
});
