import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import type { Engine, Unchecked } from '../engines/engine';
import type { Expected } from '../engines/examination';
import { boundPlacing, makeSchema } from '../host/placing';
import { tableOfRecords } from '../migrations/adoption';
import { declaredBy, migrationsIn } from '../migrations/billing-migration';
import { createdTables, placeOn } from '../migrations/billing-tables';
import { boundReferences, recordFor } from '../migrations/host-binding';
import { isApart, oldestFirst } from '../migrations/apart';
import { heldUnder, originOf } from '../migrations/records';
import type { ReversibleMigration } from '../migrations/reversible-migration';
import { recorded } from '../migrator/sql-scripts';

/** A record in the table of applied migrations. */
interface Recorded {
  readonly id: number;
  readonly name: string;
}

/** One of billing's migrations, with the name that it has, or will have, in the table. */
export interface KnownMigration {
  readonly name: string;
  readonly migration: ReversibleMigration;
}

export interface Applied {
  /** Oldest first. */
  readonly applied: readonly KnownMigration[];
  readonly pending: readonly KnownMigration[];
  /** Records of which the code knows nothing, and that are no migrations of the host's. */
  readonly unknown: readonly string[];
  /** Records that are, or may be, the host's. */
  readonly hosts: readonly string[];
}

/** Reads which of billing's migrations are applied. Nothing is written, not even the table of records. */
export async function readApplied(dataSource: DataSource, engine: Engine): Promise<Applied> {
  const records = await readRecords(dataSource);
  const names = records.map(({ name }) => name);
  const held = dataSource.migrations;
  const ours = new Map<string, ReversibleMigration>();
  const others = new Set<string>();
  for (const [one, name] of heldUnder([...held, ...notHeld(held, engine)], names)) {
    const billing = declaredBy(one, engine.dialect);
    if (billing === undefined) others.add(name);
    else ours.set(name, billing);
  }
  const known = (name: string): KnownMigration[] => {
    const migration = ours.get(name);
    return migration === undefined ? [] : [{ name, migration }];
  };
  const isHeld = ({ migration }: KnownMigration): boolean =>
    held.some((one) => originOf(one) === originOf(migration) || one.name === migration.name);
  const strange = records.filter(({ name }) => !ours.has(name) && !others.has(name));
  const first = records.find(({ name }) => ours.has(name));
  // A host's own history begins before billing's, as its tables have to be there. Where one is in the
  // same table, a name alone does not say whose it is, unless the record is set apart.
  const hasHistory =
    others.size === 0 &&
    (first === undefined || isApart(first) || strange.some(({ id }) => id < first.id));
  const isStrange = (one: Recorded): boolean => isApart(one) || !hasHistory;
  return {
    applied: oldestFirst(records).flatMap(({ name }) => known(name)),
    pending: [...ours.keys()]
      .filter((name) => !names.includes(name))
      .flatMap(known)
      .filter(isHeld),
    unknown: strange.filter(isStrange).map(({ name }) => name),
    hosts: strange.filter((one) => !isStrange(one)).map(({ name }) => name),
  };
}

/** Billing's own that the DataSource does not hold: they may have been applied by other means. */
const notHeld = (held: readonly MigrationInterface[], { dialect }: Engine): MigrationInterface[] =>
  migrationsIn(dialect)
    .map((Migration) => new Migration())
    .filter(({ name }) => held.every((one) => originOf(one) !== name));

async function readRecords(dataSource: DataSource): Promise<Recorded[]> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const path = tableOfRecords(queryRunner);
    if (!(await queryRunner.hasTable(path))) return [];
    const table = path
      .split('.')
      .map((part) => dataSource.driver.escape(part))
      .join('.');
    const rows = (await queryRunner.query(`SELECT "id", "name" FROM ${table} ORDER BY "id"`)) as {
      id: number | string;
      name: string;
    }[];
    return rows.map(({ id, name }) => ({ id: Number(id), name }));
  } finally {
    await queryRunner.release();
  }
}

/** What the applied migrations make on this DataSource. */
export async function expectedOf(
  dataSource: DataSource,
  { dialect }: Engine,
  applied: readonly KnownMigration[],
): Promise<Expected & { readonly unchecked: readonly Unchecked[] }> {
  const place = placeOn(dialect, dataSource);
  const { schema } = boundPlacing();
  const skipped = schema === undefined ? undefined : makeSchema(schema);
  const statements: string[] = [];
  const unchecked: Unchecked[] = [];
  for (const { name, migration } of applied) {
    try {
      const sent = await statementsOf(dataSource, migration);
      statements.push(...sent.filter((sql) => sql !== skipped));
    } catch (error) {
      unchecked.push({
        object: `what ${name} makes`,
        reason: `it does more than send SQL: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  const hosts = applied.flatMap(({ migration }) => boundReferences(migration, dialect, dataSource));
  return {
    dataSource,
    statements,
    tables: unique(applied.flatMap(({ migration }) => createdTables(migration, place))),
    hosts: unique(hosts),
    unchecked,
  };
}

/** The statements that a migration sends on this DataSource. */
export const statementsOf = (
  dataSource: DataSource,
  migration: ReversibleMigration,
): Promise<string[]> =>
  recorded((queryRunner: QueryRunner) => migration.up(recordFor(queryRunner, dataSource)));

const unique = <One extends object>(all: readonly One[]): One[] => [
  ...new Map(all.map((one) => [JSON.stringify(one), one])).values(),
];
