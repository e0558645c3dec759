import { readTable } from '../../src/driver/schema/definition';
import type { Statements } from './statements';

const CREATE_TABLE = /^CREATE TABLE "(\w+)"/;
const ADD_FOREIGN_KEY =
  /^ALTER TABLE "(\w+)" ADD (CONSTRAINT "\w+" FOREIGN KEY .* REFERENCES "(\w+)"\s*\(.*)$/s;
const CREATE_INDEX = /^CREATE (?:UNIQUE )?INDEX "(\w+)" ON "(\w+)"/;

/**
 * Makes TypeORM's statements fit to be read: a table that is created is one statement with its
 * foreign keys, one definition a line, parents before children, followed by its indexes; on the way
 * back it is dropped whole, children first.
 */
export function tidyPostgres({ up, down }: Statements): Statements {
  const created = up.flatMap((sql) => CREATE_TABLE.exec(sql)?.[1] ?? []);
  const keys = up.flatMap((sql) => {
    const [, table, definition, parent] = ADD_FOREIGN_KEY.exec(sql) ?? [];
    if (table === undefined || definition === undefined || parent === undefined) return [];
    return created.includes(table) ? [{ sql, table, definition, parent }] : [];
  });
  const order = parentsFirst(created, keys);
  const indexes = up.filter((sql) => created.includes(CREATE_INDEX.exec(sql)?.[2] ?? ''));
  const gathered = new Set([...keys.map(({ sql }) => sql), ...indexes]);
  const tables = order.flatMap((table) => [
    withForeignKeys(
      up.find((sql) => CREATE_TABLE.exec(sql)?.[1] === table) ?? '',
      keys.filter((key) => key.table === table).map(({ definition }) => definition),
    ),
    ...indexes.filter((sql) => CREATE_INDEX.exec(sql)?.[2] === table),
  ]);
  const rest = up.filter((sql) => !gathered.has(sql) && !CREATE_TABLE.test(sql));
  const names = indexes.map((sql) => CREATE_INDEX.exec(sql)?.[1] ?? '');
  return {
    up: [...tables, ...rest].map(plain),
    down: [
      ...down.filter((sql) => !undoesCreation(sql, created, names)).map(plain),
      ...[...order].reverse().map((table) => `DROP TABLE "${table}"`),
    ],
  };
}

/** Drops what falls with a created table anyway. */
function undoesCreation(
  sql: string,
  tables: readonly string[],
  indexes: readonly string[],
): boolean {
  const table = /^(?:DROP TABLE|ALTER TABLE) "(\w+)"/.exec(sql)?.[1];
  const index = /^DROP INDEX (?:"\w+"\.)?"(\w+)"/.exec(sql)?.[1];
  return tables.includes(table ?? '') || indexes.includes(index ?? '');
}

function parentsFirst(
  tables: readonly string[],
  keys: readonly { readonly table: string; readonly parent: string }[],
): string[] {
  const ordered = new Set<string>();
  const visit = (table: string): void => {
    for (const { parent } of keys.filter((key) => key.table === table)) {
      if (parent !== table && tables.includes(parent)) visit(parent);
    }
    ordered.add(table);
  };
  tables.forEach(visit);
  return [...ordered];
}

function withForeignKeys(createTable: string, keys: readonly string[]): string {
  const name = CREATE_TABLE.exec(createTable)?.[1] ?? '';
  const definitions = [...readTable(name, createTable, []).definitions.values()];
  return `CREATE TABLE "${name}" (\n  ${[...definitions.map(({ text }) => text), ...keys].join(',\n  ')}\n)`;
}

const ANY_OF =
  /\((\w+)\)::text = ANY \(\(ARRAY\[((?:'(?:[^']|'')*'::character varying(?:, )?)+)\]\)::text\[\]\)/g;

/**
 * Without the schema that TypeORM names, so that the search path decides, and with short words. A
 * list is written with IN again: Postgres would turn its own form of it into yet another.
 */
const plain = (sql: string): string =>
  sql
    .replaceAll(
      ANY_OF,
      (_, column: string, list: string) =>
        `${column} IN (${list.replaceAll('::character varying', '')})`,
    )
    .replaceAll(' USING btree (', ' (')
    .replaceAll('"public".', '')
    .replaceAll(/ ON UPDATE NO ACTION(?=,|$)/gm, '')
    .replaceAll(/\b((?:small|big)?int(?:eger)?(?: NOT NULL)? DEFAULT )'(-?\d+)'/g, '$1$2')
    .replaceAll(/\bTIMESTAMP(\(\d\))? WITH TIME ZONE/g, 'timestamptz$1')
    .replaceAll(/\bcharacter varying\b/g, 'varchar')
    .replaceAll(/\bcharacter(?=\()/g, 'char')
    .replaceAll(/(?<=") {2}(?=\()|(?<=")(?=\("\w+"\) ON )/g, ' ')
    .replaceAll(/\s+$/gm, '');
