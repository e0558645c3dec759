import type { Insertion } from './insertion';
import { type Lookup, lookupOf, readsOneTable } from './lookup';
import {
  type Placeholder,
  type PlaceholderList,
  placeholderLists,
  placeholdersOf,
} from './placeholders';
import { is, outermost, type Token, tokenize } from './tokens';
import { Write } from './write';

const READS = new Set(['select', 'values', 'explain', 'pragma']);
const WRITES = new Set(['insert', 'update', 'delete', 'replace']);
const CONTROL = new Set(['begin', 'savepoint', 'release', 'commit', 'end', 'rollback']);

/**
 * One SQL statement. The query runner makes it and hands it down, and all code that runs it asks it
 * questions. Its text is split into tokens once, by the first question that needs them. Comments,
 * strings and quoted names never count as keywords.
 */
export class Statement {
  #tokens: readonly Token[] | undefined;
  #placeholders: readonly Placeholder[] | undefined;
  #parameters: ReadonlyMap<number, number> | undefined;
  #names: ReadonlySet<string> | undefined;

  constructor(readonly sql: string) {}

  /** The first word, in lower case, or '' if it begins with anything else. */
  get keyword(): string {
    const word = /^\s*([\w$.]+)/.exec(this.sql)?.[1];
    if (word !== undefined) return word.toLowerCase();
    const [first] = this.#read();
    return first && !first.quoted ? first.text : '';
  }

  /** The word that says what it does: the first, or the one after WITH and its tables. */
  get verb(): string {
    const { keyword } = this;
    return keyword === 'with' ? (this.#read()[this.#verbIndex]?.text ?? '') : keyword;
  }

  /** Whether anything follows its first semicolon. */
  get isSeveral(): boolean {
    if (!this.sql.includes(';')) return false;
    const end = this.#read().findIndex((token) => is(token, ';'));
    // The body of a trigger contains semicolons.
    const isTrigger = this.keyword === 'create' && this.#has('trigger');
    return end !== -1 && end < this.#read().length - 1 && !isTrigger;
  }

  /** Whether it is BEGIN, COMMIT or another statement that controls a transaction. */
  get controlsTransaction(): boolean {
    return CONTROL.has(this.keyword);
  }

  /** Whether there is a transaction after it, if there was one before or not. */
  isInTransactionAfter(before: boolean): boolean {
    const { keyword } = this;
    if (keyword === 'begin' || keyword === 'savepoint') return true;
    if (keyword === 'rollback') return before && this.#has('to');
    return before && keyword !== 'commit' && keyword !== 'end';
  }

  get returnsRows(): boolean {
    return READS.has(this.verb) || this.#has('returning');
  }

  /** Whether it can write to the database. True if unsure. */
  get mayWrite(): boolean {
    return !READS.has(this.verb);
  }

  /** Whether it changes neither rows nor settings. */
  get onlyReads(): boolean {
    // PRAGMA name = value changes a setting.
    return READS.has(this.verb) && !(this.verb === 'pragma' && this.#has('='));
  }

  /** Whether it changes the state of the connection. The next user must not inherit that. */
  get changesConnection(): boolean {
    const { keyword } = this;
    if (keyword !== 'create')
      return CONTROL.has(keyword) || /^(?:pragma|attach|detach)$/.test(keyword);
    return ['temp', 'temporary'].some((word) => is(this.#read()[1], word));
  }

  get changesSchema(): boolean {
    return /^(?:create|drop|alter)$/.test(this.keyword);
  }

  /** Whether it reads the list of tables or of columns. */
  get readsSchema(): boolean {
    return [...this.#namesUsed()].some((name) =>
      /^(?:pragma.*|sqlite_(?:master|schema))$/.test(name),
    );
  }

  /** Whether it contains the name of this table. The name is in lower case. */
  names(table: string): boolean {
    return this.#namesUsed().has(table);
  }

  /**
   * The single column by which a read of one table finds its rows. Undefined for any other read.
   */
  get lookup(): Lookup | undefined {
    return readsOneTable(this.#read()) ? lookupOf(this.#read()) : undefined;
  }

  /** What it does to a table. Undefined if it writes to none. */
  get write(): Write | undefined {
    return Write.at(this.#read(), this.#verbIndex);
  }

  /** The rows of an `INSERT … VALUES` without WITH. Undefined for anything else. */
  get insertion(): Insertion | undefined {
    return this.keyword === 'with' ? undefined : this.write?.insertion;
  }

  /** The position in the text after its last word, before any semicolon or comment. */
  get end(): number {
    if (!/;\s*$|\*\/\s*$|--[^\n]*\s*$/.test(this.sql)) return this.sql.length;
    return this.#read().findLast((token) => !is(token, ';'))?.end ?? this.sql.length;
  }

  get placeholders(): readonly Placeholder[] {
    return (this.#placeholders ??= placeholdersOf(this.sql, this.#read()));
  }

  /** Its lists after IN of two or more plain placeholders. */
  get placeholderLists(): readonly PlaceholderList[] {
    return placeholderLists(this.#read(), this.placeholders);
  }

  /** The value of one of its tokens: a plain placeholder, a number, a string or NULL. */
  valueOf<Value>(token: Token, bound: readonly Value[]): Value | string | undefined {
    if (!is(token, '?')) return token.text.replaceAll("'", '');
    this.#parameters ??= new Map(
      this.placeholders.map(({ start, parameter }) => [start, parameter]),
    );
    return bound[this.#parameters.get(token.start) ?? -1];
  }

  #read(): readonly Token[] {
    return (this.#tokens ??= tokenize(this.sql));
  }

  #has(word: string): boolean {
    if (!this.sql.toLowerCase().includes(word)) return false;
    return this.#read().some((token) => is(token, word));
  }

  get #verbIndex(): number {
    if (this.keyword !== 'with') return 0;
    const tokens = this.#read();
    // Each table of WITH ends with a parenthesis.
    const found = outermost(tokens).find((index) => {
      const { text = '', quoted } = tokens[index] ?? {};
      return !quoted && (WRITES.has(text) || READS.has(text)) && is(tokens[index - 1], ')');
    });
    return found ?? 0;
  }

  #namesUsed(): ReadonlySet<string> {
    // `main.t` is one token.
    return (this.#names ??= new Set(
      this.#read().flatMap(({ text, quoted }) => (quoted ? text : text.split('.'))),
    ));
  }
}
