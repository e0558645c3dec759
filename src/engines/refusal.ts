/** What a database refused a statement for. */
export interface Refusal {
  readonly kind: 'UNIQUE' | 'FOREIGN_KEY' | 'CHECK' | 'NOT_NULL';
  readonly table: string | undefined;
  /** Of UNIQUE and NOT NULL only: SQLite names no columns for the others. */
  readonly columns: readonly string[];
  readonly constraint: string | undefined;
}

const WRITE =
  /^\s*(?:insert\s+(?:or\s+\w+\s+)?into|replace\s+into|update(?:\s+or\s+\w+)?|delete\s+from)\s+(?:(?:"[^"]+"|\w+)\.)?"?(\w+)"?/i;

/** The tables that a statement, or several with `;` at the ends of their lines, write to. */
export function writtenTables(sql: string): string[] {
  const tables = sql.split(';\n').map((statement) => WRITE.exec(statement)?.[1]);
  return [...new Set(tables.filter((table) => table !== undefined))];
}

/** The table written to, if there is one only. */
export function writtenTable(sql: string | undefined): string | undefined {
  const tables = sql === undefined ? [] : writtenTables(sql);
  return tables.length === 1 ? tables[0] : undefined;
}
