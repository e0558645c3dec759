import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import type { MigrationDialect } from './billing-tables';
import { followingHost, recordFor } from './host-binding';
import type { ReversibleMigration, ReversibleMigrationClass } from './reversible-migration';

/** `up` or `down` of a migration. */
export type Run = (this: MigrationInterface, queryRunner: QueryRunner) => Promise<void>;

export type Direction = 'up' | 'down';

/** A migration of billing's as its file has it: what wraps it may need a database. */
export interface PlainMigration {
  readonly plain: Readonly<Record<Direction, Run>> & { readonly migration: ReversibleMigration };
  readonly dialect: MigrationDialect;
}

const known = new WeakMap<object, PlainMigration>();
/** By dialect and name. */
const originals = new Map<string, PlainMigration>();

/** All migrations of billing's, oldest first. */
const all: PlainMigration[] = [];

/** Notes the migrations of a list before anything wraps them. */
export function notePlain(
  dialect: MigrationDialect,
  migrations: readonly ReversibleMigrationClass[],
): void {
  for (const Migration of migrations) {
    const { up, down } = Migration.prototype as Record<Direction, Run>;
    const one = { plain: { migration: new Migration(), up, down }, dialect };
    all.push(one);
    known.set(Migration.prototype as object, one);
    originals.set(`${dialect} ${one.plain.migration.name}`, one);
  }
}

/**
 * The migration of billing's that this one is or extends.
 *
 * @param dialect by which a copy of the SQL of billing's is found too: it extends nothing
 */
export function originalOf(
  migration: MigrationInterface & { readonly billing?: unknown },
  dialect?: MigrationDialect,
): PlainMigration | undefined {
  for (let one: unknown = migration; one !== null; one = Object.getPrototypeOf(one)) {
    const found = known.get(one as object);
    if (found !== undefined) return found;
  }
  return originals.get(`${String(dialect)} ${String(migration.billing)}`);
}

/** All of the same family, oldest first. */
export const familyOf = ({ plain, dialect }: PlainMigration): readonly PlainMigration[] =>
  all.filter(
    (one) => one.dialect === dialect && one.plain.migration.family === plain.migration.family,
  );

/** What takes the statements of a migration and sends nothing. */
export interface Recorder {
  readonly recorder: QueryRunner;
  readonly recorded: readonly string[];
}

/** @param dataSource the one whose names of the host's tables the statements have */
export function recorderOf(dataSource?: DataSource): Recorder {
  const recorded: string[] = [];
  const recorder = {
    query: (sql: string) => Promise.resolve(recorded.push(sql)),
  } as unknown as QueryRunner;
  if (dataSource !== undefined) recordFor(recorder, dataSource);
  return { recorder, recorded };
}

/** Runs a migration as its file has it, with the names of tables as they are bound. */
export const runPlain = (
  { plain, dialect }: PlainMigration,
  direction: Direction,
  queryRunner: QueryRunner,
): Promise<void> =>
  plain[direction].call(plain.migration, followingHost(queryRunner, plain.migration, dialect));

/** The statements of a migration, with the names of tables as they are bound. */
export async function statementsOf(
  one: PlainMigration,
  direction: Direction,
  dataSource?: DataSource,
): Promise<readonly string[]> {
  const { recorder, recorded } = recorderOf(dataSource);
  await runPlain(one, direction, recorder);
  return recorded;
}
