import type { DataSource, QueryRunner } from 'typeorm';
import type { Definition, TableDefinition } from '../driver/schema/definition';
import { difference } from '../driver/schema/plan';
import { changesOf, noteChanges } from './change-tables';
import { droppedColumns, droppedTables } from './owned-tables';
import { type PlainMigration, recorderOf, runPlain } from './plain-migrations';

/** A table that a rollback drops, as it is called here. */
export interface DroppedTable {
  /** On Postgres, where billing's tables have a schema of their own. */
  readonly schema: string | undefined;
  readonly table: string;
}

/** A column that a rollback drops from a table which stays. */
export interface DroppedValues extends DroppedTable {
  readonly column: string;
  /** Its default where that is a literal: the next `up` gives each row this value again. */
  readonly literal: string | undefined;
}

/** What a rollback takes with it. */
export interface DroppedData {
  readonly tables: readonly DroppedTable[];
  readonly columns: readonly DroppedValues[];
}

/** A default that is the same for every row: a number, a word or a text, on Postgres with its type. */
const LITERAL =
  /\bDEFAULT\s+\(?(-?\d+(?:\.\d+)?|true|false|'(?:[^']|'')*')(?:::[\w ]+)?\)?(?=\s|,|;|$)/i;

/** What the `down` of a migration drops, with the names of tables as they are bound. */
export async function dataDroppedBy(
  original: PlainMigration,
  dataSource?: DataSource,
): Promise<DroppedData> {
  const { recorder, recorded } = recorderOf(dataSource);
  noteChanges(recorder);
  await runPlain(original, 'down', recorder);
  const tables = droppedTables(recorded);
  const changed = changedColumns(recorder);
  const named = (await columnsOf(original, recorded, dataSource)).filter(
    ({ table, column }) => !changed.some((one) => one.table === table && one.column === column),
  );
  return {
    tables,
    columns: [...changed, ...named].filter(
      ({ table }) => !tables.some((one) => one.table === table),
    ),
  };
}

/** The columns that the statements name. */
async function columnsOf(
  original: PlainMigration,
  recorded: readonly string[],
  dataSource: DataSource | undefined,
): Promise<DroppedValues[]> {
  const columns = droppedColumns(recorded);
  if (columns.length === 0) return [];
  const up = recorderOf(dataSource);
  await runPlain(original, 'up', up.recorder);
  return columns.map((one) => ({ ...one, literal: literalIn(up.recorded.join('\n'), one.column) }));
}

/** What an `ADD "column" …` says of its default. */
function literalIn(sql: string, column: string): string | undefined {
  const name = `"${column.replaceAll('"', '""')}"`;
  const [, added] = sql.split(`ADD COLUMN ${name} `, 2);
  const [, short] = sql.split(`ADD ${name} `, 2);
  return LITERAL.exec((added ?? short)?.split(/,|;|\n/, 1)[0] ?? '')?.[1];
}

/** The columns that the lists of `changeTables()` have before and not after. */
const changedColumns = (recorder: QueryRunner): DroppedValues[] =>
  changesOf(recorder).flatMap(({ from, to }) =>
    [...from].flatMap(([table, before]) => {
      const after = to.get(table);
      return (after === undefined ? [] : columnsGone(before, after)).map(({ written, text }) => ({
        ...{ schema: undefined, table, column: written },
        literal: LITERAL.exec(text)?.[1],
      }));
    }),
  );

/** A column with a new name keeps its values. */
const columnsGone = (from: TableDefinition, to: TableDefinition): readonly Definition[] =>
  difference(from, to)
    .gone.filter((key) => !to.definitions.has(key))
    .flatMap((key) => from.definitions.get(key) ?? [])
    .filter(({ kind }) => kind === 'column');
