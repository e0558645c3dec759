import fc from 'fast-check';
import { INTERVALS, MAX_INTERVAL_COUNTS, PAUSE_BEHAVIORS } from '../schema/words';
import type { BillingTableName } from '../support/billing-tables';
import { flag, instant, json, key, type Values, WILD } from './values';

/** The values of an entity's properties; undefined is a property that was not set. */
export type Row = Readonly<Record<string, unknown>>;

/** In the place of what a missing value becomes: nothing, it must be given. */
export const REQUIRED = Symbol('required');
/** In the place of what a missing value becomes: something new each time. */
export const MADE = Symbol('made');

export interface Property extends Values {
  /** What the property is when it was not set: null, a default, {@link REQUIRED}, {@link MADE}. */
  readonly missing: unknown;
}

export const required = (values: Values): Property => ({ ...values, missing: REQUIRED });

export const optional = ({ right, odd }: Values): Property => ({
  right: fc.oneof(
    { weight: 3, arbitrary: right },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  odd,
  missing: null,
});

export const given = ({ right, odd }: Values, missing: unknown): Property => ({
  right: fc.oneof(
    { weight: 4, arbitrary: right },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  odd,
  missing,
});

/** Where a property is stored. */
export const columnOf = (property: string): string =>
  property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What all entities have. */
const COMMON: Readonly<Record<string, Property>> = {
  id: given(key, MADE),
  livemode: given(flag, true),
  metadata: given(json, {}),
  createdAt: given(instant, MADE),
  updatedAt: given(instant, MADE),
};

/** One entity class, and how rows for it are made. */
export interface EntityRows {
  readonly entity: new () => object;
  readonly table: BillingTableName;
  readonly properties: Readonly<Record<string, Property>>;
  /** Near the edges of the rules, on this side or that. */
  readonly rows: fc.Arbitrary<Row>;
}

/** `together` gives the properties that only make sense with each other, as they do. */
export function entityRows(
  entity: new () => object,
  table: BillingTableName,
  own: Readonly<Record<string, Property>>,
  together: readonly fc.Arbitrary<Row>[] = [],
): EntityRows {
  const properties = { ...COMMON, ...own };
  const right = fc
    .tuple(
      fc.record(
        Object.fromEntries(
          Object.entries(properties).map(([name, { right: values }]) => [name, values]),
        ),
      ),
      ...together,
    )
    .map((parts): Row => Object.assign({}, ...parts) as Row);
  return { entity, table, properties, rows: fc.tuple(right, changesOf(properties)).map(merge) };
}

/** Two fifths of the rows stay as they are; in the others a property or three are anything at all. */
function changesOf(properties: Readonly<Record<string, Property>>): fc.Arbitrary<Row> {
  const change = fc.oneof(
    ...Object.entries(properties).map(([name, { right, odd }]) =>
      fc
        .oneof(
          { weight: 12, arbitrary: odd },
          // Right in itself, but not beside the others.
          { weight: 4, arbitrary: right },
          { weight: 5, arbitrary: fc.constantFrom(null, undefined) },
          { weight: 1, arbitrary: WILD },
        )
        .map((value): Row => ({ [name]: value })),
    ),
  );
  return fc
    .oneof(
      { weight: 2, arbitrary: fc.constant<Row[]>([]) },
      { weight: 3, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }) },
    )
    .map((changes) => Object.assign({}, ...changes) as Row);
}

const merge = ([row, changes]: [Row, Row]): Row => ({ ...row, ...changes });

/** Both properties, or neither; now and then one. */
export function bothOrNeither(
  first: string,
  second: string,
  values: readonly [Values, Values],
): fc.Arbitrary<Row> {
  const both = fc.record({ [first]: values[0].right, [second]: values[1].right });
  return fc.oneof(
    fc.constantFrom<Row>({ [first]: null, [second]: null }, { [first]: undefined, [second]: null }),
    slips(both, { [first]: null }, { [second]: undefined }),
  );
}

const SAME = new Date(1_772_323_200_000);

/** Up to three years, as many units as the interval has in them; now and then one more. */
export const intervals: fc.Arbitrary<Row> = fc
  .tuple(fc.constantFrom(...INTERVALS), fc.nat({ max: 19 }))
  .map(([billingInterval, size]): Row => {
    const most = MAX_INTERVAL_COUNTS[billingInterval];
    const intervalCount = size < 10 ? 1 : size < 19 ? most : most + 1;
    return { billingInterval, intervalCount };
  });

/** Neither, or both; now and then a time alone, which some statuses take. */
export const pause: fc.Arbitrary<Row> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Row>({ pauseBehavior: null, resumesAt: null }) },
  {
    weight: 1,
    arbitrary: slips(
      fc.record({ pauseBehavior: fc.constantFrom(...PAUSE_BEHAVIORS), resumesAt: instant.right }),
      { pauseBehavior: null },
      { resumesAt: undefined },
    ),
  },
);

/** A plan to change to, with a date or without; now and then a date alone. */
export const pending = (plan: string): fc.Arbitrary<Row> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<Row>({ pendingPlanId: null, pendingFrom: null }) },
    {
      weight: 1,
      arbitrary: slips(
        fc.record({ pendingPlanId: fc.constant(plan), pendingFrom: instant.right }),
        { pendingPlanId: null },
        { pendingFrom: null },
      ),
    },
  );

/** Neither end, or both, the end after the start; now and then one, or the end before the start. */
export function period(start: string, end: string): fc.Arbitrary<Row> {
  const times = fc.tuple(instant.right, instant.right) as fc.Arbitrary<[Date, Date]>;
  const ends = times
    .filter(([a, b]) => Number(a) !== Number(b))
    .map(([a, b]): Row => (a < b ? { [start]: a, [end]: b } : { [start]: b, [end]: a }));
  return fc.oneof(
    fc.constant<Row>({ [start]: null, [end]: null }),
    slips(ends, { [start]: null }, { [end]: null }),
    slips(ends, { [start]: new Date(1), [end]: new Date(0) }, { [start]: SAME, [end]: SAME }),
  );
}

/** Each status with the times that it asks for; now and then without. */
export function statusWith(
  statuses: readonly string[],
  timesOf: (status: string) => {
    readonly set?: readonly string[];
    readonly unset?: readonly string[];
  },
): fc.Arbitrary<Row> {
  const parts = fc.tuple(fc.constantFrom(...statuses), instant.right, fc.nat({ max: 9 }));
  return parts.map(([status, time, slip]): Row => {
    const { set = [], unset = [] } = timesOf(status);
    const times = [
      ...set.map((property) => [property, slip === 9 ? null : time]),
      ...unset.map((property) => [property, slip === 9 ? time : null]),
    ];
    return { status, ...(Object.fromEntries(times) as Row) };
  });
}

/** Nine in ten as they are; in the others one property is another. */
function slips(rows: fc.Arbitrary<Row>, ...changes: readonly [Row, ...Row[]]): fc.Arbitrary<Row> {
  return fc
    .tuple(rows, fc.nat({ max: 9 }), fc.constantFrom(...changes))
    .map(([row, slip, change]): Row => (slip === 9 ? { ...row, ...change } : row));
}
