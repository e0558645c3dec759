/** What of a table is billing's, as the migrations that made it say. */
export interface OwnedTable {
  /** On Postgres, if the migrations name one. */
  readonly schema: string | undefined;
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns that have a default. */
  readonly defaults: readonly string[];
  /** Constraints and indexes. */
  readonly parts: readonly string[];
  /** The texts that it has had: CREATE TABLE statements, with those that add columns. */
  readonly forms: readonly string[];
}

const NAME = String.raw`"((?:[^"]|"")+)"`;
const PATH = String.raw`(?:${NAME}\.)?${NAME}`;
const CREATE_TABLE = new RegExp(String.raw`^CREATE TABLE (?:IF NOT EXISTS )?${PATH} ?\(`, 'i');
const CREATE_INDEX = new RegExp(
  String.raw`^CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?${NAME} ON ${PATH}`,
  'i',
);
const ALTER_TABLE = new RegExp(String.raw`^ALTER TABLE (?:ONLY )?${PATH} `, 'i');
const RENAME = new RegExp(String.raw`^ALTER TABLE ${PATH} RENAME TO ${NAME}`, 'i');
const RENAME_COLUMN = new RegExp(String.raw`\bRENAME (?:COLUMN )?${NAME} TO ${NAME}`, 'i');
const DROP_COLUMN = new RegExp(String.raw`\bDROP (?:COLUMN )?(?:IF EXISTS )?${NAME}`, 'gi');
const DROP_TABLE = new RegExp(String.raw`^DROP TABLE ${PATH}`, 'i');
const DROP_TABLES = /^DROP TABLE (?:IF EXISTS )?(.+)$/is;
const PATHS = new RegExp(PATH, 'g');
const COLUMN = new RegExp(String.raw`^\s*(?:ADD (?:COLUMN )?)?${NAME} (.*)$`, 'gim');
const ADDED = new RegExp(String.raw`\bADD (?:COLUMN )?${NAME} ([^,]*)`, 'gi');
const CONSTRAINT = new RegExp(String.raw`\bCONSTRAINT ${NAME}`, 'gi');

/** The tables that statements of migrations make, in the order in which they are made. */
export function ownedTables(statements: readonly string[]): OwnedTable[] {
  const tables = new Map<string, OwnedTable>();
  // A rebuilt table has its earlier form again once the rebuild is reverted.
  const rebuilt = new Map<string, OwnedTable>();
  const change = (name: string, work: (table: OwnedTable) => OwnedTable): void => {
    const table = tables.get(name);
    if (table !== undefined) tables.set(name, work(table));
  };
  for (const sql of statements.flatMap(split)) {
    const [, schema, name] = CREATE_TABLE.exec(sql) ?? [];
    if (name !== undefined) {
      tables.set(name, {
        ...{ schema: plain(schema), name: plain(name) ?? '', forms: [sql] },
        ...columnsIn(sql, COLUMN),
        parts: namesIn(sql, CONSTRAINT),
      });
    }
    const [, index, , on = ''] = CREATE_INDEX.exec(sql) ?? [];
    change(on, (table) => ({ ...table, parts: [...table.parts, plain(index) ?? ''] }));
    const [, , altered = ''] = ALTER_TABLE.exec(sql) ?? [];
    change(altered, (table) => {
      const added = columnsIn(sql, ADDED);
      const renamed =
        RENAME_COLUMN.exec(sql)
          ?.slice(2)
          .flatMap((one) => plain(one) ?? []) ?? [];
      return {
        ...table,
        forms:
          added.columns.length > 0
            ? [...table.forms, `${table.forms.at(-1) ?? ''}\n${sql}`]
            : table.forms,
        columns: [...table.columns, ...added.columns, ...renamed],
        defaults: [...table.defaults, ...added.defaults],
        parts: [...table.parts, ...namesIn(sql, CONSTRAINT)],
      };
    });
    const [, , dropped = ''] = DROP_TABLE.exec(sql) ?? [];
    const before = tables.get(dropped);
    if (before !== undefined) rebuilt.set(dropped, before);
    tables.delete(dropped);
    const [, , from = '', to = ''] = RENAME.exec(sql) ?? [];
    const renamed = tables.get(from);
    if (renamed === undefined) continue;
    tables.delete(from);
    const former = rebuilt.get(to);
    tables.set(to, {
      ...renamed,
      name: plain(to) ?? '',
      columns: [...(former?.columns ?? []), ...renamed.columns],
      defaults: [...(former?.defaults ?? []), ...renamed.defaults],
      parts: [...(former?.parts ?? []), ...renamed.parts],
      forms: [...(former?.forms ?? []), ...renamed.forms],
    });
  }
  return [...tables.values()];
}

/** Tables that are gone with their rows after the statements: a rebuild gives its table the name back. */
export function droppedTables(
  statements: readonly string[],
): { readonly schema: string | undefined; readonly table: string }[] {
  const made = new Set<string>();
  const dropped = new Map<string, { schema: string | undefined; table: string }>();
  for (const sql of statements.flatMap(split)) {
    const [, , created] = CREATE_TABLE.exec(sql) ?? [];
    if (created !== undefined) made.add(created);
    const [, , , renamed] = RENAME.exec(sql) ?? [];
    if (renamed !== undefined) dropped.delete(renamed);
    const [, list = ''] = DROP_TABLES.exec(sql) ?? [];
    for (const [, schema, name = ''] of list.matchAll(PATHS)) {
      if (!made.has(name)) dropped.set(name, { schema: plain(schema), table: plain(name) ?? '' });
    }
  }
  return [...dropped.values()];
}

/** A column that a statement of a migration drops. */
export interface DroppedColumn {
  readonly schema: string | undefined;
  readonly table: string;
  readonly column: string;
}

export const droppedColumns = (statements: readonly string[]): DroppedColumn[] =>
  statements.flatMap(split).flatMap((sql) => {
    const [, schema, table] = ALTER_TABLE.exec(sql) ?? [];
    if (table === undefined) return [];
    return namesIn(sql, DROP_COLUMN).map((column) => ({
      ...{ schema: plain(schema), table: plain(table) ?? '', column },
    }));
  });

/** A query of a migration may be several statements, each of which begins in a line of its own. */
const split = (sql: string): string[] =>
  sql
    .split(/;\s*\n/)
    .map((one) => one.trim())
    .filter((one) => one !== '');

function columnsIn(sql: string, pattern: RegExp): Pick<OwnedTable, 'columns' | 'defaults'> {
  const found = [...sql.matchAll(pattern)].map(([, name, rest = '']) => ({
    name: plain(name) ?? '',
    rest,
  }));
  return {
    columns: found.map(({ name }) => name),
    defaults: found.filter(({ rest }) => / DEFAULT /i.test(rest)).map(({ name }) => name),
  };
}

const namesIn = (sql: string, pattern: RegExp): string[] =>
  [...sql.matchAll(pattern)].map(([, name]) => plain(name) ?? '');

const plain = (name: string | undefined): string | undefined => name?.replaceAll('""', '"');
