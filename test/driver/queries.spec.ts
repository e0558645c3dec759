import { type DataSource, Like, Not, type Repository } from 'typeorm';
import { Plan, Subscription } from '../../src';
import { openBilling } from '../support/data-source';
import { engines, TENANT_IDS } from '../support/engines';

const TEXTS = ['abc', 'ABC', 'a_c', 'a%c', 'a*c', 'a?c', '[a]', 'a\\c', 'Äbc', '100%'] as const;

describe.each(engines)('B6 queries on $name', ({ name: engine, createDatabase }) => {
  let dataSource: DataSource;
  let plans: Repository<Plan>;

  beforeAll(async () => {
    ({ dataSource } = await openBilling(createDatabase, { host: 'rows' }));
    plans = dataSource.getRepository(Plan);
    await plans.insert(
      TEXTS.map((name, index) => ({ name, priceMonthly: index % 3 === 0 ? null : index })),
    );
  });

  const found = async (pattern: string): Promise<string[]> =>
    (await plans.find({ where: { name: Like(pattern) }, order: { createdAt: 'ASC', id: 'ASC' } }))
      .map(({ name }) => name)
      .sort();

  it.each<[string, string[]]>([
    ['abc', ['abc']],
    ['A%', ['ABC']],
    ['a_c', ['a%c', 'a*c', 'a?c', 'a\\c', 'a_c', 'abc']],
    ['a\\_c', ['a_c']],
    ['a\\%c', ['a%c']],
    ['a\\\\c', ['a\\c']],
    ['a*c', ['a*c']],
    ['a?c', ['a?c']],
    ['[a]', ['[a]']],
    ['[a-z]%', []],
    ['%\\%', ['100%']],
    ['_bc', ['abc', 'Äbc']],
    ['', []],
  ])('B6 Like(%j) is case-sensitive, and treats % and _ as wildcards', (pattern, expected) =>
    expect(found(pattern)).resolves.toEqual([...expected].sort()),
  );

  it('B6 Like() does the same in an update, a delete and a query builder', async () => {
    const update = await plans.update({ name: Like('ABC%') }, { sortOrder: 5 });
    expect(update.affected).toBe(1);
    expect(await plans.findBy({ sortOrder: 5 })).toMatchObject([{ name: 'ABC' }]);
    await plans.insert([{ name: 'gone' }, { name: 'GONE' }]);
    expect((await plans.delete({ name: Like('G%') })).affected).toBe(1);
    expect((await plans.delete({ name: 'gone' })).affected).toBe(1);
    const others = plans.createQueryBuilder('plan').where({ name: Not(Like('a%')) });
    expect(await others.getCount()).toBe(4);
  });

  const prices = async (options: object): Promise<(number | null)[]> =>
    (await plans.find({ ...options })).map(({ priceMonthly }) => priceMonthly);

  it('B6 NULL comes after all values, and before them in descending order', async () => {
    const up = [1, 2, 4, 5, 7, 8, null, null, null, null];
    expect(await prices({ order: { priceMonthly: 'ASC' } })).toEqual(up);
    expect(await prices({ order: { priceMonthly: 'DESC' } })).toEqual([...up].reverse());
    const first = { direction: 'ASC', nulls: 'FIRST' };
    expect((await prices({ order: { priceMonthly: first } })).slice(0, 5)).toEqual([
      null,
      null,
      null,
      null,
      1,
    ]);
    const builder = plans.createQueryBuilder('plan').orderBy({ 'plan.priceMonthly': 'DESC' });
    expect((await builder.getMany()).map(({ priceMonthly }) => priceMonthly)).toEqual(
      [...up].reverse(),
    );
  });

  it('B6 NULL comes after all values on every page of rows with their relations', async () => {
    const subscriptions = dataSource.getRepository(Subscription);
    const [plan] = await plans.find({ take: 1 });
    const periods = [null, '2026-03-01', '2026-02-01', null, '2026-01-01'];
    await subscriptions.insert(
      periods.map((end) => ({
        tenantId: TENANT_IDS[0],
        planId: plan!.id,
        status: 'canceled' as const,
        endedAt: new Date(),
        ...(end !== null && {
          currentPeriodStart: new Date('2025-01-01'),
          currentPeriodEnd: new Date(end),
        }),
      })),
    );
    const page = async (skip: number): Promise<(string | undefined)[]> =>
      (
        await subscriptions.find({
          order: { currentPeriodEnd: 'ASC' },
          relations: { plan: true },
          skip,
          take: 2,
        })
      ).map(({ currentPeriodEnd }) => currentPeriodEnd?.toISOString().slice(0, 10));
    expect(await page(0)).toEqual(['2026-01-01', '2026-02-01']);
    expect(await page(2)).toEqual(['2026-03-01', undefined]);
    expect(await page(4)).toEqual([undefined]);
  });

  it('B6 a text of fixed length is found with spaces behind it, as Postgres has it', async () => {
    await plans.insert({ name: 'in francs', currency: 'CHF' });
    expect(await plans.countBy({ currency: 'CHF  ' as 'CHF' })).toBe(1);
    expect(await plans.countBy({ currency: ' CHF' as 'CHF' })).toBe(0);
    await expect(plans.insert({ name: 'padded', currency: 'CHF ' as 'CHF' })).rejects.toMatchObject(
      {
        code: 'VALIDATION_FAILED',
      },
    );
  });

  it('B6 a delete that cascades counts the rows that it names', async () => {
    const subscriptions = dataSource.getRepository(Subscription);
    const plan = await plans.save(plans.create({ name: 'counted' }));
    await subscriptions.insert({ tenantId: TENANT_IDS[1], planId: plan.id });
    const tenants = dataSource.manager.createQueryBuilder().delete().from('tenants');
    expect((await tenants.where({ id: TENANT_IDS[1] }).execute()).affected).toBe(1);
    expect(await subscriptions.countBy({ planId: plan.id })).toBe(0);
  });

  if (engine !== 'postgres') {
    it('B6 RETURNING of an insert is refused, and not left out', () => {
      const insert = plans.createQueryBuilder().insert().values({ name: 'returned' });
      expect(() => insert.returning(['id'])).toThrow('save(), which returns the whole row');
    });
  }
});
