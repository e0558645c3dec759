import { quote } from '../sql/quote';
import { is, nameAsWritten, type Token, tokenize } from '../sql/tokens';
import { clausesOf, meaningOf } from './column-clauses';

/**
 * A table as SQLite's stored text defines it, read as far as a comparison needs. Names, types and
 * expressions are compared word by word: quotes, case, comments and line breaks don't count.
 */
export interface TableDefinition {
  readonly name: string;
  /** The CREATE TABLE statement, ready to run. */
  readonly sql: string;
  /** The columns and constraints, by kind and name. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /** What follows the closing parenthesis, such as `strict`. */
  readonly options: string;
  readonly indexes: ReadonlyMap<string, IndexDefinition>;
  /** The statements of the table's triggers. A rebuild has to create them again. */
  readonly triggers: readonly string[];
  /** Tables that this one references. */
  readonly references: ReadonlySet<string>;
}

export interface Definition {
  readonly kind: 'column' | 'constraint';
  /** In lower case. */
  readonly name: string;
  /** The name of a column with its letters as they are. */
  readonly written: string;
  /** The text as written. */
  readonly text: string;
  /** What it means, in one spelling. */
  readonly canonical: string;
}

export interface IndexDefinition {
  /** In lower case. */
  readonly name: string;
  /** The name with its letters as they are. */
  readonly written: string;
  readonly sql: string;
  readonly canonical: string;
}

/** A row of `sqlite_master`. `sql` is null for an index that SQLite creates by itself. */
export interface MasterRow {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string | null;
  /** Whether it is TEMP: of one connection, and not in the file. */
  readonly temporary?: boolean;
}

/** Makes one definition per table out of the rows of `sqlite_master`. */
export function readTables(rows: readonly MasterRow[]): Map<string, TableDefinition> {
  const tables = new Map<string, TableDefinition>();
  const lasting = rows.filter(({ temporary }) => !temporary);
  for (const row of lasting) {
    if (row.type !== 'table' || row.sql === null) continue;
    // Of a trigger, SQLite keeps the table's name as the trigger's text writes it.
    const own = lasting.filter(
      (other) => other.tbl_name.toLowerCase() === row.name.toLowerCase() && other.sql !== null,
    );
    const indexes = own.filter(({ type }) => type === 'index').map(({ sql }) => sql ?? '');
    const triggers = own.filter(({ type }) => type === 'trigger').map(({ sql }) => sql ?? '');
    tables.set(row.name, readTable(row.name, row.sql, indexes, triggers));
  }
  return tables;
}

/** Reads a CREATE TABLE statement and the statements of the table's indexes and triggers. */
export function readTable(
  name: string,
  sql: string,
  indexes: readonly string[],
  triggers: readonly string[] = [],
): TableDefinition {
  const tokens = tokenize(sql);
  const opening = tokens.findIndex((token) => is(token, '('));
  const parts: Token[][] = [[]];
  let depth = 0;
  let index = opening;
  for (; index < tokens.length; index++) {
    const token = tokens[index];
    if (!token) break;
    if (is(token, ')') && --depth === 0) break;
    if (is(token, ',') && depth === 1) parts.push([]);
    else if (depth > 0) parts.at(-1)?.push(token);
    if (is(token, '(')) depth++;
  }
  const definitions = parts.filter((part) => part.length > 0).map((part) => read(part, sql));
  return {
    name,
    sql,
    definitions: new Map(definitions.map((part) => [`${part.kind} ${part.name}`, part])),
    options: tokens
      .slice(index + 1)
      .map((token) => token.text)
      .join(' '),
    indexes: new Map(indexes.map(readIndex).map((read) => [read.name, read])),
    triggers,
    references: new Set(
      tokens.flatMap((token, at) => (is(token, 'references') ? [tokens[at + 1]?.text ?? ''] : [])),
    ),
  };
}

const UNNAMED = new Set(['primary', 'unique', 'check', 'foreign']);

function read(tokens: readonly Token[], sql: string): Definition {
  const words = tokens.map((token) => token.text);
  const text = sql.slice(tokens[0]?.start, tokens.at(-1)?.end);
  const form = words.join(' ');
  const quoted = tokens[0]?.quoted ?? false;
  const constraint = { kind: 'constraint', written: '', text, canonical: form } as const;
  if (words[0] === 'constraint' && !quoted) return { ...constraint, name: words[1] ?? '' };
  if (UNNAMED.has(words[0] ?? '') && !quoted) return { ...constraint, name: form };
  const written = nameAsWritten(sql, tokens[0]);
  const meaning = meaningOf(tokens);
  return { kind: 'column', name: words[0] ?? '', written, text, canonical: meaning };
}

/** The words that give a column its default, as written; undefined if it has none. */
export function defaultOf(column: Definition | undefined): string | undefined {
  const text = column?.text ?? '';
  const clause = clausesOf(tokenize(text)).find(([first]) => is(first, 'default'));
  return clause && text.slice(clause[0]?.start, clause.at(-1)?.end);
}

function readIndex(sql: string): IndexDefinition {
  const tokens = tokenize(sql);
  let at = tokens.findIndex((token) => is(token, 'index')) + 1;
  if (is(tokens[at], 'if')) at += 3;
  const name = tokens[at]?.text ?? '';
  const written = nameAsWritten(sql, tokens[at]);
  return { name, written, sql, canonical: tokens.map((token) => token.text).join(' ') };
}

/** The CREATE TABLE statement with new names for the table and for the tables it references. */
export function renameTables(sql: string, names: ReadonlyMap<string, string>): string {
  let renamed = '';
  let position = 0;
  const tokens = tokenize(sql);
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    const name = names.get(token.text);
    if (name === undefined || (!is(before, 'references') && !(is(before, 'table') && index === 2)))
      return;
    renamed += `${sql.slice(position, token.start)}${quote(name)}`;
    position = token.end;
  });
  return renamed + sql.slice(position);
}
