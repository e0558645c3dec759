import { Column, DataSource, Entity, getMetadataArgsStorage, PrimaryColumn } from 'typeorm';
import { BillingError, Plan, SqliteDataSource } from '../../src';
import { D1DataSource } from '../../src/data-sources/d1';
import { BillingEntity } from '../../src/entities/billing-entity';
import { Money } from '../../src/entities/columns';
import { engines, type TestDatabase } from '../support/engines';

type EntityClass = new () => object;

interface Case {
  readonly title: string;
  /** Declares the class; what it is is refused when a DataSource is built. */
  readonly declare: () => EntityClass;
  readonly message: string;
  readonly details: object;
}

const CASES: readonly Case[] = [
  {
    title: 'a column of a kind in a class of its own',
    declare: () => {
      @Entity('fees')
      class Fee {
        @PrimaryColumn('text')
        id!: string;
        @Money()
        amount!: number;
      }
      return Fee;
    },
    message:
      'Fee.amount is declared by a column kind of billing, but Fee has no @BillingTable, so that ' +
      'the column would be left out: put @BillingTable() above its @Entity.',
    details: { entity: 'Fee', property: 'amount' },
  },
  {
    title: 'a column of a kind in a class whose base declares it',
    declare: () => {
      abstract class Priced {
        @Money()
        amount!: number;
      }
      @Entity('fees')
      class Fee extends Priced {
        @PrimaryColumn('text')
        id!: string;
      }
      return Fee;
    },
    message:
      'Priced.amount is declared by a column kind of billing, but Priced has no @BillingTable',
    details: { entity: 'Priced', property: 'amount' },
  },
  {
    title: 'a column of a kind in a class derived from one of ours',
    declare: () => {
      @Entity('plans')
      class OurPlan extends Plan {
        @Money()
        surcharge!: number;
      }
      return OurPlan;
    },
    message:
      'OurPlan.surcharge is declared by a column kind of billing, but OurPlan has no ' +
      "@BillingTable, so that the column would be left out: declare it with TypeORM's @Column.",
    details: { entity: 'OurPlan', property: 'surcharge' },
  },
  {
    title: 'a @Column in a class that extends BillingEntity',
    declare: () => {
      @Entity('fees')
      class Fee extends BillingEntity {
        @PrimaryColumn('text')
        override id!: string;
        @Column('text')
        note!: string;
      }
      return Fee;
    },
    message:
      'Fee extends BillingEntity, but has no @BillingTable, so that its rows would not be completed ' +
      'and validated: put @BillingTable() above its @Entity.',
    details: { entity: 'Fee' },
  },
  {
    title: 'a @Column for a property that is a column of billing',
    declare: () => {
      @Entity('plans')
      class OurPlan extends Plan {
        @Column('varchar', { length: 500 })
        override name!: string;
      }
      return OurPlan;
    },
    message:
      'OurPlan.name is declared again, but Plan.name is a column of billing, which TypeORM uses: ' +
      'give the property of OurPlan another name.',
    details: { entity: 'OurPlan', property: 'name' },
  },
];

describe.each(engines)('B6 columns that would be left out on $name', ({ createDatabase }) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.close());
  afterEach(forgetOthers);

  const build = async (entities: EntityClass[]): Promise<string[]> => {
    const dataSource = open(database, entities);
    try {
      await dataSource.initialize();
      return dataSource.entityMetadatas.flatMap(({ columns }) =>
        columns.map(({ propertyName }) => propertyName),
      );
    } finally {
      if (dataSource.isInitialized) await dataSource.destroy();
    }
  };

  it.each(CASES)('B6 refuses $title', async ({ declare, message, details }) => {
    const error = await build([declare()]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BillingError);
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', details });
    expect((error as BillingError).message).toContain(message);
  });

  it("B6 has a host's own @Column in a class derived from one of ours", async () => {
    @Entity('plans')
    class OurPlan extends Plan {
      @Column('text', { nullable: true })
      segment!: string | null;
    }
    const columns = await build([OurPlan]);
    expect(columns).toEqual(expect.arrayContaining(['id', 'name', 'segment', 'updatedAt']));
    expect(columns).toHaveLength((await build([Plan])).length + 1);
  });
});

/** What a host opens: TypeORM's own DataSource on Postgres, ours on the others. */
function open({ engine, url, binding }: TestDatabase, entities: EntityClass[]): DataSource {
  if (binding) return new D1DataSource({ database: binding, entities });
  if (engine === 'sqlite') {
    return new SqliteDataSource({ database: url.slice('sqlite:'.length), entities });
  }
  const extension = { uuidExtension: 'pgcrypto', installExtensions: false } as const;
  return new DataSource({ type: 'postgres', url, entities, ...extension });
}

const OWN = new Set(getMetadataArgsStorage().tables.map(({ target }) => target));

/** The classes that a test declared must not be seen by the next one. */
function forgetOthers(): void {
  const { tables, columns } = getMetadataArgsStorage();
  const others = new Set(tables.map(({ target }) => target).filter((target) => !OWN.has(target)));
  for (const list of [tables, columns]) {
    list.splice(
      0,
      list.length,
      ...((list as { target: unknown }[]).filter(
        ({ target }) => !others.has(target as EntityClass),
      ) as never[]),
    );
  }
}
