import type { NamedTable } from './billing-columns';
import type { LiveKey } from './store';

/** Tables in an order in which each comes after those that it refers to. */
export function parentsFirst<Table extends NamedTable & { readonly keys: readonly LiveKey[] }>(
  tables: readonly Table[],
): Table[] {
  const ordered: Table[] = [];
  const seen = new Set<Table>();
  const add = (one: Table): void => {
    if (seen.has(one)) return;
    seen.add(one);
    for (const { parent } of one.keys) {
      tables.filter(({ table }) => table === parent.table).forEach(add);
    }
    ordered.push(one);
  };
  tables.forEach(add);
  return ordered;
}
