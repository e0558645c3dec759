import type { ColumnType, EntityMetadata } from 'typeorm';
import { entityClassOf } from './entity-class';
import { CheckMetadata, type ColumnMetadata, dataSourceOf } from './typeorm';

/**
 * The forms in which SQLite stores the values of Postgres' types. SQLite's own types are hints: a
 * `datetime` takes `'soon'`, and a `bigint` 19.99. A CHECK refuses what Postgres would refuse, and
 * what would be read back as something else or missed by a search.
 *
 * Each form is NULL for NULL, so that the CHECK accepts it, and is written for speed: SQLite compiles
 * the CHECKs of a table for every INSERT, and a call of a function costs more than an operator. Other
 * programs write to a file too: SQLite has all that is used here since 3.35.
 */
type Form = (column: string) => string;

const wholeNumber: Form = (x) => `${x} = CAST(${x} AS INTEGER)`;

/** A BLOB never equals a text, and printf() ends at a NUL character. */
const text: Form = (x) => `${x} = printf('%s', ${x})`;

/** Not one pattern for all of it: D1 takes 50 bytes. */
const uuid: Form = (x) =>
  `${text(x)} AND ${x} GLOB '????????-????-????-????-????????????' ` +
  `AND ${x} NOT GLOB '*[^0-9a-f-]*' AND length(replace(${x}, '-', '')) = 32`;

/**
 * A modifier makes SQLite carry 24:00 or 30 February over to the day that it means, which is written
 * otherwise. IS: what is no time at all is NULL. The pattern comes first, as a time is also `'now'`,
 * with which a CHECK would be an error, and `'12:00Z'`.
 */
const instant: Form = (x) =>
  `${x} GLOB '?????????? ??:??:??.??[0-9]' AND ${x} IS date(${x}, '+0 days') || substr(${x}, 11, 13)`;

/** The first half of a character beyond 16 bits, as JSON escapes it, and the second. */
const FIRST = '\\u[dD][89abAB]??';
const SECOND = '\\u[dD][c-fC-F]';

/** A NUL, the first half of a character without the second, and the second without the first. */
const REFUSED_ESCAPES = [
  '\\u0000',
  ...['[^\\]', '\\[^u]', '\\u[^dD]', '\\u[dD][^c-fC-F]'].map((next) => FIRST + next),
  ...['[^\\]?????', '\\[^u]????', '\\u[^dD]???', '\\u[dD][^89abAB]??'].map((one) => one + SECOND),
];

/**
 * JSON text as Postgres' jsonb takes it: not JSON5, not SQLite's binary form, no escape of a NUL or of
 * half a character. An escaped backslash begins no other escape.
 */
const json: Form = (x) =>
  `${text(x)} AND json_valid(${x}) AND (${x} NOT GLOB '*\\u[0dD]*' OR ` +
  `${REFUSED_ESCAPES.map((escape) => `'    ' || replace(${x}, '\\\\', '/') NOT GLOB '*${escape}*'`).join(' AND ')})`;

const FORMS: Readonly<Partial<Record<ColumnType & string, Form>>> = {
  bigint: wholeNumber,
  integer: wholeNumber,
  smallint: wholeNumber,
  boolean: (x) => `${x} IN (0, 1)`,
  char: text,
  varchar: text,
  text,
  uuid,
  timestamptz: instant,
  'timestamp with time zone': instant,
  jsonb: json,
};

/**
 * Holds the columns that the entity's class names to their forms. Called while the columns still
 * have Postgres' types. A foreign key takes only what its key has, and needs no form.
 */
export function addForms(metadata: EntityMetadata): void {
  const entity = entityClassOf(metadata);
  if (entity === undefined) return;
  for (const check of metadata.checks) check.expression = asComparisons(check.expression);
  for (const column of metadata.columns) {
    const name = entity.formCheckOf(column.propertyName);
    const isForeign = metadata.foreignKeys.some(({ columns }) => columns.includes(column));
    if (name !== undefined && !isForeign) addForm(metadata, column, name);
  }
}

/** `status IN ('a', 'b')`, as a CHECK. */
const LIST = /\b(\w+) (NOT )?IN \(('\w+'(?:, '\w+'){2,})\)/g;

/** For an IN of three values and more SQLite builds a table of them anew, for each row. */
function asComparisons(check: string): string {
  return check.replaceAll(LIST, (list, column: string, not: string | undefined, values: string) => {
    if (column === 'NOT') return list;
    const each = values.split(', ').map((value) => `${column} ${not ? '<>' : '='} ${value}`);
    return `(${each.join(not ? ' AND ' : ' OR ')})`;
  });
}

function addForm(metadata: EntityMetadata, column: ColumnMetadata, name: string): void {
  const form = typeof column.type === 'string' ? FORMS[column.type] : undefined;
  if (form === undefined) return;
  const expression = form(column.databaseName);
  const own = metadata.checks.find((check) => check.name === name);
  if (own === undefined) {
    const check = new CheckMetadata({
      entityMetadata: metadata,
      args: { target: metadata.target, name, expression },
    });
    metadata.checks.push(check.build(dataSourceOf(metadata).namingStrategy));
    return;
  }
  // The form first: json_type() of what is no JSON is an error.
  own.expression = `(${expression}) AND (${own.expression})`;
}
