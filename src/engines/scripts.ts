import type { EngineName } from './engine-name';

/** The databases whose migrations can be written as SQL files: those whose row has `scripts`. */
export const SCRIPT_DIALECTS = ['postgres', 'd1'] as const satisfies readonly EngineName[];
export type ScriptDialect = (typeof SCRIPT_DIALECTS)[number];

/** A column of a host's table that a script's foreign keys reference. */
interface Referenced {
  readonly table: string;
  readonly column: string;
}

/** The rows that a rollback would drop. */
interface DroppedRows {
  /** The common table expression `counted`, with the column `rows`. */
  readonly counting: string;
  /** What a file that is refused says: SQL for the text of all that is counted. */
  readonly text: string;
}

/** How one database's migrations are written as SQL files. */
export interface Scripts {
  /** Adds BEGIN and COMMIT if the tool does not run a file in a transaction. */
  readonly wrap: (statements: readonly string[]) => readonly string[];
  /** Fails if the host's column is missing; undefined where creating the table fails by itself. */
  readonly look: ((column: Referenced) => string) | undefined;
  /**
   * Fails if a foreign key of the table references a column that is not a key; undefined where
   * creating the table fails by itself.
   */
  readonly assertKeys: ((table: string) => string) | undefined;
  /** Creates the table of migrations as TypeORM does. */
  readonly makeTable: string;
  /** Records the migration as applied. */
  readonly record: (migration: string) => string;
  /** Whether a host's own history may be in that table, and be reverted by TypeORM itself. */
  readonly setsApart: boolean;
  /** Fails if a query has a row, and says what is in its columns `table`, `kind` and `name`. */
  readonly refuse: (query: string, file?: 'migration') => string;
  /** Whether a rollback file locks the tables before their rows are counted. */
  readonly locks: boolean;
  /** Fails if a rollback would drop rows, unless the statement in the comment before it is uncommented. */
  readonly refuseRows: (rows: DroppedRows) => string;
  /** Removes the records of the migration, which the file of that name holds. */
  readonly forget: (migration: string, file: string) => readonly string[];
  /** The commands that run a file of each kind. */
  readonly run: { readonly forward: string; readonly rollback: string };
  /** The end of a rollback file, which makes it fail as a whole if a tool applies it as a migration. */
  readonly guard: string | undefined;
}

export const recordIn = (table: string, migration: string): string =>
  `INSERT INTO "${table}" ("timestamp", "name") VALUES (${migration.slice(-13)}, '${migration}')`;

export const forgetIn = (table: string, migration: string): string =>
  `DELETE FROM "${table}" WHERE "name" = '${migration}'`;

/** What a file says that is refused: SQL for the text of all rows of `refuse`'s query. */
export const refusalSql = (
  join: (text: string) => string,
  file: 'rollback' | 'migration' = 'rollback',
): string =>
  `'This ${file} would drop parts that billing did not make. Remove them first: ' || ${join(`"kind" || ' ' || "name" || ' (' || "table" || ')'`)}`;

/** @param statement says that rows are to be dropped @param guard fails, unless that was sent before it */
export const unlessUncommented = (statement: string, guard: string): string =>
  `-- To drop the rows, uncomment the next line.\n-- ${statement};\n${guard}`;

/** The first line of a migration's SQL file, which identifies it whatever the file is called. */
export const firstLineOf = (migration: string, dialect: string): string =>
  `-- typeorm-billing migration ${migration} for ${dialect}`;
