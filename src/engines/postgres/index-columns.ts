import type { QueryRunner, Table } from 'typeorm';

/**
 * Puts the columns of each live index in the index's order. TypeORM reads them in no order, and would
 * make an index that it has dropped with other keys than it had.
 */
export async function orderIndexColumns(
  queryRunner: QueryRunner,
  tables: readonly Table[],
): Promise<void> {
  const indexes = tables
    .flatMap(({ indices }) => indices)
    .filter(({ columnNames }) => columnNames.length > 1);
  if (indexes.length === 0) return;
  const rows = (await queryRunner.query(
    `SELECT index.relname AS name, array_agg(att.attname::text ORDER BY key.place) AS columns
       FROM pg_index i
       JOIN pg_class index ON index.oid = i.indexrelid
       CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS key(number, place)
       JOIN pg_attribute att ON att.attrelid = i.indrelid AND att.attnum = key.number
      WHERE index.relname = ANY ($1)
      GROUP BY index.oid, index.relname`,
    [indexes.map(({ name }) => name)],
  )) as readonly { readonly name: string; readonly columns: string[] }[];
  for (const index of indexes) {
    // Of several schemas' indexes of this name, the one with these columns.
    const found = rows.find(
      ({ name, columns }) =>
        name === index.name &&
        columns.length === index.columnNames.length &&
        columns.every((column) => index.columnNames.includes(column)),
    );
    if (found !== undefined) index.columnNames = found.columns;
  }
}
