/**
 * The current time in UTC, with milliseconds. `datetime('now')` has none, so times within one
 * second would compare as equal.
 */
export const NOW = `strftime('%Y-%m-%d %H:%M:%f','now')`;

/**
 * In an UPDATE, TypeORM writes `CURRENT_TIMESTAMP` for the update date, which has no milliseconds
 * in SQLite. All other values are parameters, so this text comes from TypeORM.
 */
export function withMilliseconds(sql: string): string {
  return sql.startsWith('UPDATE ')
    ? sql.replaceAll(/("\w+" = )CURRENT_TIMESTAMP(?=,| WHERE |$)/g, `$1${NOW}`)
    : sql;
}
