import type { SqliteValue, StatementResult } from '../session';
import type { Statement } from '../sql/statement';

/** A file that a package has opened: one connection, which is sent one statement at a time. */
export interface OpenFile {
  /** Errors have SQLite's code in `code` and before their message, as in `SQLITE_BUSY: database is locked`. */
  execute(
    statement: Pick<Statement, 'sql' | 'returnsRows'>,
    parameters: readonly SqliteValue[],
  ): Promise<StatementResult>;
  close(): Promise<void>;
}

/** Opens a file and creates it if it does not exist. */
export type OpensFile = (file: string, busyTimeout: number) => Promise<OpenFile>;
