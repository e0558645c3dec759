import { quote } from '../sql/quote';
import { is, type Token, tokenize } from '../sql/tokens';
import { meaningOf } from './column-clauses';
import { type Definition, readTable, type TableDefinition } from './definition';
import { isRequired } from './plan';

/** By table, in lower case: columns with another name in the live table, which is the value. */
export type Renames = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * The columns of `intended` that have another name in `live`: one column more and one less that are
 * otherwise the same. One that may be left out, and that nothing else of the table names, is not
 * taken for a rename: the other column may as well be somebody else's.
 */
export function renamesOf(
  intended: TableDefinition,
  live: TableDefinition | undefined,
): ReadonlyMap<string, string> {
  if (!live) return new Map();
  const missing = columnsOnlyIn(intended, live);
  const extra = columnsOnlyIn(live, intended);
  return pairs(missing, extra, (column, other) => {
    if (renameIn(column, other.name) !== other.canonical) return 0;
    if (isNamed(intended, column.name, live, other.name)) return 2;
    return isRequired(column) ? 1 : 0;
  });
}

/**
 * Pairs what fits only each other, best evidence first.
 *
 * @param evidence 2 is proof, 1 is possible, 0 is no
 */
export function pairs<T extends { readonly name: string }>(
  missing: readonly T[],
  extra: readonly T[],
  evidence: (missing: T, extra: T) => 0 | 1 | 2,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const wanted of [2, 1]) {
    const taken = new Set(found.values());
    const left = extra.filter(({ name }) => !taken.has(name));
    const open = missing.filter(({ name }) => !found.has(name));
    for (const one of open) {
      const [match, ...more] = left.filter((other) => evidence(one, other) === wanted);
      if (!match || more.length > 0) continue;
      if (open.some((other) => other !== one && evidence(other, match) === wanted)) continue;
      found.set(one.name, match.name);
    }
  }
  return found;
}

const columnsOnlyIn = (table: TableDefinition, other: TableDefinition): Definition[] =>
  [...table.definitions]
    .filter(([key, { kind }]) => kind === 'column' && !other.definitions.has(key))
    .map(([, part]) => part);

/** Whether a constraint or index of both names the one column here, and the other there. */
function isNamed(
  intended: TableDefinition,
  column: string,
  live: TableDefinition,
  other: string,
): boolean {
  const names = (text: string | undefined, name: string): boolean =>
    tokenize(text ?? '').some((token) => token.text === name);
  const constraints = [...intended.definitions].filter(([, { kind }]) => kind === 'constraint');
  return (
    constraints.some(
      ([key, { text }]) => names(text, column) && names(live.definitions.get(key)?.text, other),
    ) ||
    [...intended.indexes].some(
      ([key, { sql }]) => names(sql, column) && names(live.indexes.get(key)?.sql, other),
    )
  );
}

const renameIn = (column: Definition, name: string): string =>
  meaningOf(
    tokenize(column.text).map((token) =>
      token.text === column.name ? { ...token, text: name } : token,
    ),
  );

/** `table` with the names that its columns, and those it references, have in the live tables. */
export function underLiveNames(table: TableDefinition, renames: Renames): TableDefinition {
  if ([...renames.values()].every(({ size }) => size === 0)) return table;
  const rename = (sql: string): string => renameColumns(sql, table.name.toLowerCase(), renames);
  return readTable(
    table.name,
    rename(table.sql),
    [...table.indexes.values()].map(({ sql }) => rename(sql)),
    table.triggers,
  );
}

/** SQLite then renames the column wherever a view, a trigger, an index or a constraint names it. */
export function renameBack(
  table: TableDefinition,
  renames: Renames,
  direction: 'up' | 'down' = 'up',
): string[] {
  return [...(renames.get(table.name.toLowerCase()) ?? [])].map(([name, live]) => {
    const wanted = table.definitions.get(`column ${name}`)?.written ?? name;
    const [from, to] = direction === 'up' ? [live, wanted] : [wanted, live];
    return `ALTER TABLE ${quote(table.name)} RENAME COLUMN ${quote(from)} TO ${quote(to)}`;
  });
}

const BEFORE_A_NAME = ['table', 'index', 'on', 'constraint', 'references'];

function renameColumns(sql: string, table: string, renames: Renames): string {
  const tokens = tokenize(sql);
  let renamed = '';
  let position = 0;
  /** The table whose columns are named. */
  let owner = table;
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    if (is(before, 'references')) owner = token.text;
    if (is(before, ')')) owner = table;
    const name = renames.get(owner)?.get(token.text);
    if (name === undefined || !isColumn(token, before, tokens[index + 1])) return;
    renamed += `${sql.slice(position, token.start)}${quote(name)}`;
    position = token.end;
  });
  return renamed + sql.slice(position);
}

/** Not a function, the type after a name, or the name of something else. */
function isColumn(token: Token, before: Token | undefined, after: Token | undefined): boolean {
  if (BEFORE_A_NAME.some((word) => is(before, word))) return false;
  return token.quoted || !(is(after, '(') || before?.quoted);
}
