import type { MigrationInterface } from 'typeorm';
import type { ReversibleMigration } from './reversible-migration';

/** The name under which TypeORM records a migration. */
export const nameOf = (migration: MigrationInterface): string =>
  migration.name ?? migration.constructor.name;

/** The full name of that migration of billing's which this one is, extends or was copied from. */
export const originOf = (migration: object | undefined): string | undefined =>
  (migration as Partial<ReversibleMigration> | undefined)?.billing;

/**
 * Which of the recorded names stand for a migration of billing's: its own, those of migrations that are
 * made from it, and, as the database alone has no more than a name, one of no migration held here that
 * differs in the timestamp alone.
 */
export function recordsOf(
  origin: string,
  recorded: readonly string[],
  held: readonly MigrationInterface[],
): string[] {
  const origins = new Map(held.map((one) => [nameOf(one), originOf(one)]));
  return recorded.filter((name) =>
    origins.has(name)
      ? origins.get(name) === origin
      : name === origin || (titleOf(name) === titleOf(origin) && /\d{13}$/.test(name)),
  );
}

/**
 * The migrations that a DataSource holds, each with the name that it has in the table of applied ones.
 * Of several that are the same one of billing's, the one that is recorded is left, or else the host's.
 */
export function heldUnder(
  held: readonly MigrationInterface[],
  recorded: readonly string[],
): Map<MigrationInterface, string> {
  const names = new Map(held.map((one) => [one, nameOf(one)]));
  const byOrigin = new Map<string, MigrationInterface[]>();
  for (const one of held) {
    const origin = originOf(one);
    if (origin !== undefined) byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), one]);
  }
  for (const [origin, same] of byOrigin) {
    const records = recordsOf(origin, recorded, held);
    const [first] = same;
    const kept =
      same.find((one) => records.includes(nameOf(one))) ??
      same.find((one) => nameOf(one) !== origin) ??
      first;
    if (kept === undefined) continue;
    for (const one of same) if (one !== kept) names.delete(one);
    const [record] = records;
    if (record !== undefined && !records.includes(nameOf(kept))) names.set(kept, record);
  }
  return names;
}

const titleOf = (name: string): string => name.replace(/\d{13}$/, '');
