import { type DataSource, In } from 'typeorm';
import { D1DataSource, Plan, Subscription, tenantBilling } from '../../src/d1';
import { opened } from '../support/data-source';
import type { D1Binding, D1Outcome, D1Statement } from '../../src/driver/d1/binding';
import { engineNamed, TENANT_IDS, type TestDatabase } from '../support/engines';

/** A real binding, and how often something was sent through it: what a Worker waits for. */
class CountedBinding implements D1Binding {
  count = 0;

  constructor(private readonly binding: D1Binding) {}

  prepare(sql: string): D1Statement {
    return this.#counted(this.binding.prepare(sql));
  }

  batch(statements: D1Statement[]): Promise<D1Outcome[]> {
    this.count += 1;
    return this.binding.batch(statements.map((one) => this.#originals.get(one) ?? one));
  }

  readonly #originals = new WeakMap<D1Statement, D1Statement>();

  #counted(original: D1Statement): D1Statement {
    const statement: D1Statement = {
      bind: (...values) => this.#counted(original.bind(...values)),
      all: () => {
        this.count += 1;
        return original.all();
      },
    };
    this.#originals.set(statement, original);
    return statement;
  }
}

describe('B1 round trips to D1', () => {
  let database: TestDatabase;
  let binding: CountedBinding;
  let dataSource: DataSource;
  let names = 0;

  beforeAll(async () => {
    database = await engineNamed('d1').createDatabase({ host: 'rows' });
    binding = new CountedBinding(database.binding!);
    dataSource = await opened(
      new D1DataSource({
        database: binding,
        entities: tenantBilling.entities,
        migrations: tenantBilling.migrations.sqlite,
      }),
    );
    await dataSource.runMigrations();
  });

  const trips = async (work: () => Promise<unknown>): Promise<number> => {
    binding.count = 0;
    await work();
    return binding.count;
  };

  const newPlan = (): Plan =>
    dataSource.getRepository(Plan).create({ name: `plan ${(names += 1)}` });

  it('B1 takes none to be initialised', async () => {
    const other = new D1DataSource({ database: binding, entities: tenantBilling.entities });
    expect(await trips(() => other.initialize())).toBe(0);
    expect(await trips(() => other.getRepository(Plan).count())).toBe(1);
  });

  it.each<[string, number, () => Promise<unknown>]>([
    ['save() of a new entity', 1, () => dataSource.manager.save(newPlan())],
    [
      'save() of 200 new ones',
      1,
      () => dataSource.manager.save(Array.from({ length: 200 }, newPlan)),
    ],
    ['insert()', 1, () => dataSource.getRepository(Plan).insert(newPlan())],
    [
      'insert() of 200',
      1,
      () => dataSource.getRepository(Plan).insert(Array.from({ length: 200 }, newPlan)),
    ],
    ['upsert()', 1, () => dataSource.getRepository(Plan).upsert({ name: 'plan 1' }, ['name'])],
    ['update()', 1, () => dataSource.getRepository(Plan).update({ name: 'x' }, { sortOrder: 1 })],
    ['delete()', 1, () => dataSource.getRepository(Plan).delete({ name: 'nobody' })],
    ['find by key', 1, () => dataSource.getRepository(Plan).findOneBy({ id: TENANT_IDS[0] })],
    [
      'find with relations',
      1,
      () => dataSource.getRepository(Subscription).find({ relations: { plan: true } }),
    ],
    [
      'find by 500 keys',
      1,
      () =>
        dataSource.getRepository(Plan).findBy({ name: In(Array.from({ length: 500 }, String)) }),
    ],
    ['count()', 1, () => dataSource.getRepository(Plan).count()],
    ['query()', 1, () => dataSource.query('SELECT 1')],
    [
      'a transaction of many writes',
      1,
      () =>
        dataSource.transaction(async (manager) => {
          for (let index = 0; index < 5; index += 1) await manager.save(newPlan());
          await manager.update(Plan, { name: 'nobody' }, { sortOrder: 2 });
        }),
    ],
    ['a transaction without a write', 0, () => dataSource.transaction(() => Promise.resolve())],
  ])('B1 %s takes %i', async (_, expected, work) => {
    expect(await trips(work)).toBe(expected);
  });

  it('B1 save() of a changed entity reads the row and writes the change', async () => {
    const plan = await dataSource.manager.save(newPlan());
    plan.sortOrder = 3;
    expect(await trips(() => dataSource.manager.save(plan))).toBe(2);
    expect(await trips(() => dataSource.manager.save(plan))).toBe(1);
  });
});
