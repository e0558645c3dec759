import type { EntityMetadata } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { dataSourceOf } from './typeorm';
import { tableOf, type KeySpec, type TableSpec } from './columns/registry';
import { validationError, type ValidationFailure } from './columns/validation-error';
import { show } from './columns/values';

/**
 * Keeps a key and the row beside it (`planId` and `plan`) in agreement. What the caller has changed
 * counts: the one of them that is not as it was loaded. If that is both, or can't be known, the write is
 * refused.
 */

export type Row = Record<string, unknown>;

/** Keys and rows beside them as they were loaded, or last written. */
interface Known {
  readonly keys: Readonly<Row>;
  readonly rows: Readonly<Row>;
}

const known = new WeakMap<object, Known>();
/** The ids of related rows that were loaded without them, as far as a key beside them says. */
const idsBeside = new WeakMap<object, unknown>();
/** The keys of a row when its write began. */
const written = new WeakMap<object, Readonly<Row>>();

/** Notes what was loaded. Without a row beside a key there is nothing to note, and nothing is done. */
export function rememberKeys(row: Readonly<Row>, { keys }: TableSpec): void {
  let found: { keys: Row; rows: Row } | undefined;
  for (const { property, relation, target } of keys) {
    const related = row[relation];
    if (related === undefined) continue;
    found ??= { keys: {}, rows: {} };
    found.keys[property] = row[property] ?? idOf(related, target);
    found.rows[relation] = related;
    if (isObject(related) && related[target] === undefined) idsBeside.set(related, row[property]);
  }
  if (found !== undefined) known.set(row, found);
}

/** Keys that differ from the row beside them, in a new row. What was meant can't be known. */
export function disagreements(row: Readonly<Row>, { keys }: TableSpec): ValidationFailure[] {
  return keys
    .filter((key) => {
      const [own, related] = [row[key.property], row[key.relation]];
      return (
        own !== undefined && related !== undefined && !isSameKey(own, idOf(related, key.target))
      );
    })
    .map((key) => disagreement(row, key));
}

/**
 * Gives a key the value of a row that was changed, and takes a row away whose key was changed: it is
 * undefined until it is loaded.
 *
 * @param stored the row in the database, if it is known
 * @param isEarly whether rows that are saved in the same call may still get their ids
 * @throws BillingError `VALIDATION_FAILED` if what was changed can't be known, or a row has no id
 */
export function settleKeys(
  row: Row,
  table: TableSpec,
  stored: Readonly<Row> | undefined,
  { isEarly = false }: { readonly isEarly?: boolean } = {},
): void {
  const failures: ValidationFailure[] = [];
  for (const key of table.keys) {
    const { property, relation, target } = key;
    const [own, related] = [row[property], row[relation]];
    if (related === undefined) continue;
    const base = baseOf(row, property, stored);
    // A row that was loaded without its id has not changed.
    const isSame = related !== null && related === known.get(row)?.rows[relation];
    const other =
      idOf(related, target) ??
      (isSame ? base : isEarly ? newIdOf(related, target) : idOf(related, target));
    if (isSameKey(own, other) && other !== undefined) continue;
    if (other === undefined) {
      // A new row of the host's may get its id in the same save().
      if (!isEarly && !isSame) failures.push(withoutId(row, key));
    } else if (own === undefined || (isSameKey(own, base) && base !== undefined)) {
      row[property] = other;
    } else if (base !== undefined && isSameKey(other, base)) {
      takeAway(row, key);
    } else {
      failures.push(disagreement(row, key));
    }
  }
  if (failures.length > 0) throw validationError(table, failures);
}

function takeAway(row: Row, { property, relation }: KeySpec): void {
  if (row[property] === null) row[relation] = null;
  else Reflect.deleteProperty(row, relation);
}

/**
 * Refuses an SQL expression for a key beside a row for it, of which one would be lost.
 *
 * @throws BillingError `VALIDATION_FAILED`
 */
export function refuseExpressions(row: Readonly<Row>, table: TableSpec): void {
  const failures = table.keys
    .filter(({ property, relation }) =>
      [row[property], row[relation]].every((value) => value !== undefined),
    )
    .filter(({ property, relation }) =>
      [row[property], row[relation]].some((value) => typeof value === 'function'),
    )
    .map((key) => disagreement(row, key));
  if (failures.length > 0) throw validationError(table, failures);
}

