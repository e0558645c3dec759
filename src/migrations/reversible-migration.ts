import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { HostKeyType } from '../host/bindings';
import type { Family } from '../host/families';

/** A column of a table that the host application owns and a billing table references. */
export interface HostColumn {
  readonly table: string;
  readonly column: string;
  /** The type as Postgres names it; on SQLite, columns that hold such values are recognised. */
  readonly type: HostKeyType;
}

/**
 * A migration that can be taken back. `name` ends with its 13-digit timestamp, by which TypeORM
 * orders migrations.
 *
 * What it needs and makes is declared beside the SQL, so that the migrator can look before it
 * leaps: if a host column is missing or a table is already there, nothing is run.
 */
export interface ReversibleMigration extends MigrationInterface {
  readonly name: string;
  /** The family that it belongs to; one's migrations never overtake each other. */
  readonly family: Family;
  /** Host columns that the migration's foreign keys reference. */
  readonly references?: readonly HostColumn[];
  /** Tables that the migration makes; none of them may be there already. */
  readonly creates?: readonly string[];
  up(queryRunner: QueryRunner): Promise<void>;
  down(queryRunner: QueryRunner): Promise<void>;
}

/** A class of such migrations, as a DataSource's `migrations` option takes it. */
export type ReversibleMigrationClass = new () => ReversibleMigration;
