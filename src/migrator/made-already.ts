import type { DataSource, Migration } from 'typeorm';
import type { Engine } from '../engines/engine';
import type { ReversibleMigration } from '../migrations/reversible-migration';

/**
 * The pending migrations whose tables are there already, exactly as they would make them: those of a
 * DataSource with `synchronize: true`. They need only be recorded. Asked before the transaction, as the
 * comparison has connections of its own.
 *
 * @returns their names
 */
export async function madeAlready(
  dataSource: DataSource,
  engine: Engine,
  pending: readonly Migration[],
): Promise<ReadonlySet<string>> {
  const made = new Set<string>();
  const mapped = new Set(
    dataSource.entityMetadatas.flatMap((one) => (one.synchronize ? one.tableName : [])),
  );
  for (const { name, instance } of pending) {
    const { creates = [] } = (instance ?? {}) as Partial<ReversibleMigration>;
    if (creates.length === 0 || !creates.every((table) => mapped.has(table))) continue;
    if (!(await areThere(dataSource, engine, creates))) continue;
    const { differences, unchecked } = await engine.compare(dataSource, new Set(creates));
    if (differences.length === 0 && unchecked.length === 0) made.add(name);
  }
  return made;
}

async function areThere(
  dataSource: DataSource,
  engine: Engine,
  tables: readonly string[],
): Promise<boolean> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const live = await engine.describe(queryRunner, tables);
    return tables.every((table) => live.has(table.toLowerCase()));
  } finally {
    await queryRunner.release();
  }
}
