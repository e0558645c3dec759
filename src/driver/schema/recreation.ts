import type { QueryRunner, Table, TableColumn } from 'typeorm';
import { Query } from '../typeorm';
import { quote } from '../sql/quote';
import { createTableStatement } from './create-table';
import {
  type Definition,
  type MasterRow,
  readTable,
  readTables,
  type TableDefinition,
} from './definition';
import { indexText, keptIndexes } from './host-comparison';
import { planned } from './planned';

/** A table before and after a change, as TypeORM's query runner has both. */
export interface Recreation {
  readonly live: TableDefinition;
  readonly before: Table;
  readonly after: Table;
  readonly type: (column: TableColumn) => string;
}

/** Plans the change of one table. */
export async function planRecreation(
  queryRunner: Pick<QueryRunner, 'query'>,
  rows: readonly MasterRow[],
  recreation: Recreation,
): Promise<{ readonly table: TableDefinition; readonly up: Query[]; readonly down: Query[] }> {
  const live = readTables(rows);
  const table = recreated(recreation);
  const { up, down } = await planned(queryRunner, {
    live,
    intended: new Map([...live, [table.name, table]]),
    rows,
    moved: new Map([[table.name, movedColumns(recreation)]]),
  });
  const queries = (statements: readonly string[]): Query[] =>
    statements.map((sql) => new Query(sql));
  return { table, up: queries(up), down: queries(down) };
}

/**
 * The table after the change. What the change leaves alone keeps its text, with what TypeORM does
 * not read of it, such as a CHECK without a name.
 */
function recreated({ live, before, after, type }: Recreation): TableDefinition {
  const render = (table: Table): TableDefinition =>
    readTable(table.name, createTableStatement(table, type), []);
  const rendered = render(after);
  const sql = withChanges(live, render(before), rendered) ?? rendered.sql;
  const indexes = keptIndexes(after, live, new Set(before.indices.map(indexText)));
  return readTable(after.name, sql, indexes, live.triggers);
}

/** Undefined if a part that changes is not in the live table as TypeORM would write it. */
function withChanges(
  live: TableDefinition,
  before: TableDefinition,
  after: TableDefinition,
): string | undefined {
  const parts = new Map<string, Definition>(live.definitions);
  const isChanged = (key: string): boolean =>
    before.definitions.get(key)?.canonical !== after.definitions.get(key)?.canonical;
  for (const key of before.definitions.keys()) {
    if (!isChanged(key)) continue;
    const present = parts.get(key);
    if (!present || hasConstraint(present)) return undefined;
    const young = after.definitions.get(key);
    if (young) parts.set(key, young);
    else parts.delete(key);
  }
  for (const [key, part] of after.definitions) {
    if (before.definitions.has(key)) continue;
    if (parts.has(key)) return undefined;
    parts.set(key, part);
  }
  const lines = (['column', 'constraint'] as const).flatMap((kind) =>
    [...parts.values()].filter((part) => part.kind === kind).map(({ text }) => text),
  );
  const options = live.options === '' ? '' : ` ${live.options}`;
  return `CREATE TABLE ${quote(after.name)} (\n  ${lines.join(',\n  ')}\n)${options}`;
}

/** Whether a column carries a constraint, which TypeORM writes after all columns. */
const hasConstraint = ({ kind, canonical }: Definition): boolean =>
  kind === 'column' && /\b(primary|unique|references|check)\b/.test(canonical);

/** The columns, in lower case, that the new ones take their values from. */
function movedColumns({ before, after }: Recreation): ReadonlyMap<string, string> {
  const has = (table: Table, name: string): boolean =>
    table.columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
  if (before.columns.length !== after.columns.length) return new Map();
  return new Map(
    after.columns.flatMap(({ name }, index) => {
      const old = before.columns[index]?.name;
      if (old === undefined || has(before, name) || has(after, old)) return [];
      return [[name.toLowerCase(), old.toLowerCase()] as const];
    }),
  );
}

/** The live schema after `table` has been changed. */
export function withTable(rows: readonly MasterRow[], table: TableDefinition): MasterRow[] {
  const row = (type: string, name: string, sql: string): MasterRow => ({
    type,
    name,
    tbl_name: table.name,
    sql,
  });
  return [
    ...rows.filter(
      ({ type, tbl_name: owner }) => owner !== table.name || (type !== 'table' && type !== 'index'),
    ),
    row('table', table.name, table.sql),
    ...[...table.indexes.values()].map(({ written, sql }) => row('index', written, sql)),
  ];
}
