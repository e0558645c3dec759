import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { D1Driver } from '../driver/d1/driver';
import { dataSourceOf } from '../host/typeorm';
import { tableOfRecords } from './adoption';
import type { MigrationDialect } from './billing-tables';
import { dataDroppedBy, type DroppedData, type DroppedTable } from './dropped-data';
import { boundAs, boundOf } from './host-binding';
import { droppedColumns, droppedTables } from './owned-tables';
import { originalOf, type Run } from './plain-migrations';
import { nameOf } from './records';
import type { ReversibleMigrationClass } from './reversible-migration';
import { backupWriter, rollbackChoice, type RollbackChoice } from './rollback-choice';
import {
  type Count,
  countedIn,
  countingSql,
  countsSaid,
  lockSql,
  pathOf,
  presentSql,
  rowsFound,
  rowsInTheWay,
  rowsText,
  text,
  WORDINGS,
} from './rows-query';
import { withTableLockTimeout } from './table-locks';

/** What was counted before the rows were written to files, as `plans 3`. */
interface Kept {
  readonly kept: readonly string[];
}

export type RowsChoice = RollbackChoice | Kept;

/** On a query runner; of any copy of this package, as these have no state in common. */
const CHOICE = Symbol.for('typeorm-billing: rollback choice');

/** Says what happens to the rows that migrations reverted on this query runner drop. */
export function choose(queryRunner: QueryRunner, choice: RowsChoice): void {
  (queryRunner as { [CHOICE]?: RowsChoice })[CHOICE] = choice;
}

const chosenOn = (queryRunner: QueryRunner): RowsChoice =>
  (queryRunner as { [CHOICE]?: RowsChoice })[CHOICE] ?? rollbackChoice();

/**
 * Has each migration of a list refuse to drop rows, whoever reverts it: `revert()`, TypeORM's own
 * `undoLastMigration()` or its CLI.
 */
export function keepingRows(migrations: readonly ReversibleMigrationClass[]): void {
  for (const Migration of migrations) {
    const prototype = Migration.prototype as { down: Run };
    const { down } = prototype;
    prototype.down = async function (queryRunner) {
      // What only records the statements has no DataSource.
      const dataSource = dataSourceOf(queryRunner) as DataSource | undefined;
      await down.call(
        this,
        dataSource === undefined ? queryRunner : await guardRows(queryRunner, this),
      );
    };
  }
}

/**
 * Has nobody else write rows that a migration drops, until the transaction ends. It is the first
 * statement of the transaction: where all of them see the database as it was before the first that
 * reads, no row that was there before the lock is missed.
 */
export async function holdRows(
  follower: QueryRunner,
  migration: MigrationInterface,
  dialect?: MigrationDialect,
): Promise<void> {
  const { queryRunner } = boundOf(follower);
  const choice = chosenOn(queryRunner);
  const found =
    choice === 'discard' ? undefined : await droppedBy([migration], queryRunner, dialect);
  if (found !== undefined) await lock(queryRunner, found);
}

/**
 * Refuses to revert a migration that would drop rows, or writes them to files, as it was chosen.
 *
 * @param dialect by which a copy of the SQL of billing's is known too
 * @returns what the migration is to be reverted on
 * @throws BillingError `ROWS_IN_THE_WAY`
 */
export async function guardRows(
  follower: QueryRunner,
  migration: MigrationInterface,
  dialect?: MigrationDialect,
): Promise<QueryRunner> {
  const { queryRunner } = boundOf(follower);
  await holdRows(queryRunner, migration, dialect);
  const choice = await keepRows(queryRunner, [migration], chosenOn(queryRunner), dialect);
  const found =
    choice === 'discard' ? undefined : await droppedBy([migration], queryRunner, dialect);
  if (found === undefined) return follower;
  const isOnBatch = isOnD1(queryRunner);
  if (queryRunner.isTransactionActive) {
    // A copy may call what it was copied from, which reads the records before it adds its own.
    if (isOnBatch && dialect === undefined)
      await queryRunner.query(batchGuard(queryRunner, found, choice));
    return follower;
  }
  return isOnBatch ? follower : guardingEach(follower, nameOf(migration), found, choice);
}

