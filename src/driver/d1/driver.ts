import type { QueryRunner } from 'typeorm';
import { SqliteFamilyDriver } from '../driver';
import { D1QueryRunner } from './query-runner';

/** TypeORM's driver for a D1 binding. */
export class D1Driver extends SqliteFamilyDriver {
  override createQueryRunner(): QueryRunner {
    return new D1QueryRunner(this);
  }

  /**
   * Keeps TypeORM from reading a row again to learn what the database has filled in. A transaction's
   * writes are held until it commits, so there is nothing to read yet, and entities bring all their
   * values along.
   */
  override isReturningSqlSupported(): boolean {
    return true;
  }
}
