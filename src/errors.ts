import type { BillingErrorCode } from './error-codes';

export type { BillingErrorCode };

/** `details` of the four violations, which `toBillingError()` makes of a driver's error. */
export interface RefusalDetails {
  /** The table written to. Undefined if unknown, as for a key in a D1 batch on several tables. */
  readonly table: string | undefined;
  /** Column names of a UNIQUE or NOT NULL violation, in the order of the key; otherwise empty. */
  readonly columns: readonly string[];
  /** Its name if the database gives it: Postgres mostly does, SQLite and D1 for CHECKs only. */
  readonly constraint: string | undefined;
}

/** What a database rejects a row for. */
type Violation =
  'UNIQUE_VIOLATION' | 'FOREIGN_KEY_VIOLATION' | 'CHECK_VIOLATION' | 'NOT_NULL_VIOLATION';

const VIOLATIONS: Readonly<Record<Violation, readonly [problem: string, remedy: string]>> = {
  UNIQUE_VIOLATION: [
    'already has a row with this value',
    'Update that row, or change the value and retry',
  ],
  FOREIGN_KEY_VIOLATION: [
    'rejected a write that would leave a reference to a missing row',
    'Save the row it refers to first, or delete the rows that refer to it first, and retry',
  ],
  CHECK_VIOLATION: ['rejected a value', 'Correct it and retry'],
  NOT_NULL_VIOLATION: ['needs a value', 'Set it and retry'],
};

type Made<Details = unknown> = BillingError<Details>;
type Refused = Made<RefusalDetails>;

interface Extra<Details> {
  readonly cause?: unknown;
  readonly details?: Details;
}

/** A key column of a host's table, and the migration that references it. */
interface HostReference {
  readonly migration: string;
  /** The table as SQL: `"core"."organizations"`. */
  readonly path: string;
  readonly table: string;
  readonly column: string;
}

/**
 * What this library throws when the caller, the configuration or the data is at fault.
 *
 * The message names the object and the value and ends with the remedy. Errors of TypeORM and of
 * the database drivers become the `cause`, or are thrown unchanged.
 */
export class BillingError<Details = unknown> extends Error {
  override readonly name = 'BillingError';

  /** @internal Use the maker of the code. Public, so that a host's `toThrow(BillingError)` compiles. */
  constructor(
    /** Stable and machine-readable; messages may be reworded between releases. */
    readonly code: BillingErrorCode,
    message: string,
    { cause, details }: Extra<Details> = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.details = details;
  }

  /** Data behind the message; its shape depends on `code`. */
  readonly details: Details | undefined;

  /** @internal */
  static validationFailed<Details>(
    table: string,
    failures: readonly string[],
    details: Details,
  ): BillingError<Details> {
    const problem = `A row for ${table} breaks its rules: ${failures.join('; ')}`;
    const remedy = 'Correct the values and save again; nothing was written';
    return new BillingError('VALIDATION_FAILED', `${problem}. ${remedy}.`, { details });
  }

  /** @internal */
  static valueOutOfRange<D>(problem: string, remedy: string, details: D): BillingError<D> {
    return BillingError.#make('VALUE_OUT_OF_RANGE', problem, remedy, { details });
  }

  /** @internal */
  static configurationInvalid<D>(problem: string, remedy: string, extra?: Extra<D>): Made<D> {
    return BillingError.#make('CONFIGURATION_INVALID', problem, remedy, extra);
  }

  /** @internal @param user what needs the package: "SQLite" */
  static packageMissing(
    user: string,
    name: string,
    cause: unknown,
    option = '',
  ): BillingError<{ package: string }> {
    const problem = `${user} needs the package ${name}, which is not installed`;
    const extra = { cause, details: { package: name } };
    const remedy = `run \`npm install ${option}${name}\``;
    return BillingError.#make('PACKAGE_MISSING', problem, remedy, extra);
  }

  /** @internal */
  static invalidCall(problem: string, remedy: string, cause?: unknown): BillingError {
    return BillingError.#make('INVALID_CALL', problem, remedy, { cause });
  }

  /** @internal @param kind which DataSource: "SQLite" */
  static dataSourceClosed(kind: string): BillingError {
    const remedy = 'await initialize() before using it, and call destroy() last';
    return BillingError.#make('DATA_SOURCE_CLOSED', `The ${kind} DataSource is not open`, remedy);
  }

  /** @internal */
  static commitFailed(): BillingError {
    const problem = 'The commit of this transaction has failed on D1';
    return BillingError.#make('COMMIT_FAILED', problem, 'roll it back before anything else');
  }

  /** @internal */
  static hostTableMissing(
    { migration, path, table, column }: HostReference,
    found: string,
    remedy: string,
  ): BillingError<{ table: string }> {
    const problem = `${migration} references ${path}."${column}", but there is no table ${path} in this database${found}`;
    return BillingError.#make('HOST_TABLE_MISSING', problem, remedy, { details: { table } });
  }

  /** @internal @param type the type that the key must have */
  static hostColumnMismatch(
    { migration, path, table, column }: HostReference,
    type: string,
    actual: { readonly type: string; readonly isKey: boolean } | undefined,
    remedy: string,
  ): BillingError<{ table: string; column: string; type: string | undefined }> {
    const found = actual
      ? `it is ${actual.type}${actual.isKey ? '' : ' and neither a primary key nor unique'}`
      : 'there is no such column';
    const problem = `${migration} references ${path}."${column}" as a key of type ${type}, but ${found}`;
    const details = { table, column, type: actual?.type };
    return BillingError.#make('HOST_COLUMN_MISMATCH', problem, remedy, { details });
  }

