import { BILLING_TABLES, type BillingTableName } from '../support/billing-tables';
import { type Row, validRow } from './billing-database';
import { COLUMNS } from './expected-columns';

export const EARLY = '2000-01-01 00:00:00.000';
const LATE = '9999-12-30 00:00:00.000';

/** A column of one of the seven tables, and what a valid row has beside a value of it. */
export interface Place {
  readonly table: BillingTableName;
  readonly column: string;
  /** Postgres' type, without its length. */
  readonly type: string;
  readonly beside: Row;
}

export const PLACES: readonly Place[] = BILLING_TABLES.flatMap((table) =>
  Object.entries(COLUMNS[table]).map(([column, { type }]) => ({
    table,
    column,
    type: type.replace(/\(.*/, ''),
    beside: beside(table, column),
  })),
);

function beside(table: BillingTableName, column: string): Row {
  const has = (name: string): boolean => name in COLUMNS[table];
  const money = has('unit_amount') ? 'unit_amount' : has('max_amount') ? 'max_amount' : undefined;
  if (column.endsWith('_start')) return { [column.replace(/start$/, 'end')]: LATE };
  if (column.endsWith('_end') && has(column.replace(/end$/, 'start'))) {
    return { [column.replace(/end$/, 'start')]: EARLY };
  }
  switch (column) {
    case 'currency':
      return money === undefined ? {} : { [money]: 5 };
    case 'unit_amount':
    case 'max_amount':
      return { currency: 'USD' };
    case 'ended_at':
      return { status: 'canceled' };
    case 'resumes_at':
      return { pause_behavior: 'void' };
    case 'provider_subscription_id':
      return { provider: 'gocardless' };
    case 'token_ciphertext':
      return { token_key_id: 'key' };
    case 'token_key_id':
      return { token_ciphertext: 'text' };
    default:
      return {};
  }
}

/** An INSERT, in plain SQL, of a valid row with this literal in the place. */
export function insertionOf(
  place: Place,
  literal: string,
): { readonly sql: string; readonly id: string } {
  const { table, column, beside } = place;
  const row: Row = { ...validRow(table), ...beside };
  const names = [...Object.keys(row).filter((name) => name !== column), column];
  const values = names.map((name) => (name === column ? literal : quoted(row[name])));
  const sql = `INSERT INTO "${table}" (${names.join(', ')}) VALUES (${values.join(', ')})`;
  return { sql, id: column === 'id' ? literal : quoted(row.id) };
}

const quoted = (value: unknown): string =>
  typeof value === 'number' ? String(value) : `'${String(value)}'`;

/** Closed lists of words, which need no form. */
const isList = ({ column }: Place): boolean =>
  /^(status|kind|scheme|billing_interval|pause_behavior)$/.test(column);

/** A foreign key, which takes only what its key has. */
export const isForeign = ({ column }: Place): boolean =>
  /^(tenant|user|(pending_)?plan|user_subscription|direct_debit_token|replaced_by)_id$/.test(
    column,
  );

/** The CHECK that holds a column to its form; undefined where the type, the key or a list of words does. */
export function formOf(dialect: 'postgres' | 'sqlite', place: Place): string | undefined {
  const needed =
    dialect === 'postgres' ? place.type === 'timestamptz' : !isList(place) && !isForeign(place);
  return needed ? `ck_${place.table}_${place.column}` : undefined;
}

const UUID = '0198c0de-0000-7000-8000-00000000000a';
const text = (value: string): string => `'${value}'`;
/** A text, an escape for the characters of which SQL knows none, as both dialects write it. */
const NUL = (start: string, rest = ''): string => `'${start}' || char(0) || '${rest}'`;

/** SQL literals that SQLite's CHECKs must refuse, by type. */
export const WRONG: Readonly<Record<string, readonly string[]>> = {
  timestamptz: [
    ...['2026-03-01T10:00:00.000Z', '2026-03-01T10:00:00.000', '2026-03-01 10:00:00.000Z'],
    ...['2026-03-01 10:00:00.00Z', '2026-03-01 10:00:00.000+00:00', '2026-03-01 10:00:00.000+02'],
    ...['2026-03-01 10:00:00', '2026-03-01 10:00', '2026-03-01', '10:00:00.000', '2026-03'],
    ...['2026-03-01 10:00:00.0', '2026-03-01 10:00:00.0000', '2026-3-1 10:00:00.000', '', 'soon'],
    ...['now', 'now                    ', 'infinity', '-infinity', 'epoch', '1772359200'],
    ...['2026-02-30 00:00:00.000', '2026-02-29 00:00:00.000', '2100-02-29 00:00:00.000'],
    ...['2026-13-01 00:00:00.000', '2026-00-01 00:00:00.000', '2026-03-00 00:00:00.000'],
    ...['2026-04-31 00:00:00.000', '2026-03-01 24:00:00.000', '2026-03-01 25:00:00.000'],
    ...['2026-12-31 23:59:60.000', '2026-03-01 10:60:00.000', '0000-01-01 00:00:00.000'],
    ...['10000-01-01 00:00:00.000', '-001-01-01 00:00:00.000', '0044-03-15 12:00:00 BC'],
    ...['2026-03-01  9:00:00.000', ' 2026-03-01 10:00:00.000', '2026-03-01 10:00:00.000 '],
    ...['２０２６-03-01 10:00:00.000', '2026/03/01 10:00:00.000', 'subsec', 'unixepoch'],
  ]
    .map(text)
    .concat('1772359200', '1772359200000', '2461100.5', '0', '-1', '1e308', '-1.5')
    .concat("X'323032362D30332D30312031303A30303A30302E303030'", "X'00'", NUL(EARLY), NUL('soon')),
  uuid: [
    ...[UUID.toUpperCase(), UUID.replaceAll('-', ''), `{${UUID}}`, `${UUID} `, ` ${UUID}`],
    ...[UUID.replace('a', 'g'), UUID.slice(1), `${UUID}0`, '', 'abc', 'ä'.repeat(36)],
    ...[
      '-'.repeat(36),
      '0198c0d-e0000-7000-8000-00000000000a',
      '0198--de-0000-7000-8000-00000000000a',
    ],
    ...['0198c0de-0000-7000-8000-0000000000ä', `urn:uuid:${UUID}`, `0x98c0de${UUID.slice(8)}`],
  ]
    .map(text)
    .concat('12', '1.5', "X'0198C0DE0000700080000000000000AA'", NUL(UUID), NUL(UUID, 'x'))
    .concat(`CAST(${text(UUID)} AS BLOB)`),
  bigint: wrongNumbers(),
  integer: wrongNumbers('2147483648', '-2147483649'),
  smallint: wrongNumbers('32768', '-32769'),
  boolean: [
    ...['false', 'true', 't', 'f', 'yes', 'no', 'on', 'off', '', 'abc', 'FALSE', '2'].map(text),
    ...['2', '-1', '0.5', '1e3', "X'00'", "X'01'", "X'31'", NUL('abc')],
  ],
  char: ["X'555344'", NUL('USD'), NUL('USD', 'x'), "X''", "CAST('USD' AS BLOB)"],
  varchar: ["X'6162'", "X'00'", NUL('ab'), NUL('ab', 'cd'), NUL('')],
  text: ["X'6162'", "X'00'", "X''", NUL('ab'), NUL('ab', 'cd'), NUL('')],
  jsonb: [
    ...[
      '{a:1}',
      "{''a'':1}",
      '{"a":1,}',
      '{"a":+1}',
      '{"a":01}',
      '{"a":.5}',
      '{"a":NaN}',
      '{/**/}',
    ],
    ...[
      '{"a":Infinity}',
      '{"a":0x1}',
      '[]',
      '[1]',
      '1',
      '"a"',
      'null',
      'true',
      '',
      'abc',
      '{',
      '{}}',
    ],
    ...[
      '{"a":"\\u0000"}',
      '{"\\u0000":1}',
      '{"a":"\\\\\\u0000"}',
      '{"a":"\\ud800"}',
      '{"a":"\\uDFFF"}',
    ],
    ...[
      '{"a":"\\ud83d\\ud83d"}',
      '{"a":"\\udE00\\uD83d"}',
      '{"a":"\\uD83D\\n"}',
      '{"a":"\\ud83dx"}',
    ],
    ...['{"a":"\\ud83d\\u00e9"}', '{"a":"\\u00e9\\ude00"}', '{"a":"x\\ude00"}', '{"\\ude00":1}'],
    ...['{"a":"\\ud83d\\\\\\ude00"}', '{"a":"12345\\ude00"}', '{"a":"\n"}', '{"a":"\\x41"}'],
  ]
    .map(text)
    .concat('1', '1.5', "X'7B7D'", "X'0C'", NUL('{}'), NUL('{}', 'x'), "CAST('{}' AS BLOB)"),
};

/** A text that is a number becomes it before the CHECK, as SQLite's column is one of numbers. */
function wrongNumbers(...more: readonly string[]): string[] {
  return [
    ...['abc', '', 'true', '12abc', '0x10', '1,5', 'NaN', 'Infinity', '1.5', '19.99'].map(text),
    ...['1.5', '19.99', '0.1', '1e300', '-1e300', '9e999', '9223372036854775808', "X'01'", "X'31'"],
    ...["X'00'", NUL('abc'), ...more],
  ];
}

/** SQL literals that SQLite's CHECKs accept beside them, by type. */
export const RIGHT: Readonly<Record<string, readonly string[]>> = {
  timestamptz: [
    ...['2026-03-01 10:00:00.000', '2026-12-31 23:59:59.999', '2024-02-29 00:00:00.001'],
    ...['2000-02-29 12:34:56.789', '1969-12-31 23:59:59.999', '9999-12-30 00:00:00.000'],
  ].map(text),
  uuid: [
    text(UUID),
    text('00000000-0000-0000-0000-000000000000'),
    text('f'.repeat(8) + UUID.slice(8)),
  ],
  bigint: ['1', '1.0', text('1')],
  integer: ['1', '1.0', text('1')],
  smallint: ['1', '1.0', text('1')],
  boolean: ['0', '1', 'true', 'false', text('0'), text('1')],
  char: [text('USD')],
  varchar: [text('ab'), text('😀'), text("it''s"), '12'],
  text: [text('ab'), text(''), text('😀'), '12'],
  jsonb: [
    ...['{}', ' { } ', '{"a":1e5,"b":[null,true,{}]}', '{"a":"\\\\u0000"}'],
    ...['{"a":"\\u00e9\\ud7ff\\n"}', '{"a":"\\\\\\\\ud800"}', '{"a":"\\\\"}'],
    ...['{"a":"\\ud7ff\\ue000"}', '{"a":"\\\\\\\\\\u0041"}'],
  ].map(text),
};

/** Moments that Postgres' type takes, and that no other engine and no Date holds. */
export const OUT_OF_RANGE: readonly string[] = [
  ...['infinity', '-infinity', '0044-03-15 12:00:00+00 BC', '0001-12-31 23:59:59.999+00 BC'],
  ...['10000-01-01 00:00:00+00', '9999-12-31 23:59:59.9999+00', '294276-12-31 23:59:59+00'],
].map(text);
