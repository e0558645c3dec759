import type { DataSource } from 'typeorm';
import type { Engine } from '../engines/engine';
import type { Found } from '../engines/examination';
import { migrationsIn } from '../migrations/billing-migration';
import { originOf } from '../migrations/records';
import { type Applied, type KnownMigration, statementsOf } from './applied';

/** Migrations that are pending, and records of which the code knows nothing. */
export function migrationFindings({ pending, unknown }: Applied): Found[] {
  const common = { owner: 'billing', kind: 'migration', sql: [] } as const;
  return [
    ...pending.map(({ name }): Found => ({
      ...{ ...common, problem: 'pending', name, is: 'not applied' },
      shouldBe: 'applied: run `migrate`',
    })),
    ...unknown.map((name): Found => ({
      ...{ ...common, problem: 'unknown', name },
      is: 'recorded as applied, and unknown to this code',
      shouldBe:
        'known: install the version of typeorm-billing that has it, or the code that has it',
    })),
  ];
}

/**
 * Applied migrations of the host's that were made from one of billing's, and do something else now. Billing's
 * own never change; what a changed migration makes is compared with the tables, whosever it is.
 */
export async function copyFindings(
  dataSource: DataSource,
  { dialect }: Engine,
  applied: readonly KnownMigration[],
): Promise<Found[]> {
  const found: Found[] = [];
  for (const { name, migration } of applied) {
    const Origin = migrationsIn(dialect).find((One) => new One().name === originOf(migration));
    if (Origin === undefined) continue;
    const [own, origin] = [migration, new Origin()];
    const [is, shouldBe] = [await textOf(dataSource, own), await textOf(dataSource, origin)];
    const at = is.findIndex((statement, index) => statement !== shouldBe[index]);
    if (at === -1 && is.length === shouldBe.length) continue;
    const place = at === -1 ? is.length : at;
    found.push({
      ...{ owner: 'host', kind: 'migration', problem: 'changed', name, sql: [] },
      is: `its SQL is no longer that of ${origin.name}: ${is[place] ?? 'a statement is missing'}`,
      shouldBe: shouldBe[place] ?? 'no more statements',
    });
  }
  return found;
}

/** One by one, without what has no meaning. */
const textOf = async (
  dataSource: DataSource,
  migration: KnownMigration['migration'],
): Promise<string[]> =>
  (await statementsOf(dataSource, migration))
    .flatMap((sql) => sql.split(/;\s*\n/))
    .map((sql) => sql.replaceAll(/\s+/g, ' ').trim())
    .filter((sql) => sql !== '');
