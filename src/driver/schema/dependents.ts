import { quote } from '../sql/quote';
import { tokenize } from '../sql/tokens';
import type { MasterRow } from './definition';

/** The statements before and after a rebuild. */
export interface Aside {
  readonly drop: string[];
  readonly create: string[];
}

/**
 * Puts the views, and the triggers of other tables, that use a rebuilt table aside and back: SQLite
 * renames no table while one of them uses a table that is missing.
 *
 * @param rebuilt the names of the tables
 * @param rows the live schema
 */
export function dependentsAside(rebuilt: readonly string[], rows: readonly MasterRow[]): Aside {
  if (rebuilt.length === 0) return { drop: [], create: [] };
  const dependents = dependentsOf(new Set(rebuilt.map((name) => name.toLowerCase())), rows);
  const views = new Set(dependents.filter(({ type }) => type === 'view').map(({ name }) => name));
  const drop = dependents
    // A trigger of a view goes with it.
    .filter(({ type, tbl_name: table }) => type === 'view' || !views.has(table))
    .map(({ type, name }) => `DROP ${type.toUpperCase()} ${quote(name)}`);
  return { drop: drop.reverse(), create: dependents.map(({ sql }) => sql ?? '') };
}

/** In the order in which they were made. What uses a view that is put aside is one of them. */
function dependentsOf(rebuilt: ReadonlySet<string>, rows: readonly MasterRow[]): MasterRow[] {
  const used = new Set(rebuilt);
  const found = new Set<MasterRow>();
  const users = rows.filter(
    // The triggers of a rebuilt table are made again with it.
    ({ type, tbl_name: table }) =>
      type === 'view' || (type === 'trigger' && !rebuilt.has(table.toLowerCase())),
  );
  for (let before = -1; found.size > before;) {
    before = found.size;
    for (const row of users) {
      // A word may be `main.plans`.
      const words = tokenize(row.sql ?? '').flatMap(({ text, quoted }) =>
        quoted ? [text] : text.split('.'),
      );
      if (!words.some((word) => used.has(word))) continue;
      found.add(row);
      if (row.type === 'view') used.add(row.name.toLowerCase());
    }
  }
  return users.filter((row) => found.has(row));
}
