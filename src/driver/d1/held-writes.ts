import { BillingError } from '../../errors';
import { type Token, tokenize } from '../sql/tokens';
import type { SqliteValue } from '../session';

/** Values as text, for 5 and '5' may find the same row. */
type Values = ReadonlySet<string>;

/** The tables whose rows go, or change, with a row of a table; in lower case. */
export type Cascades = () => ReadonlyMap<string, readonly Cascade[]>;

export interface Cascade {
  readonly child: string;
  readonly onDelete: boolean;
  /** What it refers to, if a new value is passed on; in lower case. */
  readonly onUpdate: readonly string[];
}

/** What a write does to the rows of a table, as far as its text tells. */
interface Change {
  readonly table: string;
  /**
   * By column, the values that rows have or get which it is for. A column that is not there may
   * have any.
   */
  readonly values: ReadonlyMap<string, Values>;
}

/** Whether a statement only reads. */
export function onlyReads(sql: string): boolean {
  const tokens = tokenize(sql);
  const [first] = tokens;
  // PRAGMA name = value sets something, mostly for the statements that follow.
  if (first?.text === 'pragma') return !tokens.some(({ text }) => text === '=');
  if (first?.text !== 'with') return /^(?:select|values|explain)$/.test(first?.text ?? '');
  let depth = 0;
  const verb = tokens.find(({ text }) => {
    if (text === '(') depth++;
    if (text === ')') depth--;
    return depth === 0 && /^(?:select|values|insert|replace|update|delete)$/.test(text);
  });
  return verb?.text === 'select' || verb?.text === 'values';
}

/**
 * Knows which reads a transaction's held writes leave alone. They are sent when it commits, so that
 * a read that they bear on would find the state before them.
 */
export class HeldWrites {
  readonly #changes: Change[] = [];
  #schemaChanged = false;

  constructor(private readonly cascades: Cascades = () => new Map()) {}

  add(sql: string, values: readonly SqliteValue[]): void {
    const tokens = tokenize(sql);
    const text = join(tokens);
    const table = (WRITE.exec(text) ?? DEFINITION.exec(text) ?? WRITE_OF_WITH.exec(text))?.[1];
    this.#schemaChanged ||= /^(?:create|drop|alter)\b/.test(text);
    if (table === undefined) return;
    this.#changes.push({ table, values: touched(tokens, text, values) });
    const isDelete = /\b(?:delete|replace|drop)\b/.test(text);
    const gone = new Set([table]);
    // What is added while it is gone through is gone through too.
    for (const parent of gone) {
      for (const { child, onDelete, onUpdate } of this.cascades().get(parent) ?? []) {
        const isSet = onUpdate.some((column) => new RegExp(` (?:set|,) ${column} =`).test(text));
        if (!isSet && !(isDelete && onDelete)) continue;
        gone.add(child);
        this.#changes.push({ table: child, values: new Map() });
      }
    }
  }

  /**
   * Lets a read pass that finds rows by one column's values, if the writes were for others.
   *
   * @throws BillingError `NOT_SUPPORTED` for any other read of a table that was written to
   */
  assertLeftAlone(sql: string, values: readonly SqliteValue[]): void {
    const text = join(tokenize(sql));
    if (this.#schemaChanged && /\b(?:pragma\w*|sqlite_master|sqlite_schema)\b/.test(text)) {
      throw refusal('changed tables and reads what tables there are');
    }
    const words = new Set(text.split(/[ .]/));
    const isSimple =
      (text.match(/\b(?:from|join|select)\b/g) ?? []).length === 2 &&
      !/ from .*,.* where /.test(text);
    const key = isSimple ? keyOf(text, values) : undefined;
    for (const change of this.#changes) {
      if (!words.has(change.table)) continue;
      const others = key && change.values.get(key[0]);
      if (!others || [...key[1]].some((value) => others.has(value))) {
        throw refusal(`written to "${change.table}" and reads from it`);
      }
    }
  }
}

const join = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join(' ');

const refusal = (what: string): BillingError =>
  BillingError.notSupported(
    `The transaction has ${what}, and on D1 the result would be stale, because writes are sent at commit`,
    'read before the first write, or after the transaction',
  );

