import type { DataSource, QueryRunner } from 'typeorm';
import { engineOf } from '../engines/engine-of';
import { BillingMigrationExecutor } from './executor';

export interface PendingSql {
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
    const executor = new BillingMigrationExecutor(dataSource, engineOf(dataSource), queryRunner);
    const result: PendingSql[] = [];
    for (const { name } of await executor.getPendingMigrations()) {
      const sql: string[] = [];
      await migrationOf(dataSource, name)?.up(recording(queryRunner, sql));
      result.push({ name, sql });
    }
    return result;
  } finally {
    await queryRunner.release();
  }
}

const migrationOf = (
  dataSource: DataSource,
  name: string,
): DataSource['migrations'][number] | undefined =>
  dataSource.migrations.find((one) => (one.name ?? one.constructor.name) === name);

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
