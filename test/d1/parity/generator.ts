import fc, { type Arbitrary } from 'fast-check';
import { TENANT_IDS, USER_IDS } from '../../support/engines';
import {
  type Action,
  type BillingTable,
  type Condition,
  ENTITIES,
  type HostTable,
  type Query,
  type ReadingWrite,
  type Ref,
  type Write,
} from './actions';
import { CONDITIONS, ORDERS, SUMS } from './conditions';
import { PATCHES } from './patches';
import { ROWS } from './rows';

const table: Arbitrary<BillingTable> = fc.constantFrom(
  ...(Object.keys(ENTITIES) as BillingTable[]),
);

const target = (name: BillingTable): Arbitrary<Ref & { readonly ref: BillingTable }> =>
  fc.integer({ min: -1, max: 5 }).map((index) => ({ ref: name, index }));

const forTable = <T>(make: (name: BillingTable) => Arbitrary<T>): Arbitrary<T> => table.chain(make);

const where = (name: BillingTable, most = 2): Arbitrary<readonly Condition[]> =>
  fc.array(CONDITIONS[name], { minLength: 1, maxLength: most });

const insert: Arbitrary<Write> = forTable((name) =>
  fc.record({
    do: fc.constant('insert' as const),
    table: fc.constant(name),
    rows: fc.oneof(
      { weight: 8, arbitrary: fc.array(ROWS[name], { minLength: 1, maxLength: 1 }) },
      { weight: 2, arbitrary: fc.array(ROWS[name], { minLength: 2, maxLength: 3 }) },
    ),
    how: fc.constantFrom('insert', 'save', 'insertInstance', 'saveInstance', 'queryBuilder'),
    byRelation: fc.boolean(),
  }),
);

/** More values than one statement of D1 takes. */
const bulk: Arbitrary<Write> = fc.record({
  do: fc.constant('insert' as const),
  table: fc.constant('subscription_plans' as const),
  rows: fc.array(ROWS.subscription_plans, { minLength: 15, maxLength: 15 }),
  how: fc.constantFrom('insert' as const, 'save' as const),
  byRelation: fc.constant(false),
});

const update: Arbitrary<Write> = forTable((name) =>
  fc.record({
    do: fc.constant('update' as const),
    target: target(name),
    patch: PATCHES[name],
    how: fc.constantFrom('update', 'queryBuilder'),
  }),
);

const updateWhere: Arbitrary<Write> = forTable((name) =>
  fc.record({
    do: fc.constant('updateWhere' as const),
    table: fc.constant(name),
    where: where(name),
    patch: PATCHES[name],
  }),
);

/** By a unique column that is not part of another key. */
const CONFLICTS: readonly (readonly [BillingTable, string])[] = [
  ['plans', 'name'],
  ['subscription_plans', 'code'],
  ['tenant_config', 'tenantId'],
  ['payment_attempts', 'idempotencyKey'],
];

const upsert: Arbitrary<Write> = fc.constantFrom(...CONFLICTS).chain(([name, conflict]) =>
  fc.record({
    do: fc.constant('upsert' as const),
    table: fc.constant(name),
    row: ROWS[name],
    conflict: fc.constant(conflict),
    how: fc.constantFrom('upsert', 'upsertChanged', 'orUpdate', 'orIgnore'),
  }),
);

const add: Arbitrary<Write> = fc.constantFrom(...SUMS).chain(([name, property]) =>
  fc.record({
    do: fc.constant('add' as const),
    target: target(name),
    property: fc.constant(property),
    by: fc.constantFrom(1, -1, 5),
  }),
);

const remove: Arbitrary<Write> = fc.oneof(
  forTable((name) =>
    fc.record({
      do: fc.constant('delete' as const),
      target: target(name),
      how: fc.constantFrom('delete', 'queryBuilder'),
    }),
  ),
  forTable((name) =>
    fc.record({
      do: fc.constant('deleteWhere' as const),
      table: fc.constant(name),
      where: where(name),
    }),
  ),
);

