import type { DataSource, QueryRunner } from 'typeorm';
import { engineOf } from '../engines/registry';
import { BillingError } from '../errors';
import { assertDialect } from '../migrations/dialect';
import { assertNoHostParts } from '../migrations/host-parts/guard';
import { originOf } from '../migrations/records';
import { BillingMigrationExecutor } from './executor';
import { inOrder, runUnits, type Site, type Unit } from './units';
import type { WaitOptions } from './waiting';

export interface RevertOptions extends WaitOptions {
  /** Reverts every migration that this DataSource holds, newest first. */
  readonly all?: boolean;
  /** Reverts what was applied after this migration, which stays applied. */
  readonly to?: string;
  /** `none` runs outside a transaction, for statements that can't be in one. */
  readonly transaction?: 'all' | 'each' | 'none';
  /** Removes the record of the migration without running its `down`. */
  readonly fake?: boolean;
}

/**
 * Reverts the migration that was applied last, or as many as the options say, in one transaction:
 * all of them or none. On D1 each has its own transaction. The host's tables are never touched.
 *
 * @returns names of the reverted migrations, in the order in which they were reverted
 * @throws BillingError `MIGRATION_NOT_FOUND` if a migration to revert, or the one in `to`, is unknown;
 *   `HOST_PARTS_IN_THE_WAY` if a table to drop has something that is not billing's, such as a column, an
 *   index, a trigger, a policy, a comment or a grant, or if a view or another table depends on it
 */
export async function revert(
  dataSource: DataSource,
  options: RevertOptions = {},
): Promise<string[]> {
  const engine = engineOf(dataSource);
  const site: Site = { dataSource, engine, fake: options.fake ?? false, waits: options };
  const namesNow = async (executor: BillingMigrationExecutor): Promise<string[]> =>
    namesToRevert(await executor.newestFirst(), executor.names(), options);
  const outside = new BillingMigrationExecutor(dataSource, engine);
  const apart = engine.atomicity === 'batch' && options.transaction !== 'none';
  // Where each is sent by itself, what refuses one would leave the ones before it reverted.
  if (apart && !site.fake) {
    await assertRevertible(dataSource, outside, await namesNow(outside));
  }
  const units: Unit<string>[] = apart
    ? // What fails leaves the ones before it reverted.
      (await namesNow(outside)).map((name) => ({
        wrapped: true,
        work: (executor) => undo(executor, name),
        isDone: async () => !(await outside.newestFirst()).includes(name),
      }))
    : [
        {
          wrapped: options.transaction !== 'none',
          async work(executor, queryRunner) {
            const names = await namesNow(executor);
            if (options.transaction === 'none' && !site.fake) {
              await assertRevertible(dataSource, executor, names, queryRunner);
            }
            for (const name of names) await undo(executor, name);
            return names;
          },
        },
      ];
  return runUnits(site, inOrder(units));
}

/** Up to the first of the host's own: what its `down` takes away is known only when that has run. */
async function assertRevertible(
  dataSource: DataSource,
  executor: BillingMigrationExecutor,
  names: readonly string[],
  only?: QueryRunner,
): Promise<void> {
  const { dialect } = engineOf(dataSource);
  const queryRunner = only ?? dataSource.createQueryRunner();
  try {
    for (const name of names) {
      const migration = executor.held(name);
      if (migration === undefined || originOf(migration) === undefined) return;
      assertDialect(migration, dataSource);
      await assertNoHostParts(queryRunner, migration, { dialect });
    }
  } finally {
    if (queryRunner !== only) await queryRunner.release();
  }
}

/** @returns the name, unless another process has reverted the migration in the meantime */
async function undo(executor: BillingMigrationExecutor, name: string): Promise<string[]> {
  const [last] = await executor.newestFirst();
  if (last !== name) {
    throw BillingError.migrationNotFound(
      name,
      `${name} is no longer the migration applied last, as another process has applied one`,
      'look at the status and revert again',
    );
  }
  // Fails if by now another one is the last: it must not be taken for this one.
  executor.only = name;
  await executor.undoLastMigration();
  return executor.reverted === name ? [name] : [];
}

function namesToRevert(
  applied: readonly string[],
  known: readonly string[],
  { all = false, to }: RevertOptions,
): string[] {
  const names = [...applied.slice(0, countToRevert(applied, all, to))];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw BillingError.migrationNotFound(
      unknown,
      `${unknown} is applied and is to be reverted, but this DataSource does not have it, and nothing was changed`,
      'add it to `migrations`, or its family to BILLING_FAMILIES; if it belongs to an application that ' +
        'records its migrations in the same table, keep them apart with BILLING_MIGRATIONS_TABLE',
    );
  }
  return names;
}

function countToRevert(applied: readonly string[], all: boolean, to: string | undefined): number {
  if (to === undefined) return all ? applied.length : 1;
  const index = applied.findIndex((name) => name === to || name.replace(/\d{13}$/, '') === to);
  if (index === -1) {
    throw BillingError.migrationNotFound(
      to,
      `There is no applied migration ${to} to go back to`,
      `name one of these, newest first: ${applied.join(', ') || 'none is applied'}`,
    );
  }
  return index;
}
