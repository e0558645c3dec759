import type { DataSource } from 'typeorm';
import { engineOf } from '../engines/registry';
import type { Engine } from '../engines/engine';
import { BillingError } from '../errors';
import { BillingMigrationExecutor } from './executor';
import { inMigrationTransaction, underMigrationLock } from './migration-transaction';

export interface RevertOptions {
  /** Reverts every migration that this DataSource holds, newest first. */
  readonly all?: boolean;
  /** Reverts what was applied after this migration, which stays applied. */
  readonly to?: string;
  /** `none` runs outside a transaction, for statements that refuse one. */
  readonly transaction?: 'all' | 'each' | 'none';
  /** Removes the record of the migration without running its `down`. */
  readonly fake?: boolean;
}

/**
 * Takes back the migration that was applied last, or as many as the options say, in one
 * transaction: all of them or none. On D1 each is a transaction of its own. Tables of the host are
 * never touched.
 *
 * @returns names of the reverted migrations, in the order in which they were reverted
 * @throws BillingError `MIGRATION_NOT_FOUND` if one to revert, or the one in `to`, is not known
 */
export async function revert(
  dataSource: DataSource,
  options: RevertOptions = {},
): Promise<string[]> {
  const engine = engineOf(dataSource);
  const work = async (executor: BillingMigrationExecutor): Promise<string[]> => {
    executor.fake = options.fake ?? false;
    const names = namesToRevert(dataSource, await appliedNames(executor), options);
    for (let count = names.length; count > 0; count--) await executor.undoLastMigration();
    return names;
  };
  if (options.transaction === 'none') {
    const executor = new BillingMigrationExecutor(dataSource, engine);
    executor.transaction = 'none';
    return underMigrationLock(dataSource, engine, () => work(executor));
  }
  if (engine.atomicity === 'batch') return revertInBatches(dataSource, engine, options);
  return inMigrationTransaction(dataSource, engine, (queryRunner) =>
    work(new BillingMigrationExecutor(dataSource, engine, queryRunner)),
  );
}

/**
 * One atomic batch for each migration and its record: what fails leaves the ones after it reverted.
 * There is no lock: if two processes send the same, one batch is refused as a whole.
 */
async function revertInBatches(
  dataSource: DataSource,
  engine: Engine,
  options: RevertOptions,
): Promise<string[]> {
  const outside = new BillingMigrationExecutor(dataSource, engine);
  const reverted: string[] = [];
  for (const name of namesToRevert(dataSource, await appliedNames(outside), options)) {
    try {
      const done = await inMigrationTransaction(dataSource, engine, async (queryRunner) => {
        const executor = new BillingMigrationExecutor(dataSource, engine, queryRunner);
        executor.fake = options.fake ?? false;
        const [last] = await appliedNames(executor);
        if (last !== name) throw new NotTheLast(name);
        // Throws if, meanwhile, another is the last: it must not be taken for this one.
        executor.only = name;
        await executor.undoLastMigration();
        return executor.reverted === name;
      });
      if (done) reverted.push(name);
    } catch (error) {
      // Because another process has just reverted it: then it is done.
      if ((await appliedNames(outside)).includes(name)) throw error;
    }
  }
  return reverted;
}

class NotTheLast extends BillingError {
  constructor(name: string) {
    super(
      'MIGRATION_NOT_FOUND',
      `${name} is no longer the migration applied last: another process has applied one. Look at the ` +
        'status, and revert again.',
      { details: { name } },
    );
  }
}

/** Newest first. */
async function appliedNames(executor: BillingMigrationExecutor): Promise<string[]> {
  const applied = await executor.getExecutedMigrations();
  return applied.sort((a, b) => (b.id ?? 0) - (a.id ?? 0)).map(({ name }) => name);
}

function namesToRevert(
  dataSource: DataSource,
  applied: readonly string[],
  { all = false, to }: RevertOptions,
): string[] {
  const names = [...applied.slice(0, countToRevert(applied, all, to))];
  const known = new Set(dataSource.migrations.map((one) => one.name ?? one.constructor.name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new BillingError(
      'MIGRATION_NOT_FOUND',
      `${unknown} is applied and would be reverted now, but this DataSource does not hold it: add it ` +
        'to `migrations`, or to BILLING_FAMILIES the family that it belongs to. An application that records its own ' +
        'migrations in the same table keeps them apart by BILLING_MIGRATIONS_TABLE. Nothing was changed.',
      { details: { name: unknown } },
    );
  }
  return names;
}

function countToRevert(applied: readonly string[], all: boolean, to: string | undefined): number {
  if (to === undefined) return all ? applied.length : 1;
  const index = applied.findIndex((name) => name === to || name.replace(/\d{13}$/, '') === to);
  if (index === -1) {
    throw new BillingError(
      'MIGRATION_NOT_FOUND',
      `There is no applied migration ${to} to go back to; applied are, newest first: ` +
        `${applied.join(', ') || 'none'}. Name one of them.`,
      { details: { name: to } },
    );
  }
  return index;
}
