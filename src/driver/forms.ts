import type { ColumnType, EntityMetadata } from 'typeorm';
import { entityClassOf } from './entity-class';
import { CheckMetadata, type ColumnMetadata } from './typeorm';

/**
 * The forms in which SQLite stores the values of Postgres' types. SQLite's own types are hints: a
 * `datetime` takes `'soon'`, and a `bigint` 19.99. A CHECK refuses what Postgres would refuse, and
 * what would be read back as something else or missed by a search.
 *
 * Each form is NULL for NULL, so that the CHECK accepts it, and is written for speed: SQLite compiles
 * the CHECKs of a table for every INSERT, and a call of a function costs more than an operator.
 */
type Form = (column: string) => string;

const wholeNumber: Form = (x) => `${x} = CAST(${x} AS INTEGER)`;

/** A BLOB never equals a text, and printf() ends at a NUL character. */
const text: Form = (x) => `${x} = printf('%s', ${x})`;

/**
 * Lower-case hexadecimal digits, with hyphens in their places: 36 characters, as `substr()` ends at a
 * NUL, of which 16 bytes are digits.
 */
const uuid: Form = (x) =>
  `${x} IS NULL OR (${x} = lower(substr(${x}, 1, 36)) ` +
  `AND ${x} GLOB '????????-????-????-????-????????????' AND length(unhex(${x}, '-')) IS 16)`;

/**
 * A modifier makes SQLite carry 24:00, a second 60 or 30 February over to the moment that it means,
 * which is written otherwise. IS: what is no time at all is NULL. The space takes from `'now'` its
 * meaning, with which a CHECK would be an error.
 */
const instant: Form = (x) => `${x} IS datetime(${x} || ' ', '+0 days', 'subsec')`;

/**
 * JSON text as Postgres' jsonb takes it: not JSON5, not SQLite's binary form, no escape of a NUL. An
 * escape of half a character beyond 16 bits, which Postgres takes with its other half only, is refused:
 * the character itself can be written. An escaped backslash begins no other escape.
 */
const json: Form = (x) =>
  `${text(x)} AND json_valid(${x}) ` +
  ['\\u0000', '\\u[dD][89a-fA-F]']
    .map((escape) => `AND replace(${x}, '\\\\', '') NOT GLOB '*${escape}*'`)
    .join(' ');

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
 * have Postgres' types.
 */
export function addForms(metadata: EntityMetadata): void {
  const entity = entityClassOf(metadata);
  if (entity === undefined) return;
  for (const column of metadata.columns) {
    const name = entity.formCheckOf(column.propertyName);
    if (name !== undefined) addForm(metadata, column, name);
  }
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
    metadata.checks.push(check.build(metadata.dataSource.namingStrategy));
    return;
  }
  // The form first: json_type() of what is no JSON is an error.
  own.expression = `(${expression}) AND (${own.expression})`;
}
