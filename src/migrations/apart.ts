import type { MigrationInterface } from 'typeorm';
import { migrationsIn } from './billing-migration';
import { nameOf, originOf, recordsOf } from './records';

/**
 * TypeORM reverts the record with the greatest id, and stops if its DataSource does not hold that
 * migration. So where a host's history is in the same table and has none of billing's, the records of
 * billing's have ids below zero: TypeORM finds them by name, and reverts the host's own last. They ascend:
 * where a host lists both, TypeORM comes to billing's after its own, and to the newest of them first.
 */

/** The id of the first one: half of what Postgres' integer has below zero. */
const FIRST = -1_000_000_000;

const originals = (): string[] => migrationsIn('postgres').map((Migration) => new Migration().name);

/** Whether a DataSource holds migrations of billing's under their own names, and no others. */
export const holdsBillingAlone = (held: readonly MigrationInterface[]): boolean =>
  held.length > 0 && held.every((one) => originOf(one) === nameOf(one));

/**
 * The statement that sets a new record apart. It changes nothing where no migration of a host's is
 * recorded, and nothing where one of billing's is recorded after the host's first: that host runs them
 * itself.
 *
 * @param table as SQL names it
 */
export function setApart(table: string, name: string): string {
  const like = originals().map((one) => `"name" LIKE '${one.replace(/\d{13}$/, '_'.repeat(13))}'`);
  const isOurs = `(${[...new Set(like)].join(' OR ')})`;
  return (
    `UPDATE ${table} SET "id" = (SELECT COALESCE(MAX("id"), ${FIRST - 1}) + 1 FROM ${table} WHERE "id" < 0) ` +
    `WHERE "name" = '${name}' ` +
    `AND EXISTS (SELECT 1 FROM ${table} WHERE NOT ${isOurs}) ` +
    `AND NOT EXISTS (SELECT 1 FROM ${table} WHERE ${isOurs} AND "name" <> '${name}' ` +
    `AND "id" > (SELECT MIN("id") FROM ${table} WHERE NOT ${isOurs}))`
  );
}

/** A record of an applied migration. */
interface Applied {
  readonly id: number | undefined;
  readonly name: string;
}

export const isApart = ({ id = 0 }: Applied): boolean => id < 0;

/** In the order in which they were applied, those that are set apart after the others. */
export function oldestFirst<One extends Applied>(applied: readonly One[]): One[] {
  const sorted = [...applied].sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
  return [...sorted.filter((one) => !isApart(one)), ...sorted.filter(isApart)];
}

/**
 * The records that a DataSource reverts, the newest first. It passes over billing's if it holds none of
 * them, and over a host's if it holds billing's alone and these are set apart, or none is recorded.
 *
 * @param known the names under which the migrations that it holds are recorded
 */
export function newestFirst<One extends Applied>(
  applied: readonly One[],
  held: readonly MigrationInterface[],
  known: readonly string[],
): One[] {
  const holdsNone = held.length > 0 && held.every((one) => originOf(one) === undefined);
  const found = oldestFirst(applied)
    .filter(
      (one) => known.includes(one.name) || !(isApart(one) || (holdsNone && isBillings(one.name))),
    )
    .reverse();
  const isForeign = ({ name }: One): boolean => !known.includes(name) && !isBillings(name);
  if (holdsBillingAlone(held) && found.every(isForeign)) return [];
  const apart = found.filter(isApart);
  return apart.length > 0 && found.every((one) => isApart(one) || !known.includes(one.name))
    ? apart
    : found;
}

const isBillings = (name: string): boolean =>
  originals().some((origin) => recordsOf(origin, [name], []).length > 0);
