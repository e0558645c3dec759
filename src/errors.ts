/** The stable codes of {@link BillingError}; a host may switch on them. */
export type BillingErrorCode =
  /** An entity breaks a rule of its table; `details.failures` lists each property. */
  | 'VALIDATION_FAILED'
  /** A value read from the database does not fit its JavaScript type. */
  | 'VALUE_OUT_OF_RANGE'
  /** `DATABASE_URL`, `BILLING_FAMILIES` or another setting can't be understood. */
  | 'CONFIGURATION_INVALID'
  /** A table of the host application that billing attaches to is missing. */
  | 'HOST_TABLE_MISSING'
  /** A host table is there, but its id column is missing or of another type. */
  | 'HOST_COLUMN_MISMATCH'
  /** A table that a migration is about to create is already there. */
  | 'TABLE_EXISTS'
  /** No migration of that name is known, or it has not been applied. */
  | 'MIGRATION_NOT_FOUND'
  /** A migration would leave foreign keys that point to rows which are not there. */
  | 'DANGLING_KEYS'
  /** A write waited longer than the busy timeout for another transaction. */
  | 'DATABASE_BUSY'
  /** A row with the same value in a unique column or set of columns is already there. */
  | 'UNIQUE_VIOLATION'
  /** A row that is referred to is not there, or one that is referred to was to go. */
  | 'FOREIGN_KEY_VIOLATION'
  /** A CHECK of the table does not allow the value. */
  | 'CHECK_VIOLATION'
  /** A required column got no value. */
  | 'NOT_NULL_VIOLATION'
  /** A statement goes beyond a limit of the database. */
  | 'LIMIT_EXCEEDED'
  /** The engine can't do what was asked. */
  | 'NOT_SUPPORTED';

/**
 * What this library throws when the caller, the configuration or the data is at fault.
 *
 * The message names the object and the value and ends with the remedy. Errors of TypeORM and of
 * the database drivers are passed on as `cause`, or untouched where there is nothing to add.
 */
export class BillingError<Details = unknown> extends Error {
  override readonly name = 'BillingError';

  constructor(
    /** Stable and machine-readable; messages may be reworded between releases. */
    readonly code: BillingErrorCode,
    message: string,
    { cause, details }: { readonly cause?: unknown; readonly details?: Details } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.details = details;
  }

  /** Data behind the message; its shape depends on `code`. */
  readonly details: Details | undefined;
}
