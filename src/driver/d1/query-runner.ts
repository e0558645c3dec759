import { BillingError } from '../../errors';
import { SqliteFamilyQueryRunner } from '../query-runner';
import type { MasterRow } from '../schema/definition';
import { type IsolationLevel, isolationLevelOf } from '../typeorm';

/**
 * A query runner that holds a transaction's writes. It has no nested transactions and no isolation
 * levels.
 */
export class D1QueryRunner extends SqliteFamilyQueryRunner {
  /** @throws BillingError `NOT_SUPPORTED` for a transaction inside another, or an isolation level */
  override async startTransaction(isolationLevel?: IsolationLevel): Promise<void> {
    this.#refuseMoreThanHeldWrites(isolationLevel);
    this.#schema = undefined;
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

  // TypeORM's signature returns any.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  override async query(query: string, parameters?: any, useStructuredResult = false): Promise<any> {
    if (/^\s*(?:create|drop|alter)\b/i.test(query)) this.#schema = undefined;
    return super.query(query, parameters, useStructuredResult) as Promise<unknown>;
  }

  override get keepsTemporary(): boolean {
    return false;
  }

  protected override readSchema(): Promise<MasterRow[]> {
    const known = this.isTransactionActive ? this.#schema : undefined;
    return known ? Promise.resolve([...known]) : super.readSchema();
  }

  protected override schemaChanged(rows: readonly MasterRow[]): void {
    this.#schema = this.isTransactionActive ? rows : undefined;
  }
  /** After changes that are held. */
  #schema: readonly MasterRow[] | undefined;

  #refuseMoreThanHeldWrites(isolationLevel = isolationLevelOf(this)): void {
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
