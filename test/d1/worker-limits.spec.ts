import { TENANT_IDS, USER_IDS } from '../support/host-tables';
import { TestWorker } from './test-worker';

let worker: TestWorker;

beforeAll(async () => {
  worker = await TestWorker.start();
  await worker.result('repositories/migrate');
});

describe('B1 lists and limits in a Worker', () => {
  beforeEach(() => worker.empty());

  it.each(['save', 'insert', 'transaction'])(
    'B1 200 entities go in by one %s, or none of them',
    async (way) => {
      const { error } = await worker.ask('lists/many', { label: 'broken', way, broken: true });
      expect(error).toMatchObject({ code: 'UNIQUE_VIOLATION', details: { columns: ['name'] } });
      expect(await worker.planNames()).toEqual([]);
      const ids = await worker.result<string[]>('lists/many', { label: way, way, broken: false });
      const rows = await worker.sql<{ id: string }>(
        'SELECT id, sort_order FROM plans ORDER BY name',
      );
      expect(rows).toEqual(ids.map((id, index) => ({ id, sort_order: index })));
    },
  );

  it('B1 In() takes 500 ids, to find, count, change and delete', async () => {
    const ids = await worker.result<string[]>('lists/many', {
      label: 'x',
      way: 'insert',
      broken: false,
    });
    await worker.result('lists/many', { label: 'other', way: 'insert', broken: false });
    const unknown = Array.from(
      { length: 400 },
      (_, index) => `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    );
    expect(await worker.result('lists/byIds', { ids: [...unknown, ...ids.slice(0, 100)] })).toEqual(
      {
        found: 100,
        ordered: ['x 000', 'x 001'],
        counted: 100,
        updated: 100,
        numbers: 300,
        raw: 300,
        deleted: 'held',
        left: 0,
      },
    );
    expect(await worker.planNames()).toHaveLength(300);
  });

  it.each([
    ['parameters', /101 bound parameters; D1 takes 100/],
    ['bytes', /100009 bytes of SQL; D1 takes 100000/],
    ['value', /2000001 bytes; D1 takes 2000000/],
    ['pattern', /50 bytes in a LIKE or GLOB pattern/],
    ['compound', /5 SELECTs in a UNION/],
    ['depth', /a depth of 100 in an expression/],
    ['arguments', /32 arguments a function/],
    ['tables', /64 tables in a join/],
    ['triggers', /a depth of 10 in triggers/],
    ['columns in a result', /100 columns in a result.*relationLoadStrategy: 'query'/],
    ['columns in a table', /100 columns a table/],
  ])('B1 a statement beyond the limit of %s gets an error that names it', async (limit, says) => {
    const { error } = await worker.ask('lists/beyond', { limit });
    expect(error).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringMatching(says) as unknown,
    });
  });

  it('B1 relations of more columns than a result can have are loaded by one query each', async () => {
    await worker.result('repositories/graph', { tenantId: TENANT_IDS[0], userId: USER_IDS[0] });
    expect(await worker.result('lists/manyRelations')).toMatchObject([
      {
        directDebitToken: { accountEnding: '0042' },
        userSubscription: { plan: { code: '12' }, directDebitToken: { accountEnding: '0042' } },
      },
    ]);
  });
});

describe('B1 what D1 can not do is refused in a Worker', () => {
  beforeEach(() => worker.empty());

  it('B1 in a transaction: locks, inner ones, reads of its own writes, each with what to do instead', async () => {
    const refused = await worker.result<string[]>('refusals/cases');
    expect(refused.length).toBeGreaterThan(10);
    await worker.result('repositories/graph', { tenantId: TENANT_IDS[0], userId: USER_IDS[0] });
    const before = await worker.sql('SELECT * FROM plans');
    for (const what of refused) {
      const { error } = await worker.ask('refusals/inTransaction', { what });
      expect({ what, ...error }).toMatchObject({ what, code: 'NOT_SUPPORTED' });
      expect({ what, message: error?.message }).toEqual({
        what,
        message: expect.stringMatching(
          /put what must not change|entity manager of the outer one|read before the first write|set the values in JavaScript|use dataSource\.transaction\(\)/,
        ) as unknown,
      });
      expect({ what, plans: await worker.sql('SELECT * FROM plans') }).toEqual({
        what,
        plans: before,
      });
    }
    expect(await worker.sql(`SELECT name FROM sqlite_master WHERE name = 'added'`)).toEqual([]);
    expect(await worker.sql('SELECT is_default FROM direct_debit_tokens')).toEqual([
      { is_default: 1 },
    ]);
  });

  it.each([
    [
      'an isolation level',
      'isolationLevel',
      'NOT_SUPPORTED',
      /no isolation levels.*: leave it out/,
    ],
    ['BEGIN by SQL', 'begin', 'NOT_SUPPORTED', /D1 has no BEGIN: use dataSource\.transaction\(\)/],
    [
      'a value that it would store as another',
      'badValue',
      'INVALID_CALL',
      /can't bind a parameter of type Object: pass a string/,
    ],
  ])('B1 %s', async (_, scenario, code, says) => {
    const { error } = await worker.ask(`refusals/${scenario}`);
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(says) as unknown,
    });
    expect(await worker.planNames()).toEqual([]);
  });

  it('B1 an inner transaction that is refused leaves the outer one as it was', async () => {
    expect(await worker.result('refusals/inner')).toMatch(/D1 has no transaction inside another/);
    expect(await worker.planNames()).toEqual(['outer', 'outer, still']);
  });

  it('B1 what a lock would be for is done by a condition and the count', async () => {
    expect(await worker.result('refusals/versions')).toEqual({ first: 1, second: 0 });
  });
});