const removeHost: Arbitrary<Write> = fc.record({
  do: fc.constant('delete' as const),
  target: fc.record({ ref: fc.constantFrom<HostTable>('tenants', 'user'), index: fc.nat(2) }),
  how: fc.constant('delete' as const),
});

const host: Arbitrary<Action> = fc
  .oneof(
    fc
      .constantFrom(...TENANT_IDS)
      .map(
        (id) =>
          `INSERT INTO tenants (id, name, slug) VALUES ('${id}', 'Back', '${id}') ON CONFLICT DO NOTHING`,
      ),
    fc
      .constantFrom(...USER_IDS)
      .map(
        (id) =>
          `INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt") VALUES ('${id}', 'Back', '${id}@example.com', '1', '2026-01-01', '2026-01-01') ON CONFLICT DO NOTHING`,
      ),
  )
  .map((sql) => ({ do: 'host' as const, sql }));

const write: Arbitrary<Write> = fc.oneof(
  { weight: 8, arbitrary: insert },
  { weight: 5, arbitrary: update },
  { weight: 2, arbitrary: updateWhere },
  { weight: 2, arbitrary: upsert },
  { weight: 1, arbitrary: add },
  { weight: 2, arbitrary: remove },
);

const readingWrite: Arbitrary<ReadingWrite> = fc.oneof(
  {
    weight: 4,
    arbitrary: forTable((name) =>
      fc.record({
        do: fc.constant('saveChange' as const),
        target: target(name),
        patch: PATCHES[name],
        how: fc.constantFrom('loaded', 'part'),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: table.chain((name) =>
      fc.record({ do: fc.constant('remove' as const), target: target(name) }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('saveGraph' as const),
      plan: ROWS.subscription_plans,
      subscription: ROWS.user_subscriptions,
      attempt: ROWS.payment_attempts,
    }),
  },
);

const query: Arbitrary<Query> = fc.oneof(
  {
    weight: 4,
    arbitrary: forTable((name) =>
      fc.record({
        do: fc.constant('find' as const),
        table: fc.constant(name),
        where: fc.array(CONDITIONS[name], { maxLength: 2 }),
        order: fc.record({
          property: fc.constantFrom(...ORDERS[name]),
          direction: fc.constantFrom('ASC', 'DESC'),
          nulls: fc.constantFrom(undefined, 'FIRST', 'LAST'),
        }),
        skip: fc.constantFrom(0, 1),
        take: fc.constantFrom(2, 50),
        relations: fc.boolean(),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: forTable((name) =>
      fc.record({
        do: fc.constantFrom('count', 'exists', 'join'),
        table: fc.constant(name),
        where: where(name),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...SUMS).chain(([name, property]) =>
      fc.record({
        do: fc.constantFrom('sum', 'minimum', 'maximum'),
        table: fc.constant(name),
        property: fc.constant(property),
        where: fc.array(CONDITIONS[name], { maxLength: 1 }),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('findMany' as const),
      table,
      count: fc.constantFrom(99, 100, 101, 500),
    }),
  },
);

const transaction: Arbitrary<Action> = fc.record({
  do: fc.constant('transaction' as const),
  first: fc.option(readingWrite, { freq: 2, nil: undefined }),
  writes: fc.array(write, { minLength: 1, maxLength: 4 }),
  fails: fc.integer({ min: 0, max: 4 }).map((number) => number === 4),
});

/** One step of a sequence; shrinks to nothing. */
export const action: Arbitrary<Action> = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'nothing' }) },
  { weight: 60, arbitrary: write },
  { weight: 15, arbitrary: readingWrite },
  { weight: 25, arbitrary: query },
  { weight: 15, arbitrary: transaction },
  { weight: 3, arbitrary: host },
  { weight: 2, arbitrary: removeHost },
  { weight: 1, arbitrary: bulk },
);
