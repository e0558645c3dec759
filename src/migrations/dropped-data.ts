import type { DataSource } from 'typeorm';
import { goneColumns, watchColumns } from './gone-columns';
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
  watchColumns(recorder);
  await runPlain(original, 'down', recorder);
  const tables = droppedTables(recorded);
  const changed = goneColumns(recorder).map(({ table, column, text }) => ({
    ...{ schema: undefined, table, column },
    literal: LITERAL.exec(text)?.[1],
  }));
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
