import type { DataSource, QueryRunner } from 'typeorm';
import { engineOf } from '../engines/engine-of';
import { BillingMigrationExecutor, migrationNamed } from './executor';
import { makesHostTables } from './migrate';

export interface PendingSql {
  /** The migration's name, or what else is made before the first. */
  readonly name: string;
  readonly sql: readonly string[];
}

/**
 * What {@link migrate} would send for the pending migrations, oldest first. Nothing is changed, but
 * a migration that reads before it writes reads the database as it is now.
 */
export async function pendingSql(dataSource: DataSource): Promise<PendingSql[]> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const engine = engineOf(dataSource);
    const executor = new BillingMigrationExecutor(dataSource, engine, queryRunner);
    const result: PendingSql[] = [];
    const record = async (
      name: string,
      work: (recorder: QueryRunner) => unknown,
    ): Promise<void> => {
      const sql: string[] = [];
      await work(recording(queryRunner, sql));
      result.push({ name, sql });
    };
    const pending = await executor.getPendingMigrations();
    if (pending.length > 0 && makesHostTables(dataSource)) {
      await record('stand-ins for the host tables', (recorder) =>
        engine.createHostTables(recorder),
      );
    }
    for (const { name } of pending) {
      await record(name, (recorder) => migrationNamed(dataSource, name)?.up(recorder));
    }
    return result;
  } finally {
    await queryRunner.release();
  }
}

/** The query runner, but statements that could write are noted instead of sent. */
function recording(queryRunner: QueryRunner, sql: string[]): QueryRunner {
  const query = (text: string, ...rest: unknown[]): Promise<unknown> => {
    if (/^\s*select\b/i.test(text)) return queryRunner.query(text, ...(rest as [unknown[]]));
    sql.push(text.trim().replace(/;$/, ''));
    return Promise.resolve([]);
  };
  return new Proxy(queryRunner, {
    get: (target, key) => (key === 'query' ? query : (Reflect.get(target, key, target) as unknown)),
  });
}
