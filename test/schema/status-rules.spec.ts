import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MANDATE_STATUSES, PAYMENT_ATTEMPT_STATUSES, SUBSCRIPTION_STATUSES } from '../../src';
import { catalogOf, engines, type TestDatabase } from '../support/engines';
import type { BillingTableName } from '../support/billing-tables';
import {
  createBillingDatabase,
  day,
  type Row,
  startAfresh,
  store,
  TOKEN,
  USER_SUBSCRIPTION,
} from './billing-database';
import { FINAL_STATUSES, TAKEN_ATTEMPT_STATUSES } from './words';

const PAGE = readFileSync(join(__dirname, '../../docs/entities.md'), 'utf8');
const among = (status: string, list: readonly string[]): boolean => list.includes(status);

/** A status with all that it asks for. */
const IN_STATUS: Readonly<Record<string, (status: string) => Row>> = {
  subscriptions: (status) => ({
    status,
    ended_at: among(status, FINAL_STATUSES) ? day(9) : null,
  }),
  payment_attempts: (status) => ({
    status,
    succeeded_at: among(status, TAKEN_ATTEMPT_STATUSES) ? day(5) : null,
    failed_at: status === 'failed' ? day(5) : null,
    amount_refunded: { refunded: 1900, partially_refunded: 900 }[status] ?? 0,
  }),
  direct_debit_tokens: (status) => ({
    status,
    activated_at: status === 'active' ? day(1) : null,
    revoked_at: status === 'cancelled' ? day(1) : null,
  }),
};
const inStatus = (table: string, status: string): Row =>
  (IN_STATUS[table.replace('user_', '')] ?? IN_STATUS.subscriptions!)(status);

type Probe = (bench: Bench, status: string) => Promise<boolean>;

/** What a cell of the table says, tried on a database. */
class Bench {
  constructor(
    readonly database: TestDatabase,
    readonly table: BillingTableName,
  ) {}

  /** Whether rows of this status are refused beside each other, by the unique key of this name. */
  async unique(status: string, more: Row, other: Row = {}): Promise<boolean> {
    const row = { ...inStatus(this.table, status), ...more };
    await store(this.database, this.table, row);
    return !(await this.takes({ ...row, ...other }));
  }

  async takes(row: Row): Promise<boolean> {
    try {
      await store(this.database, this.table, row);
      return true;
    } catch {
      return false;
    }
  }

  /** Whether a row of this status is in a partial index, by the predicate in the catalog. */
  async indexed(name: string, status: string): Promise<boolean> {
    const entries = await catalogOf(this.database, [this.table]);
    const { definition = '' } = entries.find((entry) => entry.name === name) ?? {};
    const [, predicate = 'no predicate'] = / WHERE (.*)$/s.exec(definition) ?? [];
    const id = await store(this.database, this.table, inStatus(this.table, status));
    const rows = await this.database.sql(
      `SELECT id FROM "${this.table}" WHERE id = $1 AND (${predicate})`,
      [id],
    );
    return rows.length === 1;
  }

  /** Whether a status needs a value: with all it asks for, it is taken; without this, refused. */
  async needs(status: string, column: string): Promise<boolean> {
    const row = { ...inStatus(this.table, status), [column]: null };
    return !(await this.takes(row));
  }
}

const PERIOD = {
  user_subscription_id: USER_SUBSCRIPTION,
  period_start: day(1),
  period_end: day(5),
};
const AT_PROVIDER = { provider: 'gocardless', provider_payment_id: 'PM1' };

