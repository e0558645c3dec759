import { BillingError } from '../../errors';
import { SqliteFamilyQueryRunner } from '../query-runner';
import type { IsolationLevel } from '../typeorm';

/**
 * A query runner that holds a transaction's writes. It has no nested transactions and no isolation
 * levels.
 */
export class D1QueryRunner extends SqliteFamilyQueryRunner {
  /** @throws BillingError `NOT_SUPPORTED` for a transaction inside another, or an isolation level */
  override async startTransaction(isolationLevel?: IsolationLevel): Promise<void> {
    this.#refuseMoreThanHeldWrites(isolationLevel);
    return super.startTransaction(isolationLevel);
  }

  override async commitTransaction(): Promise<void> {
    if (this.isTransactionActive) this.transactionDepth = 1;
    return super.commitTransaction();
  }

  override async rollbackTransaction(): Promise<void> {
    // A nested transaction was refused and is now rolled back. The outer one continues.
    if (this.transactionDepth > 1) this.transactionDepth--;
    else await super.rollbackTransaction();
  }

  #refuseMoreThanHeldWrites(isolationLevel = this.dataSource.options.isolationLevel): void {
    if (this.isTransactionActive) {
      // The caller of the refused transaction rolls it back.
      this.transactionDepth++;
      throw BillingError.notSupported(
        'D1 has no transaction inside another, because it has no savepoints',
        'use the entity manager of the outer one, or run the inner one afterwards',
      );
    }
    if (isolationLevel !== undefined) {
      throw BillingError.notSupported(
        `D1 has no isolation levels, and ${isolationLevel} would have no effect`,
        'leave it out, and put what must not change meanwhile into the WHERE of an UPDATE',
      );
    }
  }
}