const WRITE =
  /^(?:insert (?:or \w+ )?into|replace into|update (?:or \w+ )?|delete from) ?(?:main ?\. ?)?([^\s.]+)/;
const WRITE_OF_WITH =
  /^with .*?\b(?:insert (?:or \w+ )?into|replace into|update (?:or \w+ )?|delete from) ?(?:main ?\. ?)?([^\s.]+)/;
const DEFINITION =
  /^(?:create|drop|alter) (?:temp |temporary |virtual )?(?:table|view) (?:if (?:not )?exists )?(\w+)/;

/** `WHERE column = ?` or `WHERE column IN (?, …)` and nothing more, at the end of a statement. */
const BY_KEY =
  / where (?:\( )*(?:\w+ ?\. ?)?(\w+) (?:= |in \( )((?:\?|\d+)(?: , (?:\?|\d+))*)(?: \))*(?: limit \d+)?$/;

/** Alike for whatever a column's type or collation may find the same: `5.00` and 5, `A` and `a`. */
function comparable(value: SqliteValue | undefined): string {
  const text = String(value).trimEnd().toLowerCase();
  return text === '' || Number.isNaN(Number(text)) ? text : String(Number(text));
}

/** The one column that a statement finds rows by, and its values. */
function keyOf(text: string, values: readonly SqliteValue[]): [string, Values] | undefined {
  const match = BY_KEY.exec(text);
  const [, column, list = ''] = match ?? [];
  if (!match || column === undefined) return undefined;
  let parameter = text
    .slice(0, match.index)
    .split(' ')
    .filter((word) => word === '?').length;
  const found = list.split(' , ').map((word) => (word === '?' ? values[parameter++] : word));
  return [column, new Set(found.map(comparable))];
}

function touched(
  tokens: readonly Token[],
  text: string,
  values: readonly SqliteValue[],
): Change['values'] {
  if (/^insert (?:or ignore )?into\b/.test(text)) return insertedValues(tokens, values);
  const key = /^(?:update (?!or replace|.* set \(|.* from )|delete)/.test(text)
    ? keyOf(text, values)
    : undefined;
  // An UPDATE of the very column gives the rows another key.
  const isKept = key && !new RegExp(` (?:set|,) ${key[0]} =`).test(text);
  return new Map(isKept ? [key] : []);
}

/** The values of the new rows by column; of a column whose values are not plain, none. */
function insertedValues(
  tokens: readonly Token[],
  parameters: readonly SqliteValue[],
): Change['values'] {
  const [columns = [], keyword, ...rows] = groups(tokens);
  const tail = rows.at(-1)?.join(' ') ?? '';
  // What ON CONFLICT finds and updates is a row that was there.
  if (keyword?.join() !== 'values' || /\bdo update\b|\bselect\b/.test(tail)) return new Map();
  const found = new Map<string, Set<string>>();
  const unknown = new Set<string>();
  let parameter = 0;
  for (const row of rows.filter((one) => one[0] === '(')) {
    split(row.slice(1, -1)).forEach((words, index) => {
      const column = split(columns.slice(1, -1))[index]?.[0] ?? '';
      const plain = words.length === 1 && /^(?:\?|null|[\d.]+|'[^']*')$/.exec(words[0] ?? '')?.[0];
      if (plain) {
        const value = plain === '?' ? parameters[parameter] : plain.replaceAll("'", '');
        found.set(column, (found.get(column) ?? new Set()).add(comparable(value)));
      } else {
        unknown.add(column);
      }
      parameter += words.filter((word) => word === '?').length;
    });
  }
  for (const column of unknown) found.delete(column);
  return found;
}

/** What stands in parentheses, with them, and what stands between, from the first of them on. */
function groups(tokens: readonly Token[]): string[][] {
  const found: string[][] = [];
  let depth = 0;
  for (const { text } of tokens.slice(tokens.findIndex((one) => one.text === '('))) {
    if (text === '(' && depth++ === 0) found.push([]);
    found.at(-1)?.push(text);
    if (text === ')' && --depth === 0) found.push([]);
  }
  return found;
}

/** Splits at the commas that are in no parenthesis. */
function split(words: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const word of words) {
    if (word === '(') depth++;
    if (word === ')') depth--;
    if (word === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}
