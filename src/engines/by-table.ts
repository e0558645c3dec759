import type { ColumnSummary } from './engine';

/** Groups the rows of a catalog query, which are in the order of the columns, by table. */
export function byTable(
  rows: readonly (ColumnSummary & { readonly table: string })[],
): ReadonlyMap<string, readonly ColumnSummary[]> {
  const tables = new Map<string, ColumnSummary[]>();
  for (const { table, ...column } of rows) {
    const name = table.toLowerCase();
    tables.set(name, [...(tables.get(name) ?? []), column]);
  }
  return tables;
}
