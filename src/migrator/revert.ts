import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { engineOf } from '../engines/registry';
import { BillingError } from '../errors';
import { isToBeReverted } from '../migrations/adoption';
import { assertDialect } from '../migrations/dialect';
import { assertNoHostParts } from '../migrations/host-parts/guard';
import { originOf } from '../migrations/records';
import { type BackupChoice, rollbackChoice } from '../migrations/rollback-choice';
import { keepRows, type RowsChoice, writtenMeanwhile } from '../migrations/rows-guard';
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
  /**
   * Drops the rows of the tables that are dropped. Default: what the variable `BILLING_ROLLBACK` says, and
   * where that is not set, a rollback that would drop rows refuses.
   */
  readonly discard?: boolean;
  /** A folder that these rows are written to first. */
  readonly backup?: string;
}

/**
 * Reverts the migration that was applied last, or as many as the options say, in one transaction:
 * all of them or none. On D1 each has its own transaction. The host's tables are never touched, and no
 * row is dropped unless `discard` or `backup` says so.
 *
 * @returns names of the reverted migrations, in the order in which they were reverted
 * @throws BillingError `MIGRATION_NOT_FOUND` if a migration to revert, or the one in `to`, is unknown;
 *   `HOST_PARTS_IN_THE_WAY` if a table to drop has something that is not billing's, such as a column, an
 *   index, a trigger, a policy, a comment or a grant, or if a view or another table depends on it;
 *   `ROWS_IN_THE_WAY` if a table to drop has rows, or a column to drop has values other than its default;
 *   `CONFIGURATION_INVALID` if `BILLING_ROLLBACK` has no valid value
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
  const plan: Plan = {
    dataSource,
    apart,
    names: [],
    rows: site.fake ? 'discard' : rollbackChoice(options),
  };
  const look = async (
    executor: BillingMigrationExecutor,
    name: string,
    queryRunner?: QueryRunner,
  ): Promise<void> => {
    if (!site.fake) await assertRevertible(plan, executor, name, queryRunner);
    executor.rows = plan.rows;
  };
  const reverting = async (executor: BillingMigrationExecutor): Promise<readonly string[]> => {
    plan.names = await namesNow(executor);
    return plan.names;
  };
  // Where each is sent by itself, what refuses one would leave the ones before it reverted.
  if (apart) {
    const [first] = await reverting(outside);
    if (first !== undefined) await look(outside, first);
  }
  const units: Unit<string>[] = apart
    ? // What fails leaves the ones before it reverted.
      plan.names.map((name, index) => ({
        wrapped: true,
        async work(executor, queryRunner) {
          executor.rows = plan.rows;
          if (index > 0) {
            await executor.getExecutedMigrations();
            await look(executor, name, queryRunner);
          }
          const reverted = await undo(executor, name);
          if (isBackup(plan.rows)) plan.rows = { ...plan.rows, isContinued: true };
          return reverted;
        },
        isDone: async () => !(await outside.newestFirst()).includes(name),
      }))
    : [
        {
          wrapped: options.transaction !== 'none',
          async work(executor, queryRunner) {
            const names = await reverting(executor);
            for (const name of names) {
              await look(executor, name, queryRunner);
              await undo(executor, name);
            }
            return names;
          },
        },
      ];
  try {
    return await runUnits(site, inOrder(units));
  } catch (error) {
    throw writtenMeanwhile(plan.names, error);
  }
}

const isBackup = (rows: RowsChoice): rows is BackupChoice =>
  typeof rows === 'object' && 'backup' in rows;

interface Plan {
  readonly dataSource: DataSource;
  /** Whether each is sent by itself. */
  readonly apart: boolean;
  /** What is reverted, in this order. */
  names: readonly string[];
  rows: RowsChoice;
}

/**
 * Looks, before the first of a row of billing's migrations is reverted, at what is in the way of any of
 * them: up to one of the host's own, as what its `down` takes away is known only when that has run.
 */
async function assertRevertible(
  plan: Plan,
  executor: BillingMigrationExecutor,
  name: string,
  only?: QueryRunner,
): Promise<void> {
  const { dataSource, names } = plan;
  const { dialect } = engineOf(dataSource);
  const isBillings = (one: string | undefined): boolean =>
    one !== undefined && originOf(executor.held(one)) !== undefined;
  const index = names.indexOf(name);
  if (isBillings(names[index - 1])) return;
  const end = names.findIndex((one, at) => at >= index && !isBillings(one));
  const held = (some: readonly string[]): MigrationInterface[] =>
    some.filter(isBillings).flatMap((one) => executor.held(one) ?? []);
  const migrations = held(names.slice(index, end === -1 ? undefined : end));
  const queryRunner = only ?? dataSource.createQueryRunner();
  try {
    const due: MigrationInterface[] = [];
    for (const migration of migrations) {
      assertDialect(migration, dataSource);
      if (!(await isToBeReverted(migration, queryRunner))) continue;
      await assertNoHostParts(queryRunner, migration, { dialect });
      due.push(migration);
    }
    // A backup is one, of all that goes; on D1 each migration adds to it in its own transaction.
    if (!isBackup(plan.rows)) await keepRows(queryRunner, due, plan.rows, dialect);
    else if (!plan.apart) plan.rows = await keepRows(queryRunner, held(names), plan.rows, dialect);
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
