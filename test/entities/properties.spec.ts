import fc from 'fast-check';
import { COLUMNS } from '../schema/expected-columns';
import { closeAfterwards } from '../support/closing';
import { engines } from '../support/engines';
import { assertProperty, runs } from '../support/runs';
import {
  type Workbench,
  openWorkbench,
  type Outcome,
  type Stored,
  type Way,
  WAYS,
} from './workbench';
import { columnOf, type EntityRows, MADE, type Row } from './entity-rows';
import { same } from './same';
import { TENANT_ROWS } from './tenant-rows';
import { USER_ROWS } from './user-rows';

// The same rows on every run, unless others are asked for.
const seed = Number(process.env.FC_SEED ?? 20_260_301);
const numRuns = Number(process.env.FC_RUNS ?? runs(150, 3_000));
const D1_EVERY = 20;

describe('U6 what the validator accepts, all engines store and return', () => {
  const workbenches: Workbench[] = [];
  beforeAll(async () => {
    for (const engine of engines) {
      const workbench = await openWorkbench(engine);
      closeAfterwards(() => workbench.close());
      workbenches.push(workbench);
    }
  });

  it.each([...TENANT_ROWS, ...USER_ROWS])(
    'and what one of them refuses, it refuses first: $table',
    async (rows) => {
      let count = 0;
      const tallies = new Map(workbenches.map((workbench) => [workbench, new Tally()]));
      const property = fc.asyncProperty(rows.rows, fc.constantFrom(...WAYS), async (row, way) => {
        const verdicts: boolean[] = [];
        count += 1;
        // A statement to D1 is a request: it is shown a part of the rows.
        const shown = [...tallies].filter(
          ([{ engine }]) => engine !== 'd1' || count % D1_EVERY === 0,
        );
        await Promise.all(
          shown.map(async ([workbench, tally]) => {
            const outcome = await workbench.insertPlain(rows, row);
            const stored = await workbench.insertEntity(rows, row, possible(way, row));
            if (stored !== undefined) expectStored(workbench, rows, row, stored, outcome);
            tally.count(outcome, stored !== undefined);
            verdicts.push(stored !== undefined);
          }),
        );
        expect(new Set(verdicts).size).toBe(1);
      });
      await assertProperty(property, { seed, numRuns });
      for (const [workbench, tally] of tallies) tally.expectMixed(workbench, rows);
    },
  );
});

/** `save()` looks for a row with the id that it is given first, which takes one that can be. */
function possible(way: Way, { id }: Row): Way {
  const canBe = id === undefined || (typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id));
  return way === 'save' && !canBe ? 'insert' : way;
}

/** What the validator accepted is accepted by plain SQL too, and reads back as given and as saved. */
function expectStored(
  { engine }: Workbench,
  rows: EntityRows,
  row: Row,
  { saved, read }: Stored,
  outcome: Outcome,
): void {
  expect({ engine, ...outcome }).toEqual({ engine, kind: 'accepted' });
  const changed = Object.entries(rows.properties)
    .map(([property, { missing }]) => ({
      property,
      expected: expectedOf(row[property], missing),
      saved: saved[property],
      read: read[property],
    }))
    .filter((each) => !same(each.saved, each.read) || !isExpected(each.expected, each.read));
  expect({ engine, changed }).toEqual({ engine, changed: [] });
}

const isExpected = (expected: unknown, read: unknown): boolean =>
  expected === MADE ? read !== null && read !== undefined : same(expected, read);

function expectedOf(given: unknown, missing: unknown): unknown {
  if (given === undefined || (given === null && missing === MADE)) return missing;
  return Object.is(given, -0) ? 0 : given;
}

/** The range of a type of Postgres, which says no before the CHECK is asked. */
const AS_ITS_TYPE = '_sort_order';

/** Times that a rule of the row names too. */
const RULED = /_(?:activated|ended|failed|resumes|revoked|succeeded)_at$|_pending_from$/;

/**
 * Whether a CHECK is only about the form of a time or a key: `schema/forms.spec.ts` breaks each of these,
 * and a row that breaks no other one is rare.
 */
function isForm(table: EntityRows['table'], name: string): boolean {
  const { type } = COLUMNS[table][name.slice(`ck_${table}_`.length)] ?? {};
  return (
    !RULED.test(name) &&
    (type === 'timestamptz(3)' || (name.endsWith('_id') && (type === 'uuid' || type === 'text')))
  );
}

/** How often each came about: a test in which nothing is ever refused would show nothing. */
class Tally {
  #stored = 0;
  #refusedByBoth = 0;
  #refusedByValidator = 0;
  readonly #checks = new Set<string>();
  readonly #notNull = new Set<string>();

  count({ kind, name = '' }: Outcome, stored: boolean): void {
    if (stored) this.#stored += 1;
    else if (kind === 'check' || kind === 'not null' || kind === 'too long')
      this.#refusedByBoth += 1;
    else this.#refusedByValidator += 1;
    if (kind === 'check') this.#checks.add(name);
    if (kind === 'not null') this.#notNull.add(name);
  }

  /** Each kind of row is well represented, and each rule of the table was broken by some row. */
  expectMixed({ engine, checksOf }: Workbench, { table, properties }: EntityRows): void {
    const all = this.#stored + this.#refusedByBoth + this.#refusedByValidator;
    if (all < 100) return;
    expect(this.#stored).toBeGreaterThan(all / 4);
    expect(this.#refusedByBoth).toBeGreaterThan(all / 10);
    expect(this.#refusedByValidator).toBeGreaterThan(all / 10);
    // A few rows can't break every rule.
    if (all < 1_500) return;
    const isRule = (name: string): boolean => !isForm(table, name);
    expect([...this.#checks].filter(isRule).sort()).toEqual(
      checksOf(table)
        .filter(isRule)
        .filter((name) => engine !== 'postgres' || !name.endsWith(AS_ITS_TYPE)),
    );
    const required = Object.entries(properties)
      .map(([property, { missing }]) => ({ column: columnOf(property), missing }))
      .filter(
        ({ column, missing }) => missing !== MADE && COLUMNS[table][column]?.nullable === false,
      );
    expect([...this.#notNull].sort()).toEqual(required.map(({ column }) => column).sort());
  }
}
