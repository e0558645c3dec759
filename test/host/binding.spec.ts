import {
  Column,
  DataSource,
  Entity,
  EntitySchema,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm';
import {
  bindHost,
  migrate,
  pendingSql,
  Plan,
  sqlScripts,
  Subscription,
  Tenant,
  tenantBilling,
  User,
  userBilling,
} from '../../src';
import { bindSettings, readSettings } from '../../src/data-sources/settings';
import { createDataSource } from '../../src/data-sources/shared';
import { engines, engineNamed } from '../support/engines';
import { opened } from '../support/data-source';
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
    const cases: [unknown, string][] = [
      [{ tenant: null }, 'got null as tenant'],
      [{ tenants: Organization }, 'got tenants'],
      [{ tenant: Pair }, 'Pair has a primary key of 2 columns'],
      [{ tenant: Moment }, 'Moment.at has the type datetime'],
    ];
    for (const [classes, message] of cases) {
      expect(() => bindHost(classes as object)).toThrow(invalid(message));
    }
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

describe('T3 U2 C3 tables that are named where no class is at hand', () => {
  it.each(engines)('T3 U2 C3 migrate on $name, and the same in SQL files', async (engine) => {
    const { dialect } = engine;
    const database = await engine.createDatabase({ host: 'none' });
    const organizations = dialect === 'postgres' ? 'core.organizations' : 'organizations';
    await database.exec(
      `${dialect === 'postgres' ? 'CREATE SCHEMA core;' : ''}
       CREATE TABLE ${organizations} (id integer PRIMARY KEY);
       CREATE TABLE "ac.counts" (k varchar(48) PRIMARY KEY)`,
    );
    const settings = readSettings({
      DATABASE_URL: 'sqlite::memory:',
      BILLING_TENANT: 'core.organizations.id:integer',
      BILLING_USER: '"ac.counts".k:varchar(48)',
    });
    bindSettings(settings);
    const dataSource: DataSource = await (database.binding !== undefined || dialect === 'postgres'
      ? openHost(database, [])
      : opened(createDataSource(readSettings({ DATABASE_URL: database.url }))));
    const shown = (await pendingSql(dataSource)).flatMap(({ sql }) => sql).join('\n');
    const scripts = await sqlScripts(
      [...tenantBilling.migrations[dialect], ...userBilling.migrations[dialect]],
      { dialect: dialect === 'postgres' ? 'postgres' : 'd1' },
    );
    for (const text of [shown, scripts.map(({ forward }) => forward).join('\n')]) {
      expect(text).toContain(
        `REFERENCES ${dialect === 'postgres' ? '"core"."organizations"' : '"organizations"'} ("id")`,
      );
      expect(text).toContain('REFERENCES "ac.counts" ("k")');
      expect(text).toContain('"tenant_id" integer NOT NULL');
      expect(text).toContain('"user_id" varchar(48) NOT NULL');
      expect(text).not.toMatch(/REFERENCES "(?:tenants|user)"/);
    }
    expect(await migrate(dataSource)).toHaveLength(2);
  });

  it.each([
    ['organizations', 'BILLING_TENANT is "organizations"'],
    ['organizations.id:date', '"date" is no type of a key'],
  ])('C3 refuses BILLING_TENANT=%s', (text, message) => {
    expect(() => readSettings({ DATABASE_URL: 'sqlite::memory:', BILLING_TENANT: text })).toThrow(
      invalid(message),
    );
  });
});

describe.each(engines)(
  'T4 a host table that does not fit on $name',
  ({ createDatabase, dialect }) => {
    it('T4 is answered with the table that is near, and what binds it', async () => {
      const database = await createDatabase({ host: 'none' });
      await database.exec(
        `CREATE TABLE tenants (id ${dialect === 'postgres' ? 'uuid' : 'text'} PRIMARY KEY);
       CREATE TABLE users (id integer PRIMARY KEY, name text);
       CREATE TABLE invoices (id integer PRIMARY KEY)`,
      );
      const error: unknown = await migrate(await openHost(database, [], { logger: 'debug' })).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'HOST_TABLE_MISSING' });
      const { message } = error as Error;
      for (const part of [
        '"users" ("id" integer)',
        'bindHost({ user: … })',
        'BILLING_USER=users.id:integer',
      ]) {
        expect(message).toContain(part);
      }
      expect(message).not.toMatch(/invoices|BILLING_HOST_TABLES/);
    });
  },
);
