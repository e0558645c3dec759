import type { DataSource, QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';
import { engineOf } from '../engines/registry';
import { recordFor } from '../migrations/host-binding';
import { BillingMigrationExecutor, migrationNamed } from './executor';
import { createsStandIns, standInStatements } from './stand-ins';

export interface PendingSql {
  /** The migration's name, or a title for the stand-ins created before the first. */
  readonly name: string;
  readonly sql: readonly string[];
  /** False if the migration does more than send SQL: the rest is known only when it runs. */
  readonly complete: boolean;
}

/**
 * The SQL that {@link migrate} would send for the pending migrations, oldest first. Nothing is sent. A
 * migration of the host's is shown up to the point where it reads the database or uses more of
 * TypeORM than `queryRunner.query()`.
 *
 * @throws BillingError `HOST_TABLE_MISSING` where stand-ins are asked for in a host's database
 */
export async function pendingSql(dataSource: DataSource): Promise<PendingSql[]> {
  const engine = engineOf(dataSource);
  const result: PendingSql[] = [];
  const record = async (
    name: string,
    work: (recorder: QueryRunner) => Promise<unknown> | undefined,
  ): Promise<void> => {
    const sql: string[] = [];
    const complete = await Promise.resolve(work(recorder(sql))).then(
      () => true,
      () => false,
    );
    result.push({ name, sql, complete });
  };
  const pending = await new BillingMigrationExecutor(dataSource, engine).getPendingMigrations();
  if (pending.length > 0 && createsStandIns(dataSource)) {
    const sql = await standIns(dataSource, engine);
    if (sql.length > 0) result.push({ name: 'stand-ins for the host tables', sql, complete: true });
  }
  const reader = dataSource.createQueryRunner();
  try {
    for (const { name } of pending) {
      await record(name, (runner) =>
        migrationNamed(dataSource, name)?.up(recordFor(runner, dataSource, reader)),
      );
    }
  } finally {
    await reader.release();
  }
  return result;
}

async function standIns(dataSource: DataSource, engine: Engine): Promise<readonly string[]> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    return await standInStatements(dataSource, engine, queryRunner);
  } finally {
    await queryRunner.release();
  }
}

/** Records statements instead of sending them, and can do nothing else. */
function recorder(sql: string[]): QueryRunner {
  const query = (text: string): Promise<unknown> => {
    if (/^\s*(select|with|pragma)\b/i.test(text)) return Promise.reject(new Error('would be read'));
    sql.push(text.trim().replace(/;$/, ''));
    return Promise.resolve([]);
  };
  return new Proxy({ query } as unknown as QueryRunner, {
    get: (target, key) => {
      if (key === 'query') return target.query.bind(target);
      // It has no DataSource, under either name.
      if (key === 'dataSource' || key === 'connection') return undefined;
      throw new Error(`queryRunner.${String(key)} would be used`);
    },
  });
}
