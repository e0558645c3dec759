import { type Insertion, insertionAt } from './insertion';
import { lookupOf } from './lookup';
import { closing, is, nameAt, outermost, type Token } from './tokens';

/** What a statement does to one table, as far as its text shows. */
export class Write {
  private constructor(
    private readonly tokens: readonly Token[],
    private readonly verb: string,
    /** Whether it deletes the rows that it conflicts with. */
    private readonly replaces: boolean,
    /** In lower case, without its schema. */
    readonly table: string,
    /** The position after the table's name. */
    private readonly next: number,
  ) {}

  /**
   * @param index the position of the verb: the first word, or the word after WITH and its tables
   */
  static at(tokens: readonly Token[], index: number): Write | undefined {
    const verb = tokens[index]?.quoted ? '' : (tokens[index]?.text ?? '');
    const at = tableAt(tokens, verb, index + 1);
    const found = at === undefined ? undefined : nameAt(tokens, at);
    if (!found) return undefined;
    const isOrReplace = is(tokens[index + 1], 'or') && is(tokens[index + 2], 'replace');
    const replaces = isOrReplace || verb === 'replace';
    return new Write(tokens, verb, replaces, found.name, found.next);
  }

  /** Whether it deletes rows, or the table with all its rows. */
  get deletesRows(): boolean {
    return this.replaces || this.verb === 'delete' || this.verb === 'drop';
  }

  /** The columns that it sets in existing rows, in lower case. */
  get assigned(): ReadonlySet<string> {
    return (this.#assigned ??= assignedColumns(this.tokens));
  }
  #assigned: ReadonlySet<string> | undefined;

  /** The rows of an INSERT from VALUES; undefined for anything else. */
  get insertion(): Insertion | undefined {
    const isInsert = this.verb === 'insert' || this.verb === 'replace';
    return isInsert ? insertionAt(this.tokens, this.next) : undefined;
  }

  /**
   * The values, by column, that the written rows have before or get by it, as tokens of the text.
   * In a column that is not listed they can have any value.
   */
  get values(): ReadonlyMap<string, readonly Token[]> {
    if (this.replaces) return new Map();
    if (this.verb === 'insert') return insertedValues(this.insertion);
    if (this.verb !== 'update' && this.verb !== 'delete') return new Map();
    // Rows of another table decide which rows are updated.
    const isJoined =
      this.verb === 'update' && outermost(this.tokens).some((at) => is(this.tokens[at], 'from'));
    const lookup = isJoined ? undefined : lookupOf(this.tokens);
    // An UPDATE that sets this column gives the rows another key.
    if (!lookup || this.assigned.has(lookup.column)) return new Map();
    return new Map([[lookup.column, lookup.values]]);
  }
}

/** The position of the name of the table that is written, or undefined for any other statement. */
function tableAt(tokens: readonly Token[], verb: string, index: number): number | undefined {
  let at = index;
  const skip = (...words: string[]): boolean => {
    const isThere = words.some((word) => is(tokens[at], word));
    if (isThere) at++;
    return isThere;
  };
  switch (verb) {
    case 'insert':
      if (skip('or')) at++;
      return skip('into') ? at : undefined;
    case 'replace':
      return skip('into') ? at : undefined;
    case 'update':
      if (skip('or')) at++;
      return at;
    case 'delete':
      return skip('from') ? at : undefined;
    case 'create':
    case 'drop':
    case 'alter':
      skip('temp', 'temporary', 'virtual');
      if (!skip('table', 'view')) return undefined;
      if (skip('if')) skip('not');
      skip('exists');
      return at;
    default:
      return undefined;
  }
}

const END_OF_SET = new Set(['from', 'where', 'returning', 'order', 'limit', 'on']);

const endsSet = ({ text, quoted }: Token): boolean => !quoted && END_OF_SET.has(text);

/** `SET a = …, (b, c) = …`, in an UPDATE or after ON CONFLICT. */
function assignedColumns(tokens: readonly Token[]): ReadonlySet<string> {
  const found = new Set<string>();
  let isInside = false;
  for (const index of outermost(tokens)) {
    const token = tokens[index];
    if (is(token, 'set')) isInside = true;
    // Not the FROM of `a IS DISTINCT FROM b`, which is part of a value.
    else if (token && endsSet(token) && !is(tokens[index - 1], 'distinct')) isInside = false;
    if (!isInside || !(is(token, 'set') || is(token, ','))) continue;
    const end = is(tokens[index + 1], '(') ? closing(tokens, index + 1) : index + 2;
    for (const { text } of tokens.slice(index + 1, end)) found.add(text);
  }
  return found;
}

/** The values of the new rows by column, without the columns that have an expression in any row. */
function insertedValues(insertion: Insertion | undefined): ReadonlyMap<string, readonly Token[]> {
  const { columns, rows, updatesOthers } = insertion ?? {};
  const found = new Map<string, Token[]>();
  // ON CONFLICT DO UPDATE changes rows that existed before.
  if (!columns || !rows || updatesOthers || columns.includes('')) return found;
  const unknown = new Set<string>();
  for (const { cells } of rows) {
    for (const [index, [value, ...more]] of cells().entries()) {
      const column = columns[index] ?? '';
      if (!value || more.length > 0 || !isPlain(value)) unknown.add(column);
      else if (!found.get(column)?.push(value)) found.set(column, [value]);
    }
  }
  for (const column of unknown) found.delete(column);
  return found;
}

/** A plain placeholder, NULL, a number or a string without an apostrophe. */
const isPlain = ({ text, quoted }: Token): boolean =>
  quoted ? /^'[^']*'$/.test(text) : /^(?:\?|null|[\d.]+)$/.test(text);
