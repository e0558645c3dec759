/** The stable codes of `BillingError`; a host may switch on them. */
export type BillingErrorCode =
  /** An entity breaks a rule of its table; `details.failures` lists each property. */
  | 'VALIDATION_FAILED'
  /** A value read from the database does not fit its JavaScript type. */
  | 'VALUE_OUT_OF_RANGE'
  /** `DATABASE_URL`, an option of a DataSource or another setting is missing or has no valid value. */
  | 'CONFIGURATION_INVALID'
  /** A package that the database needs is not installed; `details.package` is its name. */
  | 'PACKAGE_MISSING'
  /** A function, a query or a command was called with arguments that it does not take. */
  | 'INVALID_CALL'
  /** A DataSource was used before `initialize()` or after `destroy()`. */
  | 'DATA_SOURCE_CLOSED'
  /** The commit of a transaction on D1 has failed: it takes a rollback and nothing else. */
  | 'COMMIT_FAILED'
  /** A table of the host application that billing refers to is missing. */
  | 'HOST_TABLE_MISSING'
  /** A host table exists, but its id column is missing or has another type. */
  | 'HOST_COLUMN_MISMATCH'
  /** A table that a migration creates exists already. */
  | 'TABLE_EXISTS'
  /** Several things are in the way of a migration; `details.problems` lists them as errors. */
  | 'PREFLIGHT_FAILED'
  /** The database's user lacks a right that a migration needs. */
  | 'RIGHTS_MISSING'
  /** The file, the server or the session takes no writes. */
  | 'DATABASE_READ_ONLY'
  /** A rollback would drop what the host added; `details.parts` lists it. */
  | 'HOST_PARTS_IN_THE_WAY'
  /** A rollback would drop rows; `details` lists the tables, and the columns with values, and how many. */
  | 'ROWS_IN_THE_WAY'
  /** No migration of that name is known, or it has not been applied. */
  | 'MIGRATION_NOT_FOUND'
  /** A migration would leave foreign keys that point to missing rows. */
  | 'DANGLING_KEYS'
  /** A folder is not a complete and unchanged backup; `details.file` names the file at fault. */
  | 'BACKUP_INVALID'
  /** A backup does not fit the database; `details` say what is in the way. */
  | 'RESTORE_REFUSED'
  /** A part of the database could not be compared; `details.unchecked` lists what, and why. */
  | 'CHECK_INCOMPLETE'
  /** Another transaction held the database, or all connections, for longer than the timeout. */
  | 'DATABASE_BUSY'
  /** Another row has the same value in a unique column or set of columns. */
  | 'UNIQUE_VIOLATION'
  /** A row refers to a missing row, or a row that others refer to would be deleted. */
  | 'FOREIGN_KEY_VIOLATION'
  /** A CHECK of the table rejected a value. */
  | 'CHECK_VIOLATION'
  /** A required column got no value. */
  | 'NOT_NULL_VIOLATION'
  /** A statement exceeds a limit of the database. */
  | 'LIMIT_EXCEEDED'
  /** The database can't do what was asked. */
  | 'NOT_SUPPORTED';