/**
 * Does with the rows that migrations would drop, once they are all reverted, as it was chosen.
 *
 * @returns the choice for each of them
 * @throws BillingError `ROWS_IN_THE_WAY`, which lists the tables of all of them
 */
export async function keepRows(
  queryRunner: QueryRunner,
  migrations: readonly MigrationInterface[],
  choice: RowsChoice,
  dialect?: MigrationDialect,
): Promise<RowsChoice> {
  if (choice === 'discard' || isKept(choice)) return choice;
  const all = await droppedBy(migrations, queryRunner, dialect);
  const found = all && (await present(queryRunner, all));
  if (found === undefined) return choice === 'refuse' ? choice : { kept: [] };
  if (choice !== 'refuse') {
    return inTransaction(queryRunner, async () => {
      await lock(queryRunner, found);
      const counts = await counted(queryRunner, found);
      const tables = [
        ...found.tables,
        ...found.columns.map(({ schema, table }) => ({ schema, table })),
      ];
      const { backup, ...options } = choice;
      await backupWriter(backup)(queryRunner, backup, tables, options);
      return { kept: counts.map(asKept) };
    });
  }
  assertNone(await counted(queryRunner, found), migrations.map(nameOf));
  return choice;
}

function assertNone(counts: readonly Count[], names: readonly string[]): void {
  if (counts.every(({ rows }) => Number(rows) === 0)) return;
  throw rowsInTheWay(names, rowsFound(counts), {
    end: names.length > 1 ? 'None of them was reverted' : 'It was not reverted',
  });
}

/**
 * Where the rollback is in no transaction, each statement that drops something gets one, in which it finds
 * no rows.
 */
function guardingEach(
  follower: QueryRunner,
  name: string,
  found: Found,
  choice: RowsChoice,
): QueryRunner {
  const { queryRunner, follow } = boundOf(follower);
  const query = async (sql: string, ...rest: []): Promise<unknown> => {
    const placed = follow(sql);
    const paths = droppedTables([placed]).map(pathOf);
    const columns = droppedColumns([placed]).map((one) => `${pathOf(one)} ${one.column}`);
    const dropped = {
      ...found,
      tables: found.tables.filter((one) => paths.includes(pathOf(one))),
      columns: found.columns.filter((one) => columns.includes(`${pathOf(one)} ${one.column}`)),
    };
    if (countedIn(dropped).length === 0) return queryRunner.query(placed, ...rest);
    return inTransaction(queryRunner, async () => {
      await lock(queryRunner, dropped);
      const counts = await counted(queryRunner, dropped);
      const added = counts.filter((one) => !isKept(choice) || !choice.kept.includes(asKept(one)));
      assertNone(added, [name]);
      return queryRunner.query(placed, ...rest) as Promise<unknown>;
    });
  };
  const proxy = new Proxy(follower, {
    get: (target, key) => (key === 'query' ? query : (Reflect.get(target, key, target) as unknown)),
  });
  return boundAs(follower, proxy);
}

const asKept = ({ part, rows }: Count): string => `${part} ${rows}`;

/** The condition for what has not been counted and kept. */
function isNewSql(choice: RowsChoice): string {
  const kept = isKept(choice) ? choice.kept.map(text) : [];
  const isKeptSql = `"part" || ' ' || "rows" IN (${kept.join(', ')})`;
  return `"rows" > 0${kept.length > 0 ? ` AND NOT ${isKeptSql}` : ''}`;
}

/** What a statement of a rollback has failed for, if that was rows written since it began. */
export function writtenMeanwhile(names: readonly string[], error: unknown): unknown {
  const counts = countsSaid(error);
  return counts === undefined
    ? error
    : rowsInTheWay(names, rowsFound(counts), {
        end: 'They were written while it ran, and it has dropped none of them',
        cause: error,
      });
}

const FILE_REMEDY =
  'Nothing was changed. Keep them by a backup, or uncomment the line of this file that drops them.';

