import { BillingError } from '../../errors';
import { quote } from '../sql/quote';
import { is, type Token, tokenize } from '../sql/tokens';
import type { MasterRow } from './definition';

/** The statements before and after a change. */
export interface Aside {
  readonly drop: string[];
  readonly create: string[];
}

interface Named {
  readonly name: string;
}

/** A table that is rebuilt, and the columns that it loses by that. */
export interface Rebuilt extends Named {
  /** In lower case. */
  readonly gone: readonly string[];
}

/**
 * Puts the views, and the triggers of other tables, that use a rebuilt table aside and back: SQLite
 * renames no table while one of them uses a table that is missing.
 *
 * @param rows the live schema
 */
export function dependentsAside(rebuilt: readonly Named[], rows: readonly MasterRow[]): Aside {
  if (rebuilt.length === 0) return { drop: [], create: [] };
  return putAside(dependentsOf(new Set(rebuilt.map(({ name }) => name.toLowerCase())), rows));
}

/** The statements that drop views and triggers, and those that make them as they were. */
export function putAside(parts: readonly MasterRow[]): Aside {
  // SQLite looks for the view of a trigger, and for nothing else that a view or a trigger uses.
  const ordered = ['view', 'trigger'].flatMap((type) => parts.filter((part) => part.type === type));
  const views = new Set(
    parts.filter(({ type }) => type === 'view').map(({ name }) => name.toLowerCase()),
  );
  const drop = ordered
    // A trigger of a view goes with it.
    .filter(({ type, tbl_name: table }) => type === 'view' || !views.has(table.toLowerCase()))
    .map(
      ({ type, name, temporary }) =>
        `DROP ${type.toUpperCase()} ${temporary ? 'temp.' : ''}${quote(name)}`,
    );
  return { drop: drop.reverse(), create: ordered.map(statementOf) };
}

/** SQLite stores the text without the word TEMP. */
const statementOf = ({ sql, temporary }: MasterRow): string =>
  temporary ? (sql ?? '').replace(/^CREATE /, 'CREATE TEMP ') : (sql ?? '');

/**
 * Refuses a rebuild that would drop a column which a view or a trigger uses, as SQLite refuses `DROP
 * COLUMN`: their text would name a column that is not there.
 *
 * @throws BillingError `NOT_SUPPORTED` with the view or trigger
 */
export function refuseLosses(rebuilt: readonly Rebuilt[], rows: readonly MasterRow[]): void {
  for (const { name, gone } of rebuilt) {
    if (gone.length === 0) continue;
    const own = rows.filter(
      ({ type, tbl_name: table }) => type === 'trigger' && isSame(table, name),
    );
    for (const part of [...own, ...dependentsOf(new Set([name.toLowerCase()]), rows)]) {
      const lost = gone.find((column) => namesIn(part.sql).has(column));
      if (lost === undefined) continue;
      throw BillingError.notSupported(
        `The ${part.type} "${part.name}" uses "${lost}", and "${name}" is rebuilt without that column`,
        `drop the ${part.type} before, and create it again without the column`,
      );
    }
  }
}

/**
 * Refuses a change of tables that a TEMP table or view of the connection hides.
 *
 * @throws BillingError `NOT_SUPPORTED` with its name
 */
export function refuseHidden(tables: readonly Named[], rows: readonly MasterRow[]): void {
  const hiding = rows.find(
    ({ type, name, temporary }) =>
      temporary &&
      (type === 'table' || type === 'view') &&
      tables.some((table) => isSame(table.name, name)),
  );
  if (!hiding) return;
  throw BillingError.notSupported(
    `The TEMP ${hiding.type} "${hiding.name}" hides the table of that name from this connection`,
    `drop it with DROP ${hiding.type.toUpperCase()} temp.${quote(hiding.name)} and retry`,
  );
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** In the order in which they were made. What uses a view that is put aside is one of them. */
function dependentsOf(rebuilt: ReadonlySet<string>, rows: readonly MasterRow[]): MasterRow[] {
  const used = new Set(rebuilt);
  const found = new Set<MasterRow>();
  const users = rows.filter(
    // The triggers of a rebuilt table are made again with it, but for those of the connection.
    ({ type, tbl_name: table, temporary }) =>
      type === 'view' ||
      (type === 'trigger' && (temporary === true || !rebuilt.has(table.toLowerCase()))),
  );
  for (let before = -1; found.size > before;) {
    before = found.size;
    for (const row of users) {
      if (![...namesIn(row.sql)].some((word) => used.has(word))) continue;
      found.add(row);
      if (row.type === 'view') used.add(row.name.toLowerCase());
    }
  }
  return users.filter((row) => found.has(row));
}

/** All words that may be names, in lower case. */
function namesIn(sql: string | null): ReadonlySet<string> {
  return new Set(tokenize(sql ?? '').flatMap(namesOf));
}

/** A word may be `main.plans`, and SQLite takes a string for a name where only a name can stand. */
function namesOf({ text, quoted }: Token): string[] {
  if (!quoted) return text.split('.');
  return text.startsWith("'") ? [text.slice(1, -1).replaceAll("''", "'").toLowerCase()] : [text];
}

/** The word that sets a trigger off: insert, update or delete. */
export function eventOf({ sql }: MasterRow): string | undefined {
  return tokenize(sql ?? '').find((token) =>
    ['insert', 'update', 'delete'].some((word) => is(token, word)),
  )?.text;
}