  /** @internal */
  static tableExists(
    migration: string,
    tables: readonly string[],
    paths: readonly string[],
    remedy: string,
  ): BillingError<{ tables: readonly string[] }> {
    const problem = `${migration} creates ${paths.join(', ')}, but a table of that name exists`;
    return BillingError.#make('TABLE_EXISTS', problem, remedy, { details: { tables } });
  }

  /** @internal The code is the one that all problems have, if there is one. */
  static preflightFailed(
    problems: readonly BillingError[],
  ): BillingError<{ problems: readonly BillingError[] }> {
    const list = problems.map(({ message }, index) => `${index + 1}. ${message}`).join(' ');
    const message = `${problems.length} things are in the way of the migrations, and nothing was changed. Correct all of them and retry: ${list}`;
    const [{ code, details } = {}, ...others] = problems;
    const shared = others.every((one) => one.code === code) ? code : undefined;
    return new BillingError(shared ?? 'PREFLIGHT_FAILED', message, {
      details: { ...(shared === undefined ? {} : (details as object | undefined)), problems },
    });
  }

  /** @internal */
  static rightsMissing(problem: string, statement: string): BillingError<{ grant: string }> {
    const details = { grant: statement };
    return BillingError.#make('RIGHTS_MISSING', problem, `run \`${statement}\` as its owner`, {
      details,
    });
  }

  /** @internal */
  static databaseReadOnly(problem: string, remedy: string, cause?: unknown): BillingError {
    return BillingError.#make('DATABASE_READ_ONLY', problem, remedy, { cause });
  }

  /** @internal */
  static hostPartsInTheWay<Details>(problem: string, details: Details): BillingError<Details> {
    const remedy = 'revert what added it, or remove it, and retry';
    return BillingError.#make('HOST_PARTS_IN_THE_WAY', problem, remedy, { details });
  }

  /** @internal */
  static rowsInTheWay<D>(problem: string, remedy: string, extra: Extra<D>): BillingError<D> {
    return BillingError.#make('ROWS_IN_THE_WAY', problem, remedy, extra);
  }

  /** @internal */
  static migrationNotFound(name: string, problem: string, remedy: string): Made<{ name: string }> {
    return BillingError.#make('MIGRATION_NOT_FOUND', problem, remedy, { details: { name } });
  }

  /** @internal */
  static danglingKeys(keys: readonly string[]): BillingError<{ keys: readonly string[] }> {
    const problem = `The migration would leave rows that refer to missing rows (${keys.join(', ')}), and nothing was changed`;
    const remedy = 'correct the migration so that it keeps the rows that others refer to';
    return BillingError.#make('DANGLING_KEYS', problem, remedy, { details: { keys } });
  }

  /** @internal */
  static backupInvalid<D>(problem: string, remedy: string, details: D): Made<D> {
    return BillingError.#make('BACKUP_INVALID', problem, remedy, { details });
  }

  /** @internal */
  static restoreRefused<D>(problem: string, remedy: string, extra: Extra<D>): Made<D> {
    return BillingError.#make('RESTORE_REFUSED', problem, remedy, extra);
  }

  /** @internal */
  static checkIncomplete<D>(parts: readonly string[], extra: Extra<D>): BillingError<D> {
    const problem = `Not all could be compared: ${parts.join('; ')}`;
    const remedy =
      'remove what was in the way, or connect as the owner of the tables, and check again';
    return BillingError.#make('CHECK_INCOMPLETE', problem, remedy, extra);
  }

  /** @internal */
  static databaseBusy(problem: string, remedy: string, cause?: unknown): BillingError {
    return BillingError.#make('DATABASE_BUSY', problem, remedy, { cause });
  }

  /** @internal */
  static uniqueViolation(details: RefusalDetails, cause: unknown): Refused {
    return BillingError.#violation('UNIQUE_VIOLATION', details, cause);
  }

  /** @internal */
  static foreignKeyViolation(details: RefusalDetails, cause: unknown): Refused {
    return BillingError.#violation('FOREIGN_KEY_VIOLATION', details, cause);
  }

  /** @internal */
  static checkViolation(details: RefusalDetails, cause: unknown): Refused {
    return BillingError.#violation('CHECK_VIOLATION', details, cause);
  }

  /** @internal */
  static notNullViolation(details: RefusalDetails, cause: unknown): Refused {
    return BillingError.#violation('NOT_NULL_VIOLATION', details, cause);
  }

  /** @internal */
  static limitExceeded(problem: string, remedy: string, cause?: unknown): BillingError {
    return BillingError.#make('LIMIT_EXCEEDED', problem, remedy, { cause });
  }

  /** @internal */
  static notSupported(problem: string, remedy: string): BillingError {
    return BillingError.#make('NOT_SUPPORTED', problem, remedy);
  }

  // Problem, colon, remedy. Errors about a row are two sentences: a list or a name ends the first.
  static #make<D>(code: BillingErrorCode, problem: string, remedy: string, extra?: Extra<D>) {
    return new BillingError<D>(code, `${problem}: ${remedy}.`, extra);
  }

  /** `plans (name) needs a value. Set it and retry.` No value of the row is in it. */
  static #violation(code: Violation, details: RefusalDetails, cause: unknown): Refused {
    const { table = 'A table', columns, constraint } = details;
    const [problem, remedy] = VIOLATIONS[code];
    const place = columns.length > 0 ? `${table} (${columns.join(', ')})` : table;
    const name = constraint === undefined ? '' : ` (${constraint})`;
    return new BillingError(code, `${place} ${problem}${name}. ${remedy}.`, { cause, details });
  }
}
