import {
  BILLABLE_SUBSCRIPTION_STATUSES,
  BILLING_INTERVALS,
  CURRENCIES,
  CURRENT_PAYMENT_ATTEMPT_STATUSES,
  DIRECT_DEBIT_SCHEMES,
  FAILED_PAYMENT_ATTEMPT_STATUSES,
  FINAL_SUBSCRIPTION_STATUSES,
  KEPT_PAYMENT_ATTEMPT_STATUSES,
  LIVE_SUBSCRIPTION_STATUSES,
  MANDATE_STATUSES,
  MAX_INTERVAL_COUNTS,
  OPEN_PAYMENT_ATTEMPT_STATUSES,
  PAUSE_BEHAVIORS,
  PAUSED_SUBSCRIPTION_STATUSES,
  PAYMENT_ATTEMPT_KINDS,
  PAYMENT_ATTEMPT_STATUSES,
  PERIOD_PAYMENT_ATTEMPT_KINDS,
  Plan,
  SUBSCRIPTION_STATUSES,
  TAKEN_PAYMENT_ATTEMPT_STATUSES,
} from '../../src';
import { createBillingDatabase } from '../schema/billing-database';
import { type LiveKeys, liveKeys } from '../schema/live-keys';
import * as words from '../schema/words';
import { openDataSource } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';

/** Which CHECK has which of the exported lists. */
const CHECKS = {
  ck_subscriptions_status: SUBSCRIPTION_STATUSES,
  ck_subscriptions_billing_interval: BILLING_INTERVALS,
  ck_subscriptions_interval_count: Object.keys(MAX_INTERVAL_COUNTS),
  ck_subscriptions_pause_behavior: PAUSE_BEHAVIORS,
  ck_subscriptions_resumes_at: PAUSED_SUBSCRIPTION_STATUSES,
  ck_subscriptions_ended_at: FINAL_SUBSCRIPTION_STATUSES,
  ck_subscription_plans_billing_interval: BILLING_INTERVALS,
  ck_subscription_plans_interval_count: Object.keys(MAX_INTERVAL_COUNTS),
  ck_user_subscriptions_status: SUBSCRIPTION_STATUSES,
  ck_user_subscriptions_billing_interval: BILLING_INTERVALS,
  ck_user_subscriptions_interval_count: Object.keys(MAX_INTERVAL_COUNTS),
  ck_user_subscriptions_pause_behavior: PAUSE_BEHAVIORS,
  ck_user_subscriptions_resumes_at: PAUSED_SUBSCRIPTION_STATUSES,
  ck_user_subscriptions_ended_at: FINAL_SUBSCRIPTION_STATUSES,
  ck_payment_attempts_kind: PAYMENT_ATTEMPT_KINDS,
  ck_payment_attempts_status: PAYMENT_ATTEMPT_STATUSES,
  ck_payment_attempts_amount: ['succeeded'],
  ck_payment_attempts_refund: ['partially_refunded', 'refunded'],
  ck_payment_attempts_succeeded_at: TAKEN_PAYMENT_ATTEMPT_STATUSES,
  ck_payment_attempts_failed_at: ['failed'],
  ck_direct_debit_tokens_scheme: DIRECT_DEBIT_SCHEMES,
  ck_direct_debit_tokens_status: MANDATE_STATUSES,
  ck_direct_debit_tokens_activated_at: ['active'],
  ck_direct_debit_tokens_revoked_at: ['cancelled'],
};

/** Which partial index has which of them in its predicate, after the column. */
const PREDICATES = {
  uq_subscriptions_live_tenant: LIVE_SUBSCRIPTION_STATUSES,
  ix_subscriptions_period_end: LIVE_SUBSCRIPTION_STATUSES,
  uq_user_subscriptions_live_user: LIVE_SUBSCRIPTION_STATUSES,
  ix_user_subscriptions_due: BILLABLE_SUBSCRIPTION_STATUSES,
  uq_payment_attempts_open_period: OPEN_PAYMENT_ATTEMPT_STATUSES,
  uq_payment_attempts_current_payment: CURRENT_PAYMENT_ATTEMPT_STATUSES,
  uq_payment_attempts_paid_period: PERIOD_PAYMENT_ATTEMPT_KINDS,
};

