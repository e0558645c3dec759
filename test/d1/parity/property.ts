import fc from 'fast-check';
import { engines } from '../../support/engines';
import { assertProperty, IS_LONG, runs } from '../../support/runs';
import { type Action, isQuery } from './actions';
import { action } from './generator';
import { type Outcome, type Refusal, World } from './world';

/**
 * For more, or for one that failed: `PARITY_SEED=7 PARITY_RUNS=5000 PARITY_LENGTH=50 npm run test:long -- parity`.
 * The seed that a failure tells is the one to give, whichever part it was.
 */
const SEED = setting('PARITY_SEED', 20261120, -Infinity);
const RUNS = setting('PARITY_RUNS', runs(30, 1000), 1);
const LENGTH = setting('PARITY_LENGTH', 20, 1);

/** Of a number that is none, no sequence at all would be made, and all would be alike. */
function setting(name: string, usual: number, least: number): number {
  const value = Number(process.env[name] ?? usual);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`${name} is "${process.env[name] ?? ''}": give a whole number.`);
}

/** Far from now: a time that the database wrote by its own clock shows. */
const START = Date.UTC(2040, 0, 1);

/**
 * The same property in four parts, which `npm run test:long` runs side by side, as a step mostly waits for
 * the slowest database: each goes on from another seed.
 */
export const describeParity = (part: 0 | 1 | 2 | 3): void => {
  const parts = IS_LONG ? 4 : 1;
  describe('B6 parity', () => {
    property(SEED + part, Math.max(1, Math.ceil((RUNS - part) / parts)));
  });
};

function property(seed: number, count: number): void {
  let worlds: World[];
  let d1: World;
  let others: World[];
  const done = new Map<string, number>();

  beforeAll(async () => {
    worlds = await Promise.all(engines.map((engine) => World.open(engine)));
    d1 = worlds.find(({ engine }) => engine.transactions === 'batch')!;
    others = worlds.filter((world) => world !== d1);
    // Only the clock: everything else runs as it does.
    const { Date: _, ...rest } = CLOCKS;
    jest.useFakeTimers({ now: START, doNotFake: Object.keys(rest) as (keyof typeof rest)[] });
  });

  afterAll(() => {
    jest.useRealTimers();
  });

  it(`B6 ${count} sequences of ${LENGTH}, from the seed ${seed}, end alike on every engine, step by step`, async () => {
    await assertProperty(
      fc.asyncProperty(
        fc.array(action, { minLength: LENGTH, maxLength: LENGTH }),
        async (sequence) => {
          jest.setSystemTime(START);
          await each(worlds, (world) => world.reset());
          for (const step of sequence) await take(step);
        },
      ),
      { numRuns: count, seed },
    );
    if (process.env.PARITY_COUNTS) console.log(Object.fromEntries([...done].sort()));
    expectVaried();
  });

  /** Alike would be easy if all went well, or all were refused. */
  function expectVaried(): void {
    // A few steps can't meet everything.
    if (count * LENGTH < 500) return;
    const seen = [...done.keys()];
    for (const kind of ['UNIQUE', 'FOREIGN_KEY', 'CHECK']) {
      expect(seen.join()).toContain(`${kind}_VIOLATION`);
    }
    if (count * LENGTH < 10_000) return;
    for (const kind of ['UNIQUE', 'FOREIGN_KEY', 'CHECK', 'NOT_NULL']) {
      expect(seen).toContain(`update: ${kind}_VIOLATION`);
      expect(seen).toContain(`transaction: ${kind}_VIOLATION`);
    }
    const [left = 0, kept = 0] = ['NOT_SUPPORTED', 'done'].map((what) =>
      done.get(`transaction: ${what}`),
    );
    expect(left).toBeLessThan(kept / 5);
  }

  async function take(step: Action): Promise<void> {
    jest.setSystemTime(Date.now() + 1001);
    const outcomes = await perform(step);
    note(`${step.do}: ${outcomes.get(d1)?.refusal?.code ?? 'done'}`);
    if (outcomes.size < worlds.length) return;
    const [first, ...rest] = worlds;
    for (const world of rest) {
      expectAlike(step, outcomes.get(world)!, outcomes.get(first!)!, world.engine.name);
    }
    // A query that changed something shows at the next step.
    if (isQuery(step)) return;
    const [expected, ...states] = await each(worlds, (world) => world.look());
    for (const state of states) {
      if (state !== expected) expect(byTable(state)).toEqual(byTable(expected!));
    }
  }

  /** A transaction that D1 says it can't do is left out; the others would do it. */
  async function perform(step: Action): Promise<Map<World, Outcome>> {
    const outcomes = new Map<World, Outcome>();
    const on = async (world: World): Promise<void> => {
      outcomes.set(world, await world.perform(step));
    };
    if (step.do !== 'transaction') await each(worlds, on);
    else {
      await on(d1);
      if (outcomes.get(d1)?.refusal?.code !== 'NOT_SUPPORTED') await each(others, on);
    }
    return outcomes;
  }

  function note(what: string): void {
    done.set(what, (done.get(what) ?? 0) + 1);
  }
}

const each = <T>(worlds: readonly World[], work: (world: World) => Promise<T>): Promise<T[]> =>
  Promise.all(worlds.map(work));

/** A plan can't be deleted while a row has it (foreign key), or changes to it at a date (CHECK). */
const isOfPlanInUse = ({ refusal }: Outcome): boolean => {
  const code = refusal?.code;
  const table = String(refusal?.table);
  return code === 'CHECK_VIOLATION'
    ? /^(?:user_)?subscriptions$/.test(table)
    : code === 'FOREIGN_KEY_VIOLATION' && table.endsWith('plans');
};

function expectAlike(step: Action, actual: Outcome, expected: Outcome, engine: string): void {
  if (actual.value !== undefined && actual.value === expected.value) return;
  // Of several plans in use each engine meets another one first.
  if (isOfPlanInUse(actual) && isOfPlanInUse(expected)) return;
  if (actual.refusal && expected.refusal && engine === 'd1') {
    // The writes of a transaction are sent when it ends: what is refused before that comes first.
    const early = ['VALIDATION_FAILED', 'ON_PURPOSE'].includes(actual.refusal.code);
    if (step.do === 'transaction' && early) return;
    // And of a foreign key D1 does not tell which of several writes it was.
    const several = step.do === 'transaction' || step.do === 'saveGraph';
    if (several && actual.refusal.code === 'FOREIGN_KEY_VIOLATION') {
      expected = { refusal: withTable(expected.refusal, actual.refusal.table) };
    }
  }
  expect(readable(actual)).toEqual(readable(expected));
}

const byTable = (state: string): unknown =>
  Object.fromEntries(
    state.split('\n').map((line) => {
      const [table = '', ...rows] = line.split(' ');
      return [table, JSON.parse(rows.join(' ')) as unknown];
    }),
  );

const withTable = (refusal: Refusal, table: unknown): Refusal =>
  table === undefined ? { ...refusal, table } : refusal;

const readable = ({ value, refusal }: Outcome): unknown =>
  refusal ?? { value: value === undefined ? undefined : (JSON.parse(value) as unknown) };

/** What jest can stand in for. */
const CLOCKS = {
  Date: true,
  hrtime: true,
  nextTick: true,
  performance: true,
  queueMicrotask: true,
  setImmediate: true,
  clearImmediate: true,
  setInterval: true,
  clearInterval: true,
  setTimeout: true,
  clearTimeout: true,
} as const;
