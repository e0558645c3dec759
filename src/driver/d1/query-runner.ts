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
      throw new BillingError(
        'NOT_SUPPORTED',
        'D1 has no transaction inside another, for it has no savepoints: make the inner one part of the ' +
          'outer one by using its entity manager, or run it afterwards.',
      );
    }
    if (isolationLevel !== undefined) {
      throw new BillingError(
        'NOT_SUPPORTED',
        `D1 has no isolation levels, and ${isolationLevel} would not hold: reads in a transaction see the ` +
          'state before it, others can write meanwhile. Leave the level out, and put what has to hold ' +
          'still into the WHERE of an UPDATE.',
      );
    }
  }
}