/** SQL for a file that reverts a migration; undefined for one that drops nothing. */
export async function rowsSql(
  migration: MigrationInterface,
): Promise<Readonly<Record<'lock' | 'counting' | 'text', string>> | undefined> {
  const original = originalOf(migration);
  const counted = original === undefined ? [] : countedIn(await dataDroppedBy(original));
  if (original === undefined || counted.length === 0) return undefined;
  const { dialect } = original;
  return {
    lock: lockSql(counted),
    counting: countingSql(counted, dialect),
    text: rowsText(dialect, FILE_REMEDY),
  };
}

interface Found extends DroppedData {
  readonly dialect: MigrationDialect;
}

/** What migrations of billing's drop; undefined if that is nothing. */
async function droppedBy(
  migrations: readonly MigrationInterface[],
  queryRunner: QueryRunner,
  wanted: MigrationDialect | undefined,
): Promise<Found | undefined> {
  const originals = migrations.flatMap((one) => originalOf(one, wanted) ?? []);
  const all = await Promise.all(
    originals.map((one) => dataDroppedBy(one, dataSourceOf(queryRunner))),
  );
  const tables = all.flatMap((one) => one.tables);
  const columns = all
    .flatMap((one) => one.columns)
    .filter((one) => !tables.some((table) => pathOf(table) === pathOf(one)));
  const [first] = originals;
  if (first === undefined || tables.length + columns.length === 0) return undefined;
  return { tables, columns, dialect: first.dialect };
}

/** Those that are there: a migration that is reverted first may give them their names. */
async function present(queryRunner: QueryRunner, found: Found): Promise<Found | undefined> {
  const counted = countedIn(found);
  const rows = (await queryRunner.query(presentSql(counted, found.dialect))) as { index: number }[];
  const isThere = (one: DroppedTable): boolean => rows.some(({ index }) => counted[index] === one);
  const tables = found.tables.filter(isThere);
  const columns = found.columns.filter(isThere);
  return tables.length + columns.length === 0 ? undefined : { ...found, tables, columns };
}

const counted = async (queryRunner: QueryRunner, found: Found): Promise<Count[]> =>
  (await queryRunner.query(
    `${countingSql(countedIn(found), found.dialect)}\nSELECT * FROM counted`,
  )) as Count[];

/** In one of its own, where the rollback is in none; D1 has none that reads. */
async function inTransaction<T>(queryRunner: QueryRunner, work: () => Promise<T>): Promise<T> {
  if (queryRunner.isTransactionActive || isOnD1(queryRunner)) return work();
  await queryRunner.startTransaction();
  try {
    const result = await work();
    await queryRunner.commitTransaction();
    return result;
  } catch (error) {
    await queryRunner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

/** A transaction on SQLite has the only write lock from its start, and D1 has none: see the batch. */
async function lock(queryRunner: QueryRunner, found: Found): Promise<void> {
  if (!WORDINGS[found.dialect].locks || !queryRunner.isTransactionActive) return;
  await withTableLockTimeout(queryRunner, found.dialect, async () => {
    await queryRunner.query(lockSql(countedIn(found)));
  });
}

const isKept = (choice: RowsChoice): choice is Kept =>
  typeof choice === 'object' && 'kept' in choice;

/** Where the statements of a transaction are sent when it commits, without a lock. */
const isOnD1 = (queryRunner: QueryRunner): boolean =>
  dataSourceOf(queryRunner).driver instanceof D1Driver;

/** A statement that makes the batch fail as a whole if there are rows by then. */
function batchGuard(queryRunner: QueryRunner, found: Found, choice: RowsChoice): string {
  const { driver } = dataSourceOf(queryRunner);
  const records = driver.escape(tableOfRecords(queryRunner));
  return (
    `INSERT INTO ${records} ("timestamp", "name") ${countingSql(countedIn(found), 'sqlite')}\n` +
    `SELECT 0, json_extract('{}', ${rowsText('sqlite', 'Nothing was changed.')})\n` +
    `FROM counted WHERE ${isNewSql(choice)} HAVING count(*) > 0`
  );
}
