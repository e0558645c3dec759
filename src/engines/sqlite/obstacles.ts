import type { QueryRunner } from 'typeorm';
import { BillingError } from '../../errors';

/** From this version on, `DROP COLUMN`, `RETURNING` and all that the CHECKs use are there. */
const OLDEST: readonly number[] = [3, 35, 0];

/** An old library, and a file that can't be written. */
export async function sqliteObstacles(queryRunner: QueryRunner): Promise<readonly BillingError[]> {
  const found: BillingError[] = [];
  const [row] = (await queryRunner.query('SELECT sqlite_version() AS "version"')) as {
    version: string;
  }[];
  if (row !== undefined && isOlder(row.version)) {
    found.push(
      BillingError.notSupported(
        `This is SQLite ${row.version}, which is too old`,
        `install a driver with SQLite ${OLDEST.join('.')} or newer`,
      ),
    );
  }
  try {
    await queryRunner.startTransaction();
    // On a file that it may only read, SQLite begins a transaction that reads, and says nothing.
    await queryRunner.query('CREATE TABLE "typeorm_billing_write" ("id" integer)');
    await queryRunner.rollbackTransaction();
  } catch (error) {
    if (queryRunner.isTransactionActive) await queryRunner.rollbackTransaction();
    // Another process may have the lock: it is waited for later.
    if (/\bSQLITE_(READONLY|CANTOPEN|PERM)\b/.test(String(error))) {
      found.push(
        BillingError.databaseReadOnly(
          'The file of this database can not be written',
          'give the process the right to write the file and its folder',
          error,
        ),
      );
    }
  }
  return found;
}

function isOlder(version: string): boolean {
  const parts = version.split('.').map(Number);
  const index = OLDEST.findIndex((part, at) => part !== (parts[at] ?? 0));
  return index !== -1 && (parts[index] ?? 0) < (OLDEST[index] ?? 0);
}
