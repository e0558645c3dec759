import type { DataSource, QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';
import { BillingError } from '../errors';

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
): Promise<T> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    await queryRunner.beforeMigration();
    await begin(queryRunner, engine);
    await engine.lock(queryRunner);
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
    // The first error is the one to throw; the release below ends what can't be rolled back.
    if (queryRunner.isTransactionActive) {
      await queryRunner.rollbackTransaction().catch(() => undefined);
    }
    throw error;
  } finally {
    if (!queryRunner.isTransactionActive) {
      await queryRunner.afterMigration().catch(() => undefined);
    }
    await queryRunner.release();
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
): Promise<T> {
  if (!engine.locksApart) return work();
  if (engine.hasOneConnection(dataSource)) return underSessionLock(dataSource, engine, work);
  const holder = dataSource.createQueryRunner();
  try {
    await begin(holder, engine);
    await engine.lock(holder);
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
): Promise<T> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const unlock = await engine.lockSession(queryRunner);
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

/** Begins a transaction, however long another process's migration takes. */
async function begin(queryRunner: QueryRunner, engine: Engine): Promise<void> {
  for (;;) {
    try {
      await queryRunner.startTransaction(engine.migrationIsolation);
      return;
    } catch (error) {
      if (!engine.isBusy(error)) throw error;
    }
  }
}
