import type { DataSource, EntityMetadata, Migration } from 'typeorm';
import type { Engine } from '../engines/engine';
import { createdTables, placeOn, type PlacedTable } from '../migrations/billing-tables';
import { describeAll } from './host-check';

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
  const place = placeOn(engine.dialect, dataSource);
  for (const { name, instance } of pending) {
    const tables = instance === undefined ? [] : createdTables(instance, place);
    const mapped = tables.flatMap((table) => entityOf(dataSource, table) ?? []);
    if (tables.length === 0 || mapped.length < tables.length) continue;
    if (!(await areThere(dataSource, engine, tables))) continue;
    const { differences, unchecked } = await engine.compare(dataSource, new Set(mapped));
    if (differences.length === 0 && unchecked.length === 0) made.add(name);
  }
  return made;
}

const entityOf = (
  { entityMetadatas }: DataSource,
  { schema, table }: PlacedTable,
): EntityMetadata | undefined =>
  entityMetadatas.find(
    (one) =>
      one.synchronize && one.tableName === table && (schema === undefined || one.schema === schema),
  );

async function areThere(
  dataSource: DataSource,
  engine: Engine,
  tables: readonly PlacedTable[],
): Promise<boolean> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const live = await describeAll(queryRunner, engine, tables);
    return tables.every((table) => live(table) !== undefined);
  } finally {
    await queryRunner.release();
  }
}
