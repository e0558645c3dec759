import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { HostKeyType } from '../host/bindings';
import type { Family } from '../host/families';

/** A column of a table that the host application owns and a billing table references. */
export interface HostColumn {
  /** On Postgres. Undefined: the first of the search_path that has the table. */
  readonly schema?: string;
  readonly table: string;
  readonly column: string;
  /** The type as Postgres names it; on SQLite any text column fits a uuid or a text. */
  readonly type: HostKeyType;
}

/**
 * A migration that can be reverted. `name` ends with its 13-digit timestamp, by which TypeORM
 * orders migrations.
 *
 * It declares what it needs and creates, so that the migrator can check first: if a host column is
 * missing or a table is already there, nothing is run.
 */
export interface ReversibleMigration extends MigrationInterface {
  readonly name: string;
  /** The family that it belongs to. Migrations of one family run in their order. */
  readonly family: Family;
  /** The full name of the migration of billing's that it is, extends or was copied from. */
  readonly billing?: string;
  /**
   * Host columns that the migration's foreign keys reference. `tenants` and `user` are the stand-ins':
   * where `bindHost()` has named the host's classes, their tables take their place.
   */
  readonly references?: readonly HostColumn[];
  /** Tables that the migration creates; none of them may be there already. */
  readonly creates?: readonly string[];
  up(queryRunner: QueryRunner): Promise<void>;
  down(queryRunner: QueryRunner): Promise<void>;
}

/** A class of such migrations, as a DataSource's `migrations` option takes it. */
export type ReversibleMigrationClass = new () => ReversibleMigration;
