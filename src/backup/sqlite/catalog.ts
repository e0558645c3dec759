import type { QueryRunner } from 'typeorm';
import { quote } from '../../driver/sql/quote';
import type { BillingKinds, NamedTable } from '../billing-columns';
import type { ValueKind } from '../manifest';
import type { LiveColumn, LiveKey } from '../store';

/** `hidden` is 2 or 3 of a computed column. */
const COLUMNS = `
  SELECT "name", lower("type") AS "type", "notnull" = 0 OR "dflt_value" IS NOT NULL AS "isOptional"
  FROM pragma_table_xinfo(?) WHERE "hidden" = 0 ORDER BY "cid"`;

/** A key that names no column refers to the primary key. */
const KEYS = `
  SELECT k."id" AS "id", k."from" AS "column", k."table" AS "parent",
    coalesce(k."to", (SELECT c."name" FROM pragma_table_xinfo(k."table") c WHERE c."pk" = k."seq" + 1)) AS "parentColumn",
    k."on_delete" = 'SET NULL' AS "setsNull"
  FROM pragma_foreign_key_list(?) k ORDER BY k."id", k."seq"`;

/** None if the table is not there. */
export async function columnsOf(
  queryRunner: QueryRunner,
  kinds: BillingKinds,
  { table }: Pick<NamedTable, 'table'>,
): Promise<readonly LiveColumn[]> {
  type Row = Pick<LiveColumn, 'name' | 'type'> & { readonly isOptional: number };
  const rows = (await queryRunner.query(COLUMNS, [table])) as Row[];
  const billing = kinds.get(table);
  return rows.map(({ name, type, isOptional }) => {
    const own = billing?.get(name);
    return { name, type, isOptional: isOptional === 1, kind: kindOf(type, own) };
  });
}

/** Of the host's own columns SQLite stores what it is given, so a time stays the text that it is. */
function kindOf(type: string, billing: ValueKind | undefined): ValueKind {
  if (billing === 'instant' || billing === 'json') return billing;
  if (type === 'boolean' || type === 'bool') return 'boolean';
  if (type.includes('int')) return 'integer';
  if (type === '' || type.includes('blob')) return 'bytes';
  return /real|floa|doub/.test(type) ? 'number' : 'text';
}

export async function keysOf(
  queryRunner: QueryRunner,
  { table }: Pick<NamedTable, 'table'>,
): Promise<LiveKey[]> {
  const rows = (await queryRunner.query(KEYS, [table])) as {
    readonly id: number;
    readonly column: string;
    readonly parent: string;
    readonly parentColumn: string;
    readonly setsNull: number;
  }[];
  const keys = new Map<number, LiveKey>();
  for (const { id, column, parent, parentColumn, setsNull } of rows) {
    const key = keys.get(id);
    keys.set(id, {
      columns: [...(key?.columns ?? []), column],
      parent: { schema: undefined, table: parent },
      parentColumns: [...(key?.parentColumns ?? []), parentColumn],
      setsNull: setsNull === 1,
    });
  }
  return [...keys.values()];
}

export async function countOf(queryRunner: QueryRunner, path: string): Promise<number> {
  const [row] = (await queryRunner.query(`SELECT count(*) AS "rows" FROM ${path}`)) as {
    rows: number;
  }[];
  return row?.rows ?? 0;
}

/** The name of a table's row number that no column of it has. */
export const rowNumberOf = (columns: readonly Pick<LiveColumn, 'name'>[]): string =>
  ['rowid', '_rowid_', 'oid'].find((one) =>
    columns.every(({ name }) => name.toLowerCase() !== one),
  ) ?? 'rowid';

export const listOf = (columns: readonly Pick<LiveColumn, 'name'>[]): string =>
  columns.map(({ name }) => quote(name)).join(', ');
