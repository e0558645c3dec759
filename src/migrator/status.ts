import type { DataSource } from 'typeorm';
import { engineOf } from '../engines/registry';
import { declaredBy } from '../migrations/billing-migration';
import { BillingMigrationExecutor } from './executor';

export interface MigrationStatus {
  readonly name: string;
  readonly state: 'applied' | 'pending';
  /** When the migration was written: the timestamp at the end of its name. */
  readonly date: Date;
}

/** The DataSource's migrations and all others that are applied, oldest first. */
export async function status(dataSource: DataSource): Promise<MigrationStatus[]> {
  const executor = new BillingMigrationExecutor(dataSource, engineOf(dataSource));
  const applied = await executor.getExecutedMigrations();
  const names = new Set(applied.map(({ name }) => name));
  const pending = (await executor.getPendingMigrations()).filter(({ name }) => !names.has(name));
  const describe =
    (state: MigrationStatus['state']) => (migration: { name: string; timestamp: number }) => ({
      name: migration.name,
      state,
      date: new Date(migration.timestamp),
    });
  return [...applied.map(describe('applied')), ...pending.map(describe('pending'))].sort(
    (a, b) => a.date.getTime() - b.date.getTime(),
  );
}

export interface TableStatus {
  readonly table: string;
  readonly columns: number;
}

/** The tables of the DataSource's migrations and entities that are in the database. */
export async function tables(dataSource: DataSource): Promise<TableStatus[]> {
  const { entityMetadatas, migrations } = dataSource;
  const { dialect } = engineOf(dataSource);
  const names = new Set([
    ...migrations.flatMap((one) => declaredBy(one, dialect)?.creates ?? []),
    ...entityMetadatas.filter((one) => one.synchronize).map((one) => one.tableName),
  ]);
  const queryRunner = dataSource.createQueryRunner();
  try {
    const found = await engineOf(dataSource).describe(queryRunner, [...names]);
    return [...names].flatMap((table) => {
      const columns = found.get(table);
      return columns ? [{ table, columns: columns.length }] : [];
    });
  } finally {
    await queryRunner.release();
  }
}
