import type { TableDefinition } from './definition';

export const references = (child: TableDefinition, parent: TableDefinition): boolean =>
  child.references.has(parent.name.toLowerCase());

/** In an order in which each table comes after those that it references, but for cycles. */
export function parentsFirst(tables: readonly TableDefinition[]): TableDefinition[] {
  const ordered = new Set<TableDefinition>();
  const visit = (table: TableDefinition, path: ReadonlySet<TableDefinition>): void => {
    if (ordered.has(table) || path.has(table)) return;
    for (const parent of tables) {
      if (parent !== table && references(table, parent)) visit(parent, new Set([...path, table]));
    }
    ordered.add(table);
  };
  for (const table of tables) visit(table, new Set());
  return [...ordered];
}

/** Those of `tables` that one of `children` references, directly or through others of them. */
export function parentsAmong(
  tables: readonly TableDefinition[],
  children: readonly TableDefinition[],
): ReadonlySet<TableDefinition> {
  const found = new Set<TableDefinition>();
  const reach = new Set(children);
  for (const child of reach) {
    for (const table of tables.filter((one) => references(child, one))) {
      found.add(table);
      reach.add(table);
    }
  }
  return found;
}
