import type { DataSource, QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';
import { BillingError } from '../errors';
import { limitTableLocks } from '../migrations/table-locks';
import { Patience, type WaitOptions } from './waiting';

/**
 * Runs `work` in a transaction, while no other process migrates.
 *
 * Where tables can be rebuilt only with foreign keys off, they are off during the transaction; it is
 * rolled back if a key would then reference a missing row. They are always on again afterwards.
 */
export async function inMigrationTransaction<T>(
  dataSource: DataSource,
  engine: Engine,
  work: (queryRunner: QueryRunner) => Promise<T>,
  waits: WaitOptions = {},
): Promise<T> {
  const patience = new Patience({ dataSource, engine }, waits);
  for (;;) {
    const queryRunner = dataSource.createQueryRunner();
    limitTableLocks(queryRunner, patience.tableLockTimeout);
    try {
      return await once(queryRunner, engine, patience, work);
    } catch (error) {
      if (!engine.isTableBusy(error)) throw error;
      await patience.again(queryRunner, error);
    } finally {
      await queryRunner.release();
    }
  }
}

async function once<T>(
  queryRunner: QueryRunner,
  engine: Engine,
  patience: Patience,
  work: (queryRunner: QueryRunner) => Promise<T>,
): Promise<T> {
  try {
    await queryRunner.beforeMigration();
    await patience.beginLocked(queryRunner);
    const before = await engine.danglingKeys(queryRunner);
    const result = await work(queryRunner);
    const after = await engine.danglingKeys(queryRunner);
    const dangling = [...after].filter(([key, count]) => count > (before.get(key) ?? 0));
    if (dangling.length > 0) {
      throw BillingError.danglingKeys(dangling.map(([key]) => key));
    }
    await queryRunner.commitTransaction();
    return result;
  } catch (error) {
    // The first error is the one to throw; the release ends what can't be rolled back.
    if (queryRunner.isTransactionActive) {
      await queryRunner.rollbackTransaction().catch(() => undefined);
    }
    throw error;
  } finally {
    if (!queryRunner.isTransactionActive) {
      await queryRunner.afterMigration().catch(() => undefined);
    }
  }
}

/**
 * Runs `work` outside a transaction, while another transaction holds the lock; where the engine can't
 * do that, without a lock.
 *
 * @param work is given the only connection, if there is no other
 */
export async function underMigrationLock<T>(
  dataSource: DataSource,
  engine: Engine,
  work: (queryRunner?: QueryRunner) => Promise<T>,
  waits: WaitOptions = {},
): Promise<T> {
  if (!engine.locksApart) return work();
  const patience = new Patience({ dataSource, engine }, waits);
  if (engine.hasOneConnection(dataSource)) {
    return underSessionLock(dataSource, engine, work, patience);
  }
  const holder = dataSource.createQueryRunner();
  try {
    await patience.beginLocked(holder);
    return await work();
  } finally {
    if (holder.isTransactionActive) await holder.rollbackTransaction();
    await holder.release();
  }
}

async function underSessionLock<T>(
  dataSource: DataSource,
  engine: Engine,
  work: (queryRunner: QueryRunner) => Promise<T>,
  patience: Patience,
): Promise<T> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const unlock = await patience.lock(queryRunner, () => engine.tryLockSession(queryRunner));
    try {
      return await work(queryRunner);
    } finally {
      if (queryRunner.isTransactionActive) await queryRunner.rollbackTransaction();
      await unlock();
    }
  } finally {
    await queryRunner.release();
  }
}
