import type { QueryRunner } from 'typeorm';
import { engineOf } from '../../engines/registry';
import { Patience } from '../../migrator/waiting';
import type { BillingKinds, NamedTable } from '../billing-columns';
import { columnExpression, recordType } from './decode';
import { assertCount } from '../refusals';
import { pairs } from '../store';
import type { Expected, LiveKey, Missing, RestoredTable, Snapshot, Stage, Store } from '../store';
import {
  columnsOf,
  countOf,
  keysOf,
  pathOf,
  type PostgresColumn,
  quote,
  setForTransaction,
} from './catalog';
import { readPages } from './read';

/** What `missing` lists. */
const LISTED = 20;

export const postgresStore: Store = {
  async snapshot(dataSource, tables, kinds, within) {
    const queryRunner = within ?? dataSource.createQueryRunner('master');
    const end = async (): Promise<void> => {
      if (within !== undefined) return;
      if (queryRunner.isTransactionActive) await queryRunner.rollbackTransaction();
      await queryRunner.release();
    };
    try {
      const there = await present(queryRunner, tables, kinds);
      if (within === undefined) {
        await queryRunner.startTransaction('REPEATABLE READ');
        await queryRunner.query('SET TRANSACTION READ ONLY');
        // Before the snapshot is taken: nobody can then empty a table that it is to show.
        await lock(queryRunner, there, 'ACCESS SHARE');
      } else {
        // As they are dropped next, nobody may add a row that is not in the backup.
        await lock(queryRunner, there, 'ACCESS EXCLUSIVE');
      }
      const reset = await setForTransaction(queryRunner);
      return snapshotOn(queryRunner, kinds, async () => {
        // After an error the transaction takes no statement, and ends with its settings.
        await reset().catch(() => undefined);
        await end();
      });
    } catch (error) {
      await end();
      throw error;
    }
  },

  async stage(dataSource, tables, kinds) {
    const queryRunner = dataSource.createQueryRunner('master');
    try {
      await new Patience({ dataSource, engine: engineOf(dataSource) }).beginLocked(queryRunner);
      const there = await present(queryRunner, tables, kinds);
      await lock(queryRunner, there, 'SHARE ROW EXCLUSIVE');
      await setForTransaction(queryRunner);
      return new PostgresStage(queryRunner, kinds);
    } catch (error) {
      if (queryRunner.isTransactionActive) await queryRunner.rollbackTransaction();
      await queryRunner.release();
      throw error;
    }
  },
};

const snapshotOn = (
  queryRunner: QueryRunner,
  kinds: BillingKinds,
  end: () => Promise<void>,
): Snapshot => ({
  columns: (table) => columnsOf(queryRunner, kinds, table),
  keys: (table) => keysOf(queryRunner, table),
  count: (table) => countOf(queryRunner, pathOf(table)),
  pages: (table, columns) => readPages(queryRunner, pathOf(table), columns),
  end,
});

async function present(
  queryRunner: QueryRunner,
  tables: readonly NamedTable[],
  kinds: BillingKinds,
): Promise<NamedTable[]> {
  const there: NamedTable[] = [];
  for (const table of tables) {
    if ((await columnsOf(queryRunner, kinds, table)).length > 0) there.push(table);
  }
  return there;
}

async function lock(
  queryRunner: QueryRunner,
  tables: readonly NamedTable[],
  mode: string,
): Promise<void> {
  if (tables.length === 0) return;
  await queryRunner.query(`LOCK TABLE ${tables.map(pathOf).join(', ')} IN ${mode} MODE`);
}

/** One transaction, with temporary tables that it drops. */
class PostgresStage implements Stage {
  #tables: readonly RestoredTable[] = [];

  constructor(
    private readonly queryRunner: QueryRunner,
    private readonly kinds: BillingKinds,
  ) {}

  columns(table: NamedTable): Promise<readonly PostgresColumn[]> {
    return columnsOf(this.queryRunner, this.kinds, table);
  }

  keys(table: NamedTable): Promise<LiveKey[]> {
    return keysOf(this.queryRunner, table);
  }

  count(table: NamedTable): Promise<number> {
    return countOf(this.queryRunner, pathOf(table));
  }

  async prepare(tables: readonly RestoredTable[]): Promise<void> {
    this.#tables = tables;
    for (const table of tables) {
      await this.queryRunner.query(
        `CREATE TEMP TABLE ${this.#staged(table, false)} ON COMMIT DROP AS ` +
          `SELECT ${listOf(table)} FROM ${pathOf(table)} WITH NO DATA`,
      );
    }
  }

