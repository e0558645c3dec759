import { DataSource, EntitySchema } from 'typeorm';
import {
  bindHost,
  check,
  migrate,
  Plan,
  revert,
  Subscription,
  SubscriptionPlan,
  UserSubscription,
} from '../../src';
import { catalog, engines, rowsOf, type TestDatabase } from '../support/engines';
import { unbindHost } from '../support/unbind';
import { openHost } from './open-host';
import {
  columnOf,
  type HostEntity,
  type HostRow,
  hostEntities,
  hostSchema,
  pathOf,
  propertyOf,
  type Shape,
  SHAPES,
} from './shapes';

afterEach(unbindHost);

/** On Postgres TypeORM 0.3 can't name such a table: it does not double a quote. SQLite and D1 have our driver. */
const doubles = new DataSource({ type: 'postgres' }).driver.escape('"').length === 4;
const canBeNamed = ({ schema = '', table, column = '' }: Shape): boolean =>
  doubles || !`${schema}${table}${column}`.includes('"');

describe.each(engines)('T3 U2 a host of its own on $name', ({ dialect, createDatabase }) => {
  const shapes = dialect === 'postgres' ? SHAPES.filter(canBeNamed) : SHAPES;
  it.each(shapes)('T3 T4 T7 U2 $title: migrate, use, delete, revert', async (shape) => {
    const { tenant: Organization, user: User } = hostEntities(shape);
    bindHost({ tenant: Organization, user: User });
    const database = await createDatabase({ host: 'none' });
    await database.exec(hostSchema(shape, dialect));
    const before = await everything(database, shape);
    const dataSource = await openHost(database, [Organization, User]);

    expect(await migrate(dataSource)).toHaveLength(2);
    expect(await check(dataSource)).toEqual([]);

    const key = propertyOf(shape);
    const type = shape.reads[dialect];
    const save = async (target: HostEntity, name: string): Promise<HostRow> => {
      const repository = dataSource.getRepository(target);
      await repository.insert({ name, ...(shape.next && { [key]: shape.next() }) });
      return repository.findOneByOrFail({ name });
    };
    const [acme, other, alice] = [
      await save(Organization, 'Acme'),
      await save(Organization, 'Other'),
      await save(User, 'Alice'),
    ];

    const plan = await dataSource
      .getRepository(Plan)
      .save(Object.assign(new Plan(), { name: 'Pro' }));
    const subscriptions = dataSource.getRepository(Subscription);
    await subscriptions.save([
      Object.assign(new Subscription(), { tenant: acme, plan }),
      Object.assign(new Subscription(), { tenantId: other[key], planId: plan.id }),
    ]);
    const [found, ...more] = await subscriptions.find({
      where: { tenantId: acme[key] as string },
      relations: { tenant: true },
    });
    expect(more).toEqual([]);
    expect(found?.tenant).toBeInstanceOf(classOf(Organization));
    expect(found?.tenant).toEqual(
      await dataSource.getRepository(Organization).findOneBy({ name: 'Acme' }),
    );
    expect(typeof found?.tenantId).toBe(type);
    expect(found?.tenantId).toEqual((found?.tenant as unknown as HostRow)[key]);
    // A loaded row beside its key is saved as it is.
    await subscriptions.save(Object.assign(found!, { quantity: 3 }));
    await expect(
      subscriptions.save(Object.assign(new Subscription(), { tenantId: shape.wrong, plan })),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });

    const userPlan = await dataSource.getRepository(SubscriptionPlan).save(
      Object.assign(new SubscriptionPlan(), {
        ...{ code: 'pro', name: 'Pro', amount: 100, currency: 'EUR' },
        billingInterval: 'month',
      }),
    );
    const ofUsers = dataSource.getRepository(UserSubscription);
    await ofUsers.save(
      Object.assign(new UserSubscription(), {
        ...{ user: alice, plan: userPlan, amount: 100, currency: 'EUR' },
        billingInterval: 'month',
      }),
    );
    const mine = await ofUsers.findOneOrFail({ where: {}, relations: { user: true } });
    expect(mine.user).toBeInstanceOf(classOf(User));
    expect(typeof mine.userId).toBe(type);

    const column = `"${columnOf(shape).replaceAll('"', '""')}"`;
    const sqlKey = typeof acme[key] === 'number' ? acme[key] : `'${String(acme[key])}'`;
    await database.exec(
      `DELETE FROM ${pathOf(shape, dialect)} WHERE ${column} = ${String(sqlKey)}`,
    );
    await database.exec(`DELETE FROM ${pathOf(shape, dialect, 'user_')}`);
    expect((await rowsOf(database, 'subscriptions')).map((row) => row.tenant_id)).toEqual([
      other[key],
    ]);
    expect(await rowsOf(database, 'user_subscriptions')).toEqual([]);

    expect(await revert(dataSource, { all: true, discard: true })).toHaveLength(2);
    expect(await everything(database, shape)).toEqual(before);
  });
});

/** What the rows are instances of: those of a schema without a class are plain objects. */
const classOf = (entity: HostEntity): new () => object =>
  entity instanceof EntitySchema ? ((entity.options.target ?? Object) as new () => object) : entity;

/** The catalog, with all that is in another schema. */
async function everything(database: TestDatabase, { schema }: Shape): Promise<unknown[]> {
  const other =
    database.dialect === 'postgres' && schema !== undefined
      ? await database.sql(
          `SELECT c.oid::regclass::text, c.relkind, c.relacl::text, a.attnum, a.attname, a.attidentity,
             format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) AS value,
             (SELECT string_agg(pg_get_constraintdef(oid), ';' ORDER BY conname)
              FROM pg_constraint WHERE conrelid = c.oid) AS constraints,
             (SELECT string_agg(pg_get_triggerdef(oid), ';' ORDER BY tgname)
              FROM pg_trigger WHERE tgrelid = c.oid) AS triggers
           FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
           LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
           WHERE c.relnamespace = $1::regnamespace ORDER BY 1, 4`,
          [`"${schema.replaceAll('"', '""')}"`],
        )
      : [];
  return [...(await catalog(database)), ...other];
}
