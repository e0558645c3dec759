import { is, tokenize } from '../sql/tokens';
import type { TableDefinition } from './definition';

const counts = ({ sql }: TableDefinition): boolean =>
  tokenize(sql).some((token) => is(token, 'autoincrement'));

const string = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Has the copy of a table go on counting where the table is, after rows that were deleted too: a number
 * of AUTOINCREMENT is never given again. SQLite takes the counter away with the table.
 */
export function keepCounter(from: TableDefinition, to: TableDefinition): string[] {
  if (!counts(from) || !counts(to)) return [];
  const last = `SELECT "seq" FROM "sqlite_sequence" WHERE "name" = ${string(from.name)}`;
  return [
    `UPDATE "sqlite_sequence" SET "seq" = max("seq", coalesce((${last}), 0)) WHERE "name" = ${string(`new_${to.name}`)}`,
  ];
}