  async load(table: RestoredTable, lines: Buffer): Promise<void> {
    const live = table.live as readonly PostgresColumn[];
    const read = pairs({ columns: table.columns, live }).map(([column, target]) => ({
      type: `${quote(column.name)} ${recordType(column.kind, target)}`,
      value: columnExpression(`r.${quote(column.name)}`, column.kind, target),
    }));
    await this.queryRunner.query(
      `INSERT INTO ${this.#staged(table)} SELECT ${read.map(({ value }) => value).join(', ')} ` +
        `FROM json_to_recordset($1::json) AS r (${read.map(({ type }) => type).join(', ')})`,
      [asArray(lines)],
    );
  }

  async loaded(table: RestoredTable): Promise<void> {
    await this.queryRunner.query(`ANALYZE ${this.#staged(table)}`);
  }

  async missing(table: RestoredTable, key: LiveKey): Promise<Missing> {
    const [column = ''] = key.columns;
    const values = `s.${quote(column)}::text`;
    const rows = (await this.queryRunner.query(
      `SELECT ${values} AS "value", count(*)::int AS "rows", sum(count(*)) OVER ()::text AS "all" ` +
        `FROM ${this.#missing(table, key)} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${LISTED}`,
    )) as { value: string; all: string }[];
    return { rows: Number(rows[0]?.all ?? 0), values: rows.map(({ value }) => value) };
  }

  missingRows(table: RestoredTable, key: LiveKey): ReturnType<Stage['missingRows']> {
    return readPages(this.queryRunner, this.#missing(table, key), table.live);
  }

  async leaveOut(table: RestoredTable, key: LiveKey): Promise<void> {
    const where = `WHERE ctid IN (SELECT s.ctid FROM ${this.#missing(table, key)})`;
    const staged = this.#staged(table);
    const nulls = key.columns.map((column) => `${quote(column)} = NULL`).join(', ');
    await this.queryRunner.query(
      key.setsNull ? `UPDATE ${staged} SET ${nulls} ${where}` : `DELETE FROM ${staged} ${where}`,
    );
  }

  async finish(tables: readonly RestoredTable[], expected: Expected): Promise<void> {
    for (const table of tables) {
      const list = listOf(table);
      await this.queryRunner.query(
        `INSERT INTO ${pathOf(table)} (${list}) OVERRIDING SYSTEM VALUE SELECT ${list} FROM ${this.#staged(table)}`,
      );
      assertCount(table, await this.count(table), expected);
      await this.#setSequences(table);
    }
    await this.queryRunner.commitTransaction();
  }

  /** A counter of the host's goes on after the highest number. */
  async #setSequences(table: RestoredTable): Promise<void> {
    for (const { name, kind } of table.live) {
      if (kind !== 'integer') continue;
      await this.queryRunner.query(
        `SELECT setval(s, m) FROM pg_get_serial_sequence($1, $2) s, ` +
          `(SELECT max(${quote(name)}) AS m FROM ${pathOf(table)}) x WHERE s IS NOT NULL AND m > 0`,
        [pathOf(table), name],
      );
    }
  }

  async end(): Promise<void> {
    if (this.queryRunner.isTransactionActive) {
      await this.queryRunner.rollbackTransaction().catch(() => undefined);
    }
    await this.queryRunner.release();
  }

  #staged({ name }: NamedTable, isThere = true): string {
    return `${isThere ? 'pg_temp.' : ''}${quote(`billing_restore_${name}`)}`;
  }

  /** `… s WHERE …`, of the rows whose key is missing. */
  #missing(table: RestoredTable, { columns, parent, parentColumns }: LiveKey): string {
    const restored = this.#tables.find(
      (one) => one.table === parent.table && (one.schema ?? parent.schema) === parent.schema,
    );
    const there = restored === undefined ? pathOf(parent) : this.#staged(restored);
    const isGiven = columns.map((column) => `s.${quote(column)} IS NOT NULL`);
    const same = columns.map(
      (column, index) => `p.${quote(parentColumns[index] ?? '')} = s.${quote(column)}`,
    );
    return (
      `${this.#staged(table)} s WHERE ${isGiven.join(' AND ')} ` +
      `AND NOT EXISTS (SELECT FROM ${there} p WHERE ${same.join(' AND ')})`
    );
  }
}

const listOf = ({ live }: RestoredTable): string => live.map(({ name }) => quote(name)).join(', ');

const [NEWLINE, COMMA] = [10, 44];

/** Lines as a JSON array: in JSON no newline stands for itself. As bytes, which `pg` sends as they are. */
function asArray(lines: Buffer): Buffer {
  const length = lines.at(-1) === NEWLINE ? lines.length - 1 : lines.length;
  const array = Buffer.concat([Buffer.from('['), lines.subarray(0, length), Buffer.from(']')]);
  for (let at = array.indexOf(NEWLINE); at !== -1; at = array.indexOf(NEWLINE, at + 1)) {
    array[at] = COMMA;
  }
  return array;
}
