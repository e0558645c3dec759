import { quote } from '../sql/quote';
import { is, tokenize } from '../sql/tokens';
import { type MasterRow, readTables } from './definition';
import { parentsFirst } from './parents-first';

/** The tables that SQLite makes for a virtual one, and drops with it. */
const SHADOW = /_(?:data|idx|content|docsize|config|segments|segdir|stat|node|parent|rowid)$/i;

/**
 * The statements that drop everything, with foreign keys on or off: all rows go first, children before
 * parents, so that no table with rows is dropped while another one refers to it.
 *
 * @param rows the live schema
 */
export function emptying(rows: readonly MasterRow[]): string[] {
  const virtual = rows.filter(
    ({ type, sql }) => type === 'table' && is(tokenize((sql ?? '').slice(0, 99))[1], 'virtual'),
  );
  const ownedBy = (name: string): boolean =>
    virtual.some((one) => name.startsWith(`${one.name}_`) && SHADOW.test(name));
  const tables = parentsFirst([...readTables(rows).values()])
    .reverse()
    .filter(({ name }) => !virtual.some((one) => one.name === name) && !ownedBy(name));
  const drops = (type: string): string[] =>
    rows
      .filter((row) => row.type === type)
      .map(({ name }) => `DROP ${type.toUpperCase()} ${quote(name)}`)
      .reverse();
  return [
    'PRAGMA defer_foreign_keys = ON',
    // A trigger may refuse to let a row go.
    ...drops('trigger'),
    ...drops('view'),
    ...virtual.map(({ name }) => `DROP TABLE ${quote(name)}`),
    ...tables.map(({ name }) => `DELETE FROM ${quote(name)}`),
    ...tables.map(({ name }) => `DROP TABLE ${quote(name)}`),
  ];
}
