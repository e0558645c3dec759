import { quote } from '../../driver/sql/quote';
import { areOrphans, areTwice, breaksCheck } from '../broken-rows';
import type { BrokenRows } from '../examination';
import { type Part, partOf, type PathOf, type TableParts } from './parts';

/** Whether rows may be there that the wanted part rejects: not where a key differs in its actions alone. */
export const isWeaker = (there: Part, part: Part): boolean =>
  part.detail.type !== 'f' ||
  there.detail.type !== 'f' ||
  JSON.stringify([there.detail.columns, there.detail.references]) !==
    JSON.stringify([part.detail.columns, part.detail.references]);

/** Undefined where they can't be looked for, as a column or the table that it refers to is missing. */
export function rowsOf(live: TableParts, part: Part, pathOf: PathOf): BrokenRows | undefined {
  const { label, path } = live;
  const { type, columns = [], references, unique, predicate, onDelete } = part.detail;
  if (references && !pathOf(references.label).isThere) return undefined;
  if (part.kind === 'constraint' && columns.some((name) => !partOf(live, 'column', name)))
    return undefined;
  const rule = { table: label, path, rule: part.name };
  if (part.kind === 'index') {
    return unique ? areTwice(rule, columns, predicate ?? undefined) : undefined;
  }
  if (type === 'u' || type === 'p') return areTwice(rule, columns.map(quote), undefined);
  if (type === 'c') {
    const expression = /^CHECK \((.*)\)(?: NO INHERIT)?$/s.exec(part.definition)?.[1];
    return expression === undefined ? undefined : breaksCheck(rule, expression);
  }
  if (type !== 'f' || !references) return undefined;
  return areOrphans(rule, {
    columns,
    parent: pathOf(references.label).path,
    parentName: references.label,
    references: references.columns,
    onDelete: onDelete === 'c' ? 'cascade' : onDelete === 'n' ? 'set null' : undefined,
  });
}
