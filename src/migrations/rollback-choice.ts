import type { QueryRunner } from 'typeorm';
import { BillingError } from '../errors';
import type { DroppedTable } from './dropped-data';

/** What happens to the rows that a rollback would drop, as its caller has said. */
export type RollbackChoice = 'refuse' | 'discard' | BackupChoice;

/** A folder that the rows are written to. */
export interface BackupChoice {
  readonly backup: string;
  /** Whether a migration that was reverted before has written its rows there. */
  readonly isContinued?: boolean;
}

/** The options of a rollback that say it. */
export interface RollbackOptions {
  readonly discard?: boolean | undefined;
  readonly backup?: string | undefined;
}

/**
 * What the options say, or else the variable `BILLING_ROLLBACK`.
 *
 * @throws BillingError `INVALID_CALL` for both options, or a folder without a name;
 *   `CONFIGURATION_INVALID` for another value of the variable
 */
export function rollbackChoice({ discard, backup }: RollbackOptions = {}): RollbackChoice {
  if (discard === true && backup !== undefined) {
    throw BillingError.invalidCall(
      `A rollback is to drop the rows and to keep them in "${backup}"`,
      'give discard or backup, not both',
    );
  }
  if (backup === '') {
    throw BillingError.invalidCall('backup is "", which is no folder', 'name the folder');
  }
  if (backup !== undefined) return { backup };
  if (discard !== undefined) return discard ? 'discard' : 'refuse';
  return fromEnvironment();
}

const VARIABLE = 'BILLING_ROLLBACK';
const PREFIX = 'backup:';

function fromEnvironment(): RollbackChoice {
  // A Worker may have no process.
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const value = process?.env?.[VARIABLE]?.trim() ?? '';
  if (value === '') return 'refuse';
  if (value === 'discard') return 'discard';
  if (value.startsWith(PREFIX) && value !== PREFIX) return { backup: value.slice(PREFIX.length) };
  throw BillingError.configurationInvalid(
    `${VARIABLE} is "${value}"`,
    `use discard, which drops the rows of the tables, or ${PREFIX}<dir>, which writes them to files first; ` +
      'where it is not set, a rollback that would drop rows refuses',
  );
}

/**
 * Writes the rows of tables to a folder, in the transaction of the rollback, which has locked the tables. On
 * D1, which has no locks, what it sends on the query runner makes that transaction fail if rows have changed.
 */
export type WriteBackup = (
  queryRunner: QueryRunner,
  directory: string,
  tables: readonly DroppedTable[],
  options: { readonly isContinued?: boolean },
) => Promise<unknown>;

let registered: WriteBackup | undefined;

/**
 * The migrations import nothing that writes files: what does is registered by the front door.
 *
 * @param write undefined takes it back
 */
export function registerBackup(write: WriteBackup | undefined): void {
  registered = write;
}

/** @throws BillingError `NOT_SUPPORTED` where nothing is registered */
export function backupWriter(dir: string): WriteBackup {
  if (registered !== undefined) return registered;
  throw BillingError.notSupported(
    `A rollback is to write the rows to "${dir}", and nothing that writes files is loaded in this process`,
    "import 'typeorm-billing', which needs Node, before the rollback, or run `typeorm-billing rollback --backup <dir>`",
  );
}
