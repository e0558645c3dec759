import type { DataSource } from 'typeorm';

/**
 * The DataSource that one of TypeORM's objects belongs to, such as a query runner or the metadata of an
 * entity. Its property is `dataSource` in 1.x and `connection` in 0.3. The driver, which imports nothing
 * of billing, has its own.
 */
export function dataSourceOf(owner: object): DataSource {
  const { dataSource, connection } = owner as { dataSource?: DataSource; connection: DataSource };
  return dataSource ?? connection;
}
