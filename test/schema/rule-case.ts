import type { TestDatabase } from '../support/engines';
import { type Row, startAfresh, store, update } from './billing-database';
import type { BillingTableName } from '../support/billing-tables';
import { MAX_INTERVAL_COUNTS } from './words';
import { expectAllRefused, type Reason } from './refusal';

/**
 * One constraint or unique index, and rows that show it: each a valid row with these columns
 * changed. A row that is refused breaks this rule and no other; those accepted are its nearest
 * neighbours.
 */
export interface RuleCase {
  /** Of the constraint or index in the database. */
  readonly name: string;
  readonly table: BillingTableName;
  /** The columns of a unique key; without them the rule is a CHECK. */
  readonly columns?: readonly string[];
  /** Rows that are there already. */
  readonly given?: readonly Row[];
  readonly refused: readonly Row[];
  /** Values that are too long or too large for the column's type on Postgres, before it asks the CHECK. */
  readonly tooLong?: readonly Row[];
  readonly accepted: readonly Row[];
}

/**
 * Shows that each row is refused or accepted, on a database with the case's rows: refused when it
 * is inserted, and when a row that is there is changed to it.
 */
export async function showRule(database: TestDatabase, rule: RuleCase): Promise<void> {
  const { name, table, columns, given = [], refused, tooLong = [], accepted } = rule;
  const rows = [
    ...refused.map((row) => ({ row, reason: reasonOf(rule) })),
    ...tooLong.map((row) => ({ row, reason: { kind: 'too long', name } as const })),
  ];
  const remove = (id: string): Promise<unknown> =>
    database.sql(`DELETE FROM "${table}" WHERE id = $1`, [id]);

  await startAfresh(database);
  for (const row of given) await store(database, table, row);
  await expectAllRefused(
    database,
    rows.map(({ row, reason }) => ({ reason, statement: () => store(database, table, row) })),
  );
  const other = columns === undefined ? {} : accepted[0];
  const id = await store(database, table, other);
  await expectAllRefused(
    database,
    rows.map(({ row, reason }) => ({ reason, statement: () => update(database, table, id, row) })),
  );
  await remove(id);
  for (const row of accepted) await remove(await store(database, table, row));
}

function reasonOf({ name, table, columns }: RuleCase): Reason {
  return columns === undefined ? { kind: 'check', name } : { kind: 'unique', name, table, columns };
}

