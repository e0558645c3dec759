import type { D1Binding, D1Outcome, D1Statement } from '../../src/driver/d1/binding';
import { patient } from '../../src/engines/d1/patient-binding';
import { engineNamed, type TestDatabase } from '../support/engines';

const LOCKED = 'D1_ERROR: database is locked: SQLITE_BUSY';

/** A real binding, whose next calls are refused in these words before they reach it. */
class LockedBinding implements D1Binding {
  refusals: string[] = [];
  readonly #originals = new WeakMap<D1Statement, D1Statement>();

  constructor(private readonly binding: D1Binding) {}

  prepare(sql: string): D1Statement {
    return this.#wrap(this.binding.prepare(sql));
  }

  async batch(statements: D1Statement[]): Promise<D1Outcome[]> {
    this.#refuse();
    return this.binding.batch(statements.map((one) => this.#originals.get(one) ?? one));
  }

  #wrap(original: D1Statement): D1Statement {
    const statement: D1Statement = {
      bind: (...values) => this.#wrap(original.bind(...values)),
      all: async () => {
        this.#refuse();
        return original.all();
      },
    };
    this.#originals.set(statement, original);
    return statement;
  }

  #refuse(): void {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw new Error(refusal);
  }
}

describe('B4 a local D1 that another process has locked', () => {
  let database: TestDatabase;
  let locked: LockedBinding;
  let binding: D1Binding;

  beforeAll(async () => {
    database = await engineNamed('d1').createDatabase({ host: 'none' });
    await database.exec('CREATE TABLE t (id integer)');
    locked = new LockedBinding(database.binding!);
    binding = patient(locked);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await database.exec('DELETE FROM t');
  });

  const insert = (id: number): D1Statement => binding.prepare('INSERT INTO t VALUES (?)').bind(id);
  const rows = (): Promise<unknown[]> => database.sql('SELECT id FROM t ORDER BY id');

  it.each([LOCKED, 'D1_ERROR: internal error; reference = x'])(
    'B4 is asked again after %j, and each write arrives once',
    async (text) => {
      locked.refusals = [text, text, text];
      await insert(1).all();
      locked.refusals = [text, text];
      await binding.batch([insert(2), insert(3)]);
      expect(await rows()).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    },
  );

  it('B4 is not asked again after any other error', async () => {
    locked.refusals = ['D1_ERROR: no such table: x: SQLITE_ERROR', LOCKED];
    await expect(insert(1).all()).rejects.toThrow('no such table');
    expect(locked.refusals).toEqual([LOCKED]);
  });

  it('B4 gives up after 20 s, and says what to do', async () => {
    const start = Date.now();
    let clock = start;
    // Each look at the clock is ten seconds after the one before.
    jest.spyOn(Date, 'now').mockImplementation(() => (clock += 10_000));
    locked.refusals = Array<string>(9).fill(LOCKED);
    await expect(insert(1).all()).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
      message: expect.stringMatching(/for 20 s: wait until it has finished/) as string,
      cause: { message: LOCKED },
    });
    expect(locked.refusals.length).toBeGreaterThan(0);
    locked.refusals = [];
    expect(await rows()).toEqual([]);
  });
});