/** Notes the keys that are about to be written. */
export function beginWrite(row: Readonly<Row>, { keys }: TableSpec): void {
  if (keys.length === 0) return;
  written.set(row, Object.fromEntries(keys.map(({ property }) => [property, row[property]])));
}

/**
 * Takes away the rows beside a key that is now another one. They are undefined until they are loaded.
 *
 * @throws BillingError `VALIDATION_FAILED` if the row was given a key and also put into the list of
 *   another parent, which TypeORM tells only now
 */
export function endWrite(row: Row, table: TableSpec, stored: Readonly<Row> | undefined): void {
  const given = written.get(row);
  written.delete(row);
  const failures: ValidationFailure[] = [];
  for (const key of table.keys) {
    const { property, relation, target } = key;
    const [own, related] = [row[property], row[relation]];
    if (given !== undefined && isOverruled(given[property], own, baseOf(row, property, stored))) {
      failures.push({
        property,
        value: given[property],
        expected: `the id of the row in whose list it is saved, ${show(own)}, or none`,
      });
      row[property] = given[property];
    } else if (related !== undefined && own !== undefined && isOther(related, own, target)) {
      takeAway(row, key);
    }
  }
  if (failures.length > 0) throw validationError(table, failures);
  known.delete(row);
  rememberKeys(row, table);
}

function baseOf(row: object, property: string, stored: Readonly<Row> | undefined): unknown {
  const before = known.get(row)?.keys ?? {};
  return property in before ? before[property] : stored?.[property];
}

/** Whether the key is another than the one that the caller had set. */
function isOverruled(given: unknown, now: unknown, base: unknown): boolean {
  return (
    given !== undefined && !isSameKey(given, base) && now !== undefined && !isSameKey(now, given)
  );
}

/** The id of a related row, which may be given as the id alone; null for none. */
export function idOf(related: unknown, target: string): unknown {
  return isObject(related) ? (related[target] ?? idsBeside.get(related)) : related;
}

/** Whether two keys are equal: Postgres gives as text the `bigint` that the caller may give as a number. */
function isSameKey(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const types = [typeof one, typeof other];
  return types.includes('string') && types.includes('number') && String(one) === String(other);
}

/** The id of a related row; a billing row that has none, since it is saved in the same call, gets one. */
export function newIdOf(related: unknown, target: string): unknown {
  const id = idOf(related, target);
  if (id !== undefined || !isObject(related) || tableOf(related) === undefined) return id;
  return (related.id = uuidv7());
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}

function isOther(related: unknown, key: unknown, target: string): boolean {
  const id = idOf(related, target);
  return id !== undefined && !isSameKey(id, key);
}

function withoutId(row: Readonly<Row>, { property, relation }: KeySpec): ValidationFailure {
  const value = row[property];
  return { property, value, expected: `the id of the ${relation} given beside it, which has none` };
}

function disagreement(
  row: Readonly<Row>,
  { property, relation, target }: KeySpec,
): ValidationFailure {
  const id = idOf(row[relation], target);
  const which = id === undefined ? '' : `, ${show(id)}`;
  return {
    property,
    value: row[property],
    expected: `the id of the ${relation} given beside it${which}, or none`,
  };
}

const parents = new WeakMap<EntityMetadata, ReadonlySet<string>>();

/**
 * The relations whose key a parent may give: those that a class of the DataSource has as a list
 * (`@OneToMany`). TypeORM sets such a key after the listeners of the child.
 */
export function relationsOfParents(metadata: EntityMetadata): ReadonlySet<string> {
  const found = parents.get(metadata);
  if (found !== undefined) return found;
  const { relations } = metadata;
  const inverse = dataSourceOf(metadata)
    .entityMetadatas.flatMap((other) => other.relations)
    .filter(({ isOneToMany, isOneToOneNotOwner }) => isOneToMany || isOneToOneNotOwner);
  const names = new Set(
    relations
      .filter(({ propertyName }) =>
        inverse.some(
          ({ inverseRelation, inverseEntityMetadata }) =>
            inverseRelation?.propertyName === propertyName &&
            inverseEntityMetadata.tablePath === metadata.tablePath,
        ),
      )
      .map(({ propertyName }) => propertyName),
  );
  parents.set(metadata, names);
  return names;
}
