import { quote } from '../sql/quote';
import { closing, is, nameAsWritten, type Token, tokenize } from '../sql/tokens';
import { type MasterRow, readTable, renameTables } from './definition';
import { withParts } from './with-parts';

/**
 * The rows of `sqlite_master` after these statements on an empty database, worked out without one.
 * Statements that change rows count for nothing.
 *
 * @throws Error for a statement that it can't follow
 */
export function replay(statements: readonly string[]): MasterRow[] {
  return statements.flatMap(split).reduce<MasterRow[]>(step, []);
}

/** A query of a migration may be several statements; those of a trigger's body belong to it. */
function split(sql: string): string[] {
  const tokens = tokenize(sql);
  if (isTrigger(tokens)) return [sql.trim().replace(/;$/, '')];
  const parts: string[] = [];
  let start = 0;
  for (const token of tokens) {
    if (!is(token, ';')) continue;
    parts.push(sql.slice(start, token.start));
    start = token.end;
  }
  return [...parts, sql.slice(start)].map((part) => part.trim()).filter((part) => part !== '');
}

const isTrigger = (tokens: readonly Token[]): boolean =>
  is(tokens[0], 'create') && tokens.slice(1, 3).some((token) => is(token, 'trigger'));

const KINDS = ['table', 'index', 'view', 'trigger'];
/** What makes and drops nothing. */
const OTHERS = ['insert', 'update', 'delete', 'select', 'with', 'pragma', 'analyze', 'reindex'];

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function step(rows: MasterRow[], sql: string): MasterRow[] {
  const tokens = tokenize(sql);
  const [first] = tokens;
  if (first === undefined || OTHERS.includes(first.text)) return rows;
  const at = tokens.findIndex((token, index) => index > 0 && KINDS.includes(token.text));
  const type = tokens[at]?.text ?? '';
  const isConditional = is(tokens[at + 1], 'if');
  const named = at + 1 + (isConditional ? (is(first, 'create') ? 3 : 2) : 0);
  const name = nameAsWritten(sql, tokens[named]);
  if (is(first, 'create') && at > 0) {
    const isThere = rows.some((row) => same(row.name, name));
    if (isThere && isConditional) return rows;
    const on = tokens.findIndex((token) => is(token, 'on'));
    const table = type === 'table' || type === 'view' ? name : nameAsWritten(sql, tokens[on + 1]);
    // SQLite keeps the text without this.
    const text = isConditional
      ? `CREATE ${sql.slice(tokens[1]?.start, tokens[at]?.end)} ${sql.slice(tokens[named]?.start)}`
      : sql;
    return [...rows, { type, name, tbl_name: table, sql: text }];
  }
  if (is(first, 'drop') && at > 0) {
    return rows.filter(
      (row) => !(same(row.name, name) || (type === 'table' && same(row.tbl_name, name))),
    );
  }
  if (is(first, 'alter') && type === 'table') return alter(rows, sql, tokens.slice(named));
  throw new Error(`it sends a statement that is not known here: ${sql.slice(0, 60)}`);
}

/** @param tokens from the table's name on */
function alter(rows: MasterRow[], sql: string, tokens: readonly Token[]): MasterRow[] {
  const [table, verb, next, ...rest] = tokens;
  const name = nameAsWritten(sql, table);
  const word = is(next, 'column') ? rest : [next, ...rest];
  const change = (work: (text: string) => string): MasterRow[] =>
    rows.map((row) =>
      row.type === 'table' && same(row.name, name) ? { ...row, sql: work(row.sql ?? '') } : row,
    );
  if (is(verb, 'add')) {
    const added = sql.slice(word[0]?.start);
    return change((text) => {
      const all = tokenize(text);
      const end =
        all[
          closing(
            all,
            all.findIndex((token) => is(token, '(')),
          )
        ];
      return `${text.slice(0, end?.start).trimEnd()}, ${added})${text.slice(end?.end)}`;
    });
  }
  if (is(verb, 'drop')) {
    const gone = word[0]?.text ?? '';
    return change((text) => {
      const read = readTable(name, text, []);
      const left = [...read.definitions].filter(([key]) => key !== `column ${gone}`);
      return withParts(read, { definitions: new Map(left) }).sql;
    });
  }
  if (is(verb, 'rename') && is(next, 'to'))
    return renameTable(rows, name, nameAsWritten(sql, rest[0]));
  if (is(verb, 'rename')) {
    const to = word[2];
    return renameColumn(rows, name, word[0]?.text ?? '', quote(nameAsWritten(sql, to)));
  }
  throw new Error(`it sends a statement that is not known here: ${sql.slice(0, 60)}`);
}

function renameTable(rows: MasterRow[], from: string, to: string): MasterRow[] {
  const names = new Map([[from.toLowerCase(), to]]);
  return rows.map((row) => {
    const isOwn = same(row.tbl_name, from);
    const text = row.sql ?? '';
    if (row.type === 'table') {
      const name = same(row.name, from) ? to : row.name;
      return { ...row, name, tbl_name: name, sql: renameTables(text, names) };
    }
    if (!isOwn) return row;
    const tokens = tokenize(text);
    const table = tokens[tokens.findIndex((token) => is(token, 'on')) + 1];
    return {
      ...row,
      tbl_name: to,
      sql: `${text.slice(0, table?.start)}${quote(to)}${text.slice(table?.end)}`,
    };
  });
}

/** In the table, its indexes, and the foreign keys of others that refer to it. */
function renameColumn(rows: MasterRow[], table: string, from: string, to: string): MasterRow[] {
  return rows.map((row) => {
    const isOwn = same(row.tbl_name, table) && ['table', 'index'].includes(row.type);
    if (!isOwn && row.type !== 'table') return row;
    const text = row.sql ?? '';
    let owner = isOwn ? table.toLowerCase() : '';
    let result = '';
    let end = 0;
    const tokens = tokenize(text);
    tokens.forEach((token, index) => {
      const before = tokens[index - 1];
      if (is(before, 'references')) owner = token.text;
      else if (is(before, ')')) owner = isOwn ? table.toLowerCase() : '';
      const isName = ['table', 'index', 'on', 'constraint', 'references'].some((word) =>
        is(before, word),
      );
      if (token.text !== from || owner !== table.toLowerCase() || isName) return;
      result += text.slice(end, token.start) + to;
      end = token.end;
    });
    return { ...row, sql: result + text.slice(end) };
  });
}
