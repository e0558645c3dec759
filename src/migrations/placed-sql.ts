import { placedName, placedTable } from '../host/placing';
import { sqlOf } from '../host/bindings';

/** Where billing's tables are, on one database. */
export interface Place {
  readonly prefix: string;
  readonly schema: string | undefined;
}

/** Comments, strings (those of Postgres' other forms too), names in quotes, words and signs. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1|"(?:[^"]|"")*"|[\w$]+|[^\s\w]/g;

/** After these words comes a table. */
const BEFORE_TABLE: ReadonlySet<string | undefined> = new Set([
  ...['TABLE', 'EXISTS', 'ONLY', 'ON', 'REFERENCES', 'INTO', 'UPDATE', 'FROM', 'JOIN', 'USING'],
  'TRUNCATE',
]);

/** After these words a list of names may come. */
const BEFORE_LIST: ReadonlySet<string | undefined> = new Set([
  ...['TABLE', 'EXISTS', 'FROM', 'TRUNCATE', 'INDEX', 'USING'],
]);

/**
 * A statement of a migration with billing's tables under the names that they have here. Only names in
 * double quotes change, as all of billing's are: those of tables where a table is named, and those of
 * constraints and indexes, which begin with their kind and their table.
 */
export function placedSql(sql: string, tables: ReadonlySet<string>, place: Place): string {
  const { prefix, schema } = place;
  if (prefix === '' && schema === undefined) return sql;
  const isPart = (name: string): boolean => {
    const rest = /^(?:pk|uq|fk|ck|ix)_(.+)$/.exec(name)?.[1];
    return (
      rest !== undefined &&
      [...tables].some((table) => rest === table || rest.startsWith(`${table}_`))
    );
  };
  const inSchema = (name: string): string => sqlOf({ schema, table: name, column: '' }).table;
  const texts = [...sql.matchAll(TOKEN)].filter(([text]) => !/^(?:--|\/\*)/.test(text));
  let result = '';
  let end = 0;
  let statement: string[] = [];
  // The word before the first of the names that a name is listed with.
  let lead: string | undefined;
  const placed = (name: string, next: string | undefined): string | undefined => {
    const before = statement.at(-1);
    if (before !== ',') lead = before;
    if (before === '.' || (before === ',' && !BEFORE_LIST.has(lead))) return undefined;
    if (tables.has(name)) {
      const renamed = placedTable(name, prefix);
      // The table of a column, or a new name: neither has a schema.
      if (next === '.' || (lead === 'TO' && statement.at(-2) === 'RENAME')) return plain(renamed);
      return BEFORE_TABLE.has(lead) ? inSchema(renamed) : undefined;
    }
    if (!isPart(name)) return undefined;
    const isIndex =
      /^(?:DROP|ALTER) INDEX$/.test(statement.slice(0, 2).join(' ')) &&
      ['INDEX', 'EXISTS', 'CONCURRENTLY'].includes(lead ?? '');
    return (isIndex ? inSchema : plain)(placedName(name, prefix));
  };
  for (const [index, { 0: text, index: start }] of texts.entries()) {
    const name = /^"([a-z_]\w*)"$/.exec(text)?.[1];
    const other = name === undefined ? undefined : placed(name, texts[index + 1]?.[0]);
    if (other !== undefined) {
      result += sql.slice(end, start) + other;
      end = start + text.length;
    }
    if (text === ';') statement = [];
    else statement.push(/^\w+$/.test(text) ? text.toUpperCase() : text);
  }
  return result + sql.slice(end);
}

const plain = (name: string): string => sqlOf({ table: name, column: '' }).table;