/** By the heading of the table in the page and of its column. */
const PROBES: Readonly<Record<string, Readonly<Record<string, Probe>>>> = {
  Subscriptions: {
    'one a slot (`live`)': (bench, status) => bench.unique(status, {}),
    'must have `ended_at`': (bench, status) => bench.needs(status, 'ended_at'),
    'may have `resumes_at` without `pause_behavior`': (bench, status) =>
      bench.takes({ ...inStatus(bench.table, status), resumes_at: day(9) }),
    'in the index of renewals (`period_end`)': (bench, status) =>
      new Bench(bench.database, 'subscriptions').indexed('ix_subscriptions_period_end', status),
    'in the index of payments due (`due`)': (bench, status) =>
      new Bench(bench.database, 'user_subscriptions').indexed('ix_user_subscriptions_due', status),
  },
  'Payment attempts': {
    'one a period (`open_period`)': (bench, status) =>
      bench.unique(status, { ...PERIOD, kind: 'upgrade' }),
    'one a period that is paid for (`paid_period`)': async (bench, status) => {
      const row = { ...PERIOD, kind: 'renewal' };
      // Of those under way another key says it.
      const isOpen = await bench.unique(status, { ...row, kind: 'one_off' });
      return !isOpen && (await bench.unique(status, { ...row, period_start: day(2) }));
    },
    'one for a payment of the provider (`current_payment`)': (bench, status) =>
      bench.unique(status, { ...AT_PROVIDER, attempt_number: 1 }, { attempt_number: 2 }),
    'must have `succeeded_at`': (bench, status) => bench.needs(status, 'succeeded_at'),
    'must have `failed_at`': (bench, status) => bench.needs(status, 'failed_at'),
    'may have an `amount` of 0': (bench, status) =>
      bench.takes({ ...inStatus(bench.table, status), amount: 0, amount_refunded: 0 }),
    'may give back nothing': (bench, status) =>
      bench.takes({ ...inStatus(bench.table, status), amount_refunded: 0 }),
    'may give back a part': (bench, status) =>
      bench.takes({ ...inStatus(bench.table, status), amount_refunded: 1 }),
  },
  Mandates: {
    'one default a user (`default_user`)': (bench, status) =>
      bench.unique(status, { is_default: true }),
    'must have `activated_at`': (bench, status) => bench.needs(status, 'activated_at'),
    'must have `revoked_at`': (bench, status) => bench.needs(status, 'revoked_at'),
  },
};
/** What the page must have a row of: the whole list. */
const STATUSES: Readonly<Record<string, readonly string[]>> = {
  Subscriptions: SUBSCRIPTION_STATUSES,
  'Payment attempts': PAYMENT_ATTEMPT_STATUSES,
  Mandates: MANDATE_STATUSES,
};
const TABLES: Readonly<Record<string, readonly BillingTableName[]>> = {
  Subscriptions: ['subscriptions', 'user_subscriptions'],
  'Payment attempts': ['payment_attempts'],
  Mandates: ['direct_debit_tokens'],
};

/** The cells of the table under a heading: by status, by rule. */
function cellsOf(heading: string): Record<string, Record<string, boolean>> {
  const [, section = ''] = PAGE.split(`### ${heading}\n`);
  const [head = [], , ...rows] = section
    .split(/\n##/)[0]!
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return Object.fromEntries(
    rows.map(([status = '', ...cells]) => [
      status.replaceAll('`', ''),
      Object.fromEntries(cells.map((cell, index) => [head[index + 1], cell === 'yes'])),
    ]),
  );
}

const CASES = Object.entries(TABLES).flatMap(([heading, tables]) =>
  tables.map((table) => ({ heading, table })),
);

describe.each(engines)('T3, U1 status by rule on $name', (engine) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
  });

  it.each(CASES)('$table: each cell of the documented table is so', async ({ heading, table }) => {
    const documented = cellsOf(heading);
    expect(Object.keys(documented)).toEqual(STATUSES[heading]);
    const found: Record<string, Record<string, boolean>> = {};
    for (const status of Object.keys(documented)) {
      found[status] = {};
      for (const [rule, probe] of Object.entries(PROBES[heading] ?? {})) {
        await startAfresh(database);
        // Neither the row that the others refer to nor another is in the way of the probe.
        await database.sql(`DELETE FROM "${table}" WHERE id = $1`, [TOKEN]);
        found[status][rule] = await probe(new Bench(database, table), status);
      }
    }
    expect(found).toEqual(documented);
  });
});
