/** The statements of one dialect's migration, there and back. */
export interface Statements {
  readonly up: readonly string[];
  readonly down: readonly string[];
}

/** The tables of a SQLite migration, as the statements that make them and their indexes. */
export interface ChangedTables {
  /** Those that change, as they were. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Those that don't, and refer to one that does. */
  readonly children: readonly string[];
}
