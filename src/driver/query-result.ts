import { QueryResult } from 'typeorm';
import type { StatementResult } from './session';
import type { Statement } from './sql/statement';

/**
 * The raw result as in TypeORM's SQLite drivers: the new row's id after an INSERT, otherwise rows.
 */
export function toQueryResult(
  { keyword, returnsRows }: Statement,
  outcome: StatementResult,
): QueryResult {
  const result = new QueryResult();
  const plainInsert = (keyword === 'insert' || keyword === 'replace') && !returnsRows;
  result.raw = plainInsert ? outcome.lastInsertRowid : outcome.rows;
  result.records = outcome.rows;
  if (outcome.changes !== undefined) result.affected = outcome.changes;
  return result;
}
