import type { DataSource } from 'typeorm';
import { engineOf } from '../engines/registry';

/**
 * Compares the live tables with the entities: columns, types, nullability, defaults, keys, CHECKs
 * and indexes, their texts included.
 *
 * @returns the statements that would make the tables what the entities say; empty if they are
 */
export async function check(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await engineOf(dataSource).schemaBuilder(dataSource).log();
  return upQueries.map(({ query }) => query);
}