it('U6 the exported lists hold the words agreed on', () => {
  expect({
    SUBSCRIPTION_STATUSES: [...SUBSCRIPTION_STATUSES].sort(),
    LIVE_SUBSCRIPTION_STATUSES,
    FINAL_SUBSCRIPTION_STATUSES,
    BILLABLE_SUBSCRIPTION_STATUSES,
    PAUSED_SUBSCRIPTION_STATUSES,
    PAUSE_BEHAVIORS,
    PAYMENT_ATTEMPT_STATUSES,
    OPEN_PAYMENT_ATTEMPT_STATUSES,
    TAKEN_PAYMENT_ATTEMPT_STATUSES,
    KEPT_PAYMENT_ATTEMPT_STATUSES,
    FAILED_PAYMENT_ATTEMPT_STATUSES,
    CURRENT_PAYMENT_ATTEMPT_STATUSES,
    PAYMENT_ATTEMPT_KINDS,
    PERIOD_PAYMENT_ATTEMPT_KINDS,
    MANDATE_STATUSES,
    DIRECT_DEBIT_SCHEMES,
    BILLING_INTERVALS,
    MAX_INTERVAL_COUNTS,
  }).toEqual({
    SUBSCRIPTION_STATUSES: [...words.SUBSCRIPTION_STATUSES].sort(),
    LIVE_SUBSCRIPTION_STATUSES: words.LIVE_STATUSES,
    FINAL_SUBSCRIPTION_STATUSES: words.FINAL_STATUSES,
    BILLABLE_SUBSCRIPTION_STATUSES: words.BILLABLE_STATUSES,
    PAUSED_SUBSCRIPTION_STATUSES: ['paused'],
    PAUSE_BEHAVIORS: words.PAUSE_BEHAVIORS,
    PAYMENT_ATTEMPT_STATUSES: [...words.OPEN_ATTEMPT_STATUSES, ...words.CLOSED_ATTEMPT_STATUSES],
    OPEN_PAYMENT_ATTEMPT_STATUSES: words.OPEN_ATTEMPT_STATUSES,
    TAKEN_PAYMENT_ATTEMPT_STATUSES: words.TAKEN_ATTEMPT_STATUSES,
    KEPT_PAYMENT_ATTEMPT_STATUSES: words.KEPT_ATTEMPT_STATUSES,
    FAILED_PAYMENT_ATTEMPT_STATUSES: words.FAILED_ATTEMPT_STATUSES,
    CURRENT_PAYMENT_ATTEMPT_STATUSES: words.CURRENT_ATTEMPT_STATUSES,
    PAYMENT_ATTEMPT_KINDS: [...words.PERIOD_ATTEMPT_KINDS, ...words.OTHER_ATTEMPT_KINDS],
    PERIOD_PAYMENT_ATTEMPT_KINDS: words.PERIOD_ATTEMPT_KINDS,
    MANDATE_STATUSES: words.MANDATE_STATUSES,
    DIRECT_DEBIT_SCHEMES: words.SCHEMES,
    BILLING_INTERVALS: words.INTERVALS,
    MAX_INTERVAL_COUNTS: words.MAX_INTERVAL_COUNTS,
  });
});

describe.each(engines)('U6 the vocabularies on $name', (engine) => {
  let database: TestDatabase;
  let live: LiveKeys;
  beforeAll(async () => {
    database = await createBillingDatabase(engine);
    live = await liveKeys(database);
  });

  it('are in the CHECKs what they are in the exported lists, word for word', () => {
    // Of all CHECKs that name words: a list that is added is seen here.
    const quoted = Object.entries(live.checks)
      .map(
        ([name, text]) =>
          [name, [...text.matchAll(/'([a-z]\w*)'/g)].map(([, word]) => word)] as const,
      )
      .filter(
        ([name, list]) =>
          list.length > 0 &&
          !/_(currency|features|metadata|account_ending|fingerprint)$/.test(name),
      );
    expect(Object.fromEntries(quoted)).toEqual(CHECKS);
  });

  it('are in the predicates of the indexes, too', () => {
    for (const [name, list] of Object.entries(PREDICATES)) {
      expect(live.indexes[name]?.where.endsWith(['', ...list].join(' '))).toBe(true);
    }
  });

  it('hold only currencies that the database takes', async () => {
    const dataSource = await openDataSource(database);
    const plans = CURRENCIES.map((currency) =>
      Object.assign(new Plan(), { name: currency, currency }),
    );
    await dataSource.manager.save(plans);
    const rows = await dataSource.manager.find(Plan);
    await dataSource.destroy();
    expect(rows.map(({ currency }) => currency).sort()).toEqual([...CURRENCIES].sort());
  });
});
