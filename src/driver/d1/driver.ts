import type { QueryRunner } from 'typeorm';
import { SqliteFamilyDriver } from '../driver';
import { D1QueryRunner } from './query-runner';

/** TypeORM's driver for a D1 binding. */
export class D1Driver extends SqliteFamilyDriver {
  override createQueryRunner(): QueryRunner {
    return new D1QueryRunner(this);
  }

  /**
   * True, so that TypeORM does not read a row again to get the values that the database filled in.
   * A transaction's writes are held until it commits, so there is nothing to read yet, and entities
   * have all their values.
   */
  override isReturningSqlSupported(): boolean {
    return true;
  }
}
