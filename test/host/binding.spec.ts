import {
  ChildEntity,
  Column,
  Entity,
  EntitySchema,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  TableInheritance,
  ViewEntity,
} from 'typeorm';
import {
  bindHost,
  check,
  migrate,
  Plan,
  sqlScripts,
  Subscription,
  Tenant,
  tenantBilling,
  User,
  userBilling,
} from '../../src';
import { engineNamed } from '../support/engines';
import { unbindHost } from '../support/unbind';
import { openHost } from './open-host';

afterEach(unbindHost);

@Entity({ name: 'organizations', schema: 'core' })
class Organization {
  @PrimaryGeneratedColumn()
  id!: number;
}

@Entity('accounts')
class Account {
  @PrimaryColumn('varchar', { length: 48 })
  id!: string;
}

class Plain {
  id!: string;
}

const invalid = (message: string): Error =>
  expect.objectContaining({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringContaining(message) as unknown,
  }) as Error;

describe('C2 T3 bindHost', () => {
  const { createDatabase } = engineNamed('sqlite');

  it('T3 leaves the stand-ins out of the entities, and only those of the family that is bound', () => {
    expect([tenantBilling.entities[0], userBilling.entities[0]]).toEqual([Tenant, User]);
    bindHost({ tenant: Organization });
    expect(tenantBilling.entities).not.toContain(Tenant);
    expect(userBilling.entities[0]).toBe(User);
  });

  it('C2 takes the same class again, and refuses another one', () => {
    bindHost({ tenant: Organization });
    bindHost({ tenant: Organization, user: Account });
    expect(() => bindHost({ tenant: Account })).toThrow(
      invalid('The tenant is to be Account, but is bound to Organization already'),
    );
  });

  it('C2 changes nothing if one of the classes is refused', () => {
    expect(() => bindHost({ tenant: Organization, user: Plain })).toThrow(
      invalid('Plain as user, which is no entity class'),
    );
    expect(tenantBilling.entities).toContain(Tenant);
  });

  it('C2 refuses what is no class, no role, or has another kind of key', () => {
    @Entity('pairs')
    class Pair {
      @PrimaryColumn('integer')
      a!: number;
      @PrimaryColumn('integer')
      b!: number;
    }
    @Entity('moments')
    class Moment {
      @PrimaryColumn('datetime')
      at!: Date;
    }
    @Entity('lists')
    class List {
      @PrimaryColumn('text', { array: true })
      id!: string[];
    }
    @ViewEntity({ expression: 'SELECT 1 AS id' })
    class Seen {
      @PrimaryColumn('integer')
      id!: number;
    }
    @Entity()
    class OwnPlan extends Plan {}
    const cases: [unknown, string][] = [
      [undefined, 'bindHost() got undefined'],
      [null, 'bindHost() got null'],
      [[Organization], 'bindHost() got a list'],
      [Organization, 'bindHost() got function'],
      [{ tenant: null }, 'got null as tenant'],
      // As where two files import each other.
      [{ tenant: undefined }, 'got undefined as tenant'],
      [{ tenants: undefined }, 'got tenants'],
      [{ tenant: Tenant }, 'got Tenant as tenant, which is a stand-in'],
      [{ tenant: User }, 'got User as tenant, which is a stand-in'],
      [{ tenant: Plan }, "got Plan as tenant, which is a table of billing's"],
      [{ user: OwnPlan }, "got OwnPlan as user, which is a table of billing's"],
      [{ tenant: List }, 'List.id has the type text[]'],
      [{ tenant: Seen }, 'Seen is a view'],
      [{ tenants: Organization }, 'got tenants'],
      [{ tenant: Pair }, 'Pair has a primary key of 2 columns'],
      [{ tenant: Moment }, 'Moment.at has the type datetime'],
    ];
    for (const [classes, message] of cases) {
      expect(() => bindHost(classes as object)).toThrow(invalid(message));
    }
  });

  it("H1 takes one class for both, and a child entity, which has its parent's table", async () => {
    @Entity('parties')
    @TableInheritance({ column: 'type' })
    class Party {
      @PrimaryColumn('integer')
      id!: number;
      @Column('text')
      type!: string;
    }
    @ChildEntity('company')
    class Company extends Party {}
    bindHost({ tenant: Company, user: Company });
    const database = await createDatabase({ host: 'empty' });
    await database.exec(
      'CREATE TABLE parties (id integer PRIMARY KEY NOT NULL, type text NOT NULL)',
    );
    const dataSource = await openHost(database, [Party, Company]);
    const [first] = await sqlScripts(tenantBilling.migrations.sqlite, { dialect: 'd1' });
    expect(first?.forward).toContain('REFERENCES "parties" ("id")');
    expect(await migrate(dataSource)).toHaveLength(2);
    const company = await dataSource.getRepository(Company).save({ id: 7 });
    const plan = await dataSource.getRepository(Plan).save({ name: 'Pro' });
    const subscriptions = dataSource.getRepository(Subscription);
    await subscriptions.save({ tenantId: company.id as never, planId: plan.id });
    const [found] = await subscriptions.find({ relations: { tenant: true } });
    expect(found?.tenant).toBeInstanceOf(Company);
    expect(await check(dataSource)).toEqual([]);
  });

  it('C2 refuses a class after a DataSource was initialised without it', async () => {
    const database = await createDatabase();
    await openHost(database, []);
    expect(() => bindHost({ tenant: Organization })).toThrow(
      invalid('a DataSource was initialised, or a migration written, before bindHost()'),
    );
  });

  it("H1 an EntitySchema is the host's, by its names too, and is missed where a DataSource lacks it", async () => {
    const described: object = {
      ...{ name: 'User', tableName: 'user' },
      columns: { id: { type: 'text', primary: true }, name: { type: 'text' } },
    };
    const User = new EntitySchema<{ id: string; name: string }>(described as never);
    bindHost({ user: User });
    bindHost({ user: User });
    expect(() => bindHost({ user: Account })).toThrow(
      invalid('The user is to be Account, but is bound to User already'),
    );
    const database = await createDatabase({ host: 'rows' });
    const dataSource = await openHost(database, [User]);
    for (const name of ['User', 'user']) {
      expect(dataSource.getRepository(name).metadata.columns).toHaveLength(2);
    }
    await migrate(dataSource);
    await expect(openHost(await createDatabase(), [])).rejects.toThrow(
      invalid('leads to User, which this DataSource does not have'),
    );
  });

  it('T3 reads and writes a key as its class does, and follows a naming strategy', async () => {
    @Entity()
    class CustomerTeam {
      @PrimaryColumn('integer', {
        transformer: {
          to: (value: unknown) => (typeof value === 'string' ? Number(value.slice(5)) : value),
          from: (value: unknown) => (typeof value === 'number' ? `team_${value}` : value),
        },
      })
      teamKey!: string;
    }
    bindHost({ tenant: CustomerTeam });
    const database = await createDatabase({ host: 'empty' });
    await database.exec('CREATE TABLE customer_team ("teamKey" integer PRIMARY KEY NOT NULL)');
    const dataSource = await openHost(database, [CustomerTeam]);
    await migrate(dataSource);
    const team = await dataSource.getRepository(CustomerTeam).save({ teamKey: 'team_7' });
    const plan = await dataSource.getRepository(Plan).save({ name: 'Pro' });
    const subscriptions = dataSource.getRepository(Subscription);
    await subscriptions.save(subscriptions.create({ tenantId: team.teamKey, planId: plan.id }));
    expect(await database.sql('SELECT tenant_id FROM subscriptions')).toEqual([{ tenant_id: 7 }]);
    const [found] = await subscriptions.find({
      where: { tenantId: 'team_7' },
      relations: { tenant: true },
    });
    expect(found).toMatchObject({ tenantId: 'team_7', tenant: { teamKey: 'team_7' } });
  });
});

describe('T3 U2 a relation that names its target by a text', () => {
  it.each([
    ['bound', true],
    ['not bound', false],
  ])("T3 U2 gets the host's class, %s", async (_, isBound) => {
    // Later than the stand-ins, which have the same name and table.
    const Own = class User {
      id!: string;
      name!: string;
    };
    PrimaryColumn('text')(Own.prototype, 'id');
    Column('text')(Own.prototype, 'name');
    Entity({ name: 'user', synchronize: false })(Own);
    @Entity({ name: 'posts' })
    class Post {
      @PrimaryColumn('text')
      id!: string;
      @ManyToOne('User')
      byName?: object;
      @ManyToOne('user')
      byTable?: object;
    }
    if (isBound) bindHost({ user: Own });
    const database = await engineNamed('sqlite').createDatabase();
    const dataSource = await openHost(database, [Post, Own]);
    expect(dataSource.getRepository('User').metadata.target).toBe(Own);
    expect(
      dataSource
        .getMetadata(Post)
        .relations.map(({ inverseEntityMetadata }) => inverseEntityMetadata.target),
    ).toEqual([Own, Own]);
  });
});
