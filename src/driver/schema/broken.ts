import type { QueryRunner } from 'typeorm';
import { quote } from '../sql/quote';
import type { MasterRow } from './definition';
import { eventOf, putAside } from './dependents';

type Runner = Pick<QueryRunner, 'query'>;

/**
 * The views and triggers that use something that is not there. They do no harm until they are used,
 * but SQLite renames no table and no column beside one, whatever it uses.
 *
 * @param rows the live schema
 */
export async function readBroken(
  queryRunner: Runner,
  rows: readonly MasterRow[],
): Promise<MasterRow[]> {
  const broken: MasterRow[] = [];
  for (const row of rows) {
    if (row.type !== 'view' && row.type !== 'trigger') continue;
    // EXPLAIN compiles a statement, with all views and triggers that it uses, and does not run it.
    const sql =
      row.type === 'view'
        ? `SELECT * FROM ${nameOf(row, row.name)}`
        : await using(queryRunner, row);
    const works = await queryRunner.query(`EXPLAIN ${sql}`).then(
      () => true,
      () => false,
    );
    if (!works) broken.push(row);
  }
  return broken;
}

/** A statement that sets the trigger off. */
async function using(queryRunner: Runner, row: MasterRow): Promise<string> {
  const table = nameOf(row, row.tbl_name);
  const event = eventOf(row);
  if (event === 'delete') return `DELETE FROM ${table}`;
  if (event === 'insert') return `INSERT INTO ${table} DEFAULT VALUES`;
  const columns = (await queryRunner
    .query(`SELECT "name" FROM pragma_table_info(?)`, [row.tbl_name])
    .catch(() => [])) as { name: string }[];
  return `UPDATE ${table} SET ${columns.map(({ name }) => `${quote(name)} = NULL`).join(', ')}`;
}

/** A TEMP trigger may be on a table of the file. */
const nameOf = ({ temporary, type }: MasterRow, name: string): string =>
  temporary ? (type === 'view' ? `temp.${quote(name)}` : quote(name)) : `main.${quote(name)}`;

/** Puts them aside for `statements` if one of these renames or drops something. */
export function besideBroken(
  broken: readonly MasterRow[],
  statements: readonly string[],
): string[] {
  if (!statements.some(looksAtAll)) return [...statements];
  const dropping = (table: string): string => `DROP TABLE ${quote(table)}`.toLowerCase();
  const lower = new Set(statements.map((sql) => sql.toLowerCase()));
  // A trigger of a rebuilt table goes with that, and is made again with it.
  const left = broken.filter(
    ({ type, tbl_name: table, temporary }) =>
      temporary === true || type === 'view' || !lower.has(dropping(table)),
  );
  const { drop, create } = putAside(left);
  return [...drop, ...statements, ...create];
}

/** Whether SQLite looks at all views and triggers for a statement. */
export const looksAtAll = (sql: string): boolean =>
  /^ALTER TABLE (?:"(?:[^"]|"")*") (?:RENAME|DROP)\b/.test(sql);
