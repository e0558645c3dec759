/** wrangler's own table of the files it has applied, unless its configuration names another. */
export const WRANGLER_TABLE = 'd1_migrations';

/** Makes the table as wrangler does; the name is an identifier. */
export const createWranglerTable = (name: string): string => `CREATE TABLE IF NOT EXISTS ${name} (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;