/** The rules of one table, under the names that its constraints have. */
export function rulesOf(table: BillingTableName) {
  const named = (name: string, rule: Omit<RuleCase, 'name' | 'table'>): RuleCase => ({
    name: `${name.slice(0, 2)}_${table}${name.slice(2)}`,
    table,
    ...rule,
  });
  const check = (column: string, rule: Omit<RuleCase, 'name' | 'table' | 'columns'>): RuleCase =>
    named(`ck_${column}`, rule);

  return {
    check,

    /** A unique key; `given` and `refused` hold its values, `accepted` others. */
    unique: (
      name: string,
      columns: readonly string[],
      rule: Omit<RuleCase, 'name' | 'table' | 'columns'>,
    ): RuleCase => named(`uq_${name}`, { columns, ...rule }),

    /** `other` keeps the row that is there from the table's other keys. */
    primaryKey: (other: Row = {}): RuleCase => {
      const id = '018f3c5e-0000-7000-8000-00000000e001';
      return named('pk', {
        columns: ['id'],
        given: [{ id, ...other }],
        refused: [{ id }],
        accepted: [{}],
      });
    },

    /** 1 to `max` characters, an astral one counted as one; `beside` is what the column needs. */
    length: (column: string, max: number, beside: Row = {}): RuleCase =>
      check(column, {
        refused: [{ ...beside, [column]: '' }],
        tooLong: [
          { ...beside, [column]: 'x'.repeat(max + 1) },
          { ...beside, [column]: '😀'.repeat(max + 1) },
        ],
        accepted: ['x', 'x'.repeat(max), '😀'.repeat(max)].map((text) => ({
          ...beside,
          [column]: text,
        })),
      }),

    /** At most `length` characters of an alphabet; each of `wrong` is of that length or less. */
    characters: (
      column: string,
      { length, right, wrong }: { length: number; right: readonly string[]; wrong: string[] },
      beside: Row = {},
    ): RuleCase =>
      check(column, {
        refused: ['', ' '.repeat(length), ...wrong].map((text) => ({ ...beside, [column]: text })),
        tooLong: right.map((text) => ({
          ...beside,
          [column]: text.padEnd(length + 1, text.slice(-1)),
        })),
        accepted: right.map((text) => ({ ...beside, [column]: text })),
      }),

    currency: (beside: Row = {}): RuleCase =>
      check('currency', {
        refused: ['', '   ', 'US', 'usd', 'USd', 'U1D', 'ÄÖÜ', 'U D'].map((currency) => ({
          ...beside,
          currency,
        })),
        tooLong: [{ ...beside, currency: 'USDX' }],
        accepted: ['USD', 'JPY', 'AZZ', 'ZAA'].map((currency) => ({ ...beside, currency })),
      }),

    /** Numbers from `min` to `max`. */
    range: (column: string, min: number, max: number, beside: Row = {}): RuleCase =>
      check(column, {
        refused: [min - 1, max + 1].map((number) => ({ ...beside, [column]: number })),
        accepted: [min, max].map((number) => ({ ...beside, [column]: number })),
      }),

    /** Numbers from `min` to the largest that the type holds. */
    atLeast: (column: string, min: number): RuleCase =>
      check(column, {
        refused: min > -(2 ** 31) ? [{ [column]: min - 1 }, { [column]: -(2 ** 31) }] : [],
        tooLong: [{ [column]: 2 ** 31 }, { [column]: -(2 ** 31) - 1 }],
        accepted: [{ [column]: min }, { [column]: 2 ** 31 - 1 }],
      }),

    /** A closed list of words; `beside` gives what a word asks for in other columns. */
    words: (
      column: string,
      words: readonly string[],
      longest: number,
      beside: (word: string) => Row = () => ({}),
    ): RuleCase =>
      check(column, {
        refused: ['', 'nonsense', `${words[0]} `, words[0]?.toUpperCase()].map((word) => ({
          [column]: word,
        })),
        tooLong: [{ [column]: 'x'.repeat(longest + 1) }],
        accepted: words.map((word) => ({ [column]: word, ...beside(word) })),
      }),

    jsonObject: (column: string): RuleCase =>
      check(column, {
        refused: ['[]', 'null', 'true', '1', '"{}"'].map((text) => ({ [column]: text })),
        accepted: ['{}', '{"seats": 5, "limits": {"a": [1, null]}}'].map((text) => ({
          [column]: text,
        })),
      }),

    /** Both or neither of two columns. */
    bothOrNeither: (name: string, first: Row, second: Row): RuleCase =>
      check(name, { refused: [first, second], accepted: [{}, { ...first, ...second }] }),

    /** 1 to as many units as three years have, which the interval tells. */
    intervalCount: (): RuleCase => {
      const each = Object.entries(MAX_INTERVAL_COUNTS).map(([billing_interval, max]) => ({
        billing_interval,
        max,
      }));
      return check('interval_count', {
        refused: each.flatMap(({ billing_interval, max }) =>
          [0, -1, max + 1].map((interval_count) => ({ billing_interval, interval_count })),
        ),
        tooLong: [{ interval_count: 2 ** 15 }],
        accepted: each.flatMap(({ billing_interval, max }) =>
          [1, max].map((interval_count) => ({ billing_interval, interval_count })),
        ),
      });
    },

    /** A time only beside a way of pausing, or in the status paused. */
    resumesAt: (statuses: readonly string[], inStatus: (status: string) => Row): RuleCase => {
      const resumes_at = new Date(Date.UTC(2026, 2, 1));
      return check('resumes_at', {
        refused: statuses
          .filter((status) => status !== 'paused')
          .map((status) => ({ ...inStatus(status), resumes_at })),
        accepted: [
          { status: 'paused', resumes_at },
          { status: 'paused' },
          ...statuses.map((status) => ({
            ...inStatus(status),
            pause_behavior: 'void',
            resumes_at,
          })),
        ],
      });
    },

    /** A date of a change only beside the plan that it is a change to. */
    pendingFrom: (pending_plan_id: string): RuleCase => {
      const pending_from = new Date(Date.UTC(2026, 2, 1));
      return check('pending_from', {
        refused: [{ pending_from }],
        accepted: [{ pending_plan_id }, { pending_plan_id, pending_from }],
      });
    },

    /** Both ends or neither, the end after the start; of an `empty` one it may be the start. */
    period: (name: string, { empty = false }: { readonly empty?: boolean } = {}): RuleCase => {
      const at = new Date(Date.UTC(2026, 2, 1));
      const later = new Date(at.getTime() + 1);
      const [start, end] = [`${name}_start`, `${name}_end`];
      return check(name, {
        refused: [
          { [start]: at },
          { [end]: at },
          { [start]: later, [end]: at },
          ...(empty ? [] : [{ [start]: at, [end]: at }]),
        ],
        accepted: [
          {},
          { [start]: at, [end]: later },
          ...(empty ? [{ [start]: at, [end]: at }] : []),
        ],
      });
    },

    /** A column that these statuses ask for, and no other status does; `beside` is what they need. */
    setWhen: (
      column: string,
      statuses: readonly string[],
      others: readonly string[],
      beside: (status: string) => Row = () => ({}),
    ): RuleCase => {
      const row = (status: string, value: Date | null) => ({
        ...beside(status),
        ...{ status, [column]: value },
      });
      return check(column, {
        refused: statuses.map((status) => row(status, null)),
        accepted: [
          ...statuses.map((status) => row(status, new Date(0))),
          ...others.flatMap((status) => [row(status, null), row(status, new Date(0))]),
        ],
      });
    },
  };
}

/**
 * A provider's own id: unique there, free elsewhere, and any number of rows may have none. `there`
 * keeps the rows that are there from the table's other keys.
 */
export function uniqueAtProvider(
  rules: Pick<ReturnType<typeof rulesOf>, 'unique'>,
  column: string,
  there: Row = {},
): RuleCase {
  const taken = { provider: 'gocardless', [column]: 'ID1' };
  return rules.unique(column, ['provider', column], {
    given: [
      { ...taken, ...there },
      { provider: 'gocardless', [column]: null, ...there },
    ],
    refused: [taken],
    accepted: [
      { ...taken, provider: 'stripe' },
      { ...taken, [column]: 'id1' },
      { provider: 'gocardless', [column]: null },
    ],
  });
}
