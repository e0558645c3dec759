import { quote } from '../sql/quote';
import { keepCounter } from './counter';
import { type Definition, type MasterRow, renameTables, type TableDefinition } from './definition';
import { dependentsAside, type Rebuilt, refuseHidden, refuseLosses } from './dependents';
import { nameIn } from './extras';
import { parentsAmong, parentsFirst, references } from './parents-first';

export type Schema = ReadonlyMap<string, TableDefinition>;

/** What is known of a change besides the two schemas. */
export interface Circumstances {
  /** The live schema, whose views and triggers a rebuild must not lose. */
  readonly rows?: readonly MasterRow[];
  /**
   * By table: the column, in lower case, that a new column takes its values from. Without it, that is
   * the one that is gone, if both have the same type.
   */
  readonly moved?: ReadonlyMap<string, ReadonlyMap<string, string>> | undefined;
  /** Whether it undoes a change. The views and triggers then name no column that it drops. */
  readonly undoes?: boolean;
}

/**
 * The statements that turn one schema into another and keep every row, with foreign keys on or off.
 *
 * SQLite can't alter a constraint, so a table with a changed constraint is rebuilt. Dropping a
 * table deletes its rows first and, by cascade, the rows of its children. D1 can't turn that off.
 * So all tables that reference a rebuilt one are rebuilt with it:
 *
 * 1. New tables are created beside the old ones and reference each other.
 * 2. Rows are copied, parents first.
 * 3. The old tables are dropped, children first.
 * 4. The new tables are renamed, which renames the references to them too.
 *
 * A new column that is required and has no default comes first of all: SQLite refuses it if the
 * table has rows, before anything is changed.
 *
 * @throws BillingError `NOT_SUPPORTED` if a view or trigger stands in the way
 */
export function planChange(
  from: Schema,
  to: Schema,
  { rows = [], moved = new Map(), undoes = false }: Circumstances = {},
): string[] {
  const changed = [...to.values()].filter((table) => differs(from.get(table.name), table));
  const rebuilt = withDependents(
    changed.filter((table) => mustRebuild(from.get(table.name), table, moved.get(table.name))),
    from,
    to,
  );
  const altered = changed.filter((table) => from.has(table.name) && !rebuilt.includes(table));
  const created = parentsFirst(changed.filter((table) => !from.has(table.name)));
  // A table that is there may get a key to a new one. Its rows are copied when that one is there.
  const parents = parentsAmong(created, [...rebuilt, ...altered]);
  const [first, last] = partition(created, (table) => parents.has(table));
  const dropped = parentsFirst([...from.values()].filter((table) => !to.has(table.name))).reverse();
  const survivors = [...from.values()].filter((table) => to.has(table.name));
  const [late, early] = partition(dropped, (table) =>
    survivors.some((one) => references(one, table)),
  );
  const aside = dependentsAside(rebuilt, rows);
  refuseHidden([...changed, ...rebuilt, ...dropped], rows);
  if (!undoes)
    refuseLosses(
      rebuilt.map((table) => losses(from.get(table.name), table)),
      rows,
    );
  return [
    ...changed.flatMap((table) => addRequired(from.get(table.name), table)),
    ...early.map(({ name }) => `DROP TABLE ${quote(name)}`),
    ...first.flatMap(create),
    ...aside.drop,
    ...rebuild(rebuilt, from, moved),
    ...late.map(({ name }) => `DROP TABLE ${quote(name)}`),
    ...aside.create,
    ...altered.flatMap((table) => alter(from.get(table.name) ?? table, table)),
    ...last.flatMap(create),
  ];
}

const create = (table: TableDefinition): string[] => [table.sql, ...indexes(table)];

const indexes = (table: TableDefinition): string[] =>
  [...table.indexes.values()].map(({ sql }) => sql);

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

function differs(from: TableDefinition | undefined, to: TableDefinition): boolean {
  if (!from) return true;
  return (
    from.options !== to.options ||
    !sameParts(from.definitions, to.definitions) ||
    !sameParts(from.indexes, to.indexes)
  );
}

type Parts = ReadonlyMap<string, { readonly canonical: string }>;

const sameParts = (a: Parts, b: Parts): boolean => a.size === b.size && missing(a, b).length === 0;

/** Keys of `a` that `b` does not have, or has in another form. */
const missing = (a: Parts, b: Parts): string[] =>
  [...a].filter(([key, part]) => b.get(key)?.canonical !== part.canonical).map(([key]) => key);

interface Difference {
  readonly gone: readonly string[];
  readonly added: readonly string[];
  /** A column with a new name and the same type. It is in neither list. */
  readonly renamed: { readonly from: Definition; readonly to: Definition } | undefined;
}

/**
 * What has to change. A column that is gone and one new column of its type are a rename, as in
 * TypeORM.
 */
export function difference(from: TableDefinition, to: TableDefinition): Difference {
  const gone = missing(from.definitions, to.definitions);
  const added = missing(to.definitions, from.definitions);
  const old = columnOf(
    from,
    gone.filter((key) => !to.definitions.has(key)),
  );
  const young = columnOf(
    to,
    added.filter((key) => !from.definitions.has(key)),
  );
  if (!old || !young || typeOf(old) !== typeOf(young)) return { gone, added, renamed: undefined };
  return {
    gone: gone.filter((key) => key !== `column ${old.name}`),
    added: added.filter((key) => key !== `column ${young.name}`),
    renamed: { from: old, to: young },
  };
}

/** The column among `keys`, if there is exactly one. */
function columnOf(table: TableDefinition, keys: readonly string[]): Definition | undefined {
  const columns = keys
    .map((key) => table.definitions.get(key))
    .filter((part) => part?.kind === 'column');
  return columns.length === 1 ? columns[0] : undefined;
}

const typeOf = ({ name, canonical }: Definition): string => canonical.slice(name.length);

/** Whether a column can't be left out of an INSERT. */
export const isRequired = (column: Definition): boolean =>
  /\bnot null\b/.test(typeOf(column)) && !/\b(default|as|autoincrement)\b/.test(typeOf(column));

function mustRebuild(
  from: TableDefinition | undefined,
  to: TableDefinition,
  moved: ReadonlyMap<string, string> = new Map(),
): boolean {
  if (!from) return false;
  const { gone, added, renamed } = difference(from, to);
  // Values move only by a rebuild or by RENAME COLUMN.
  const isMoved = [...moved].some(
    ([young, old]) => young !== renamed?.to.name || old !== renamed.from.name,
  );
  if (isMoved) return true;
  if (from.options !== to.options) return true;
  if (gone.some((key) => to.definitions.has(key))) return true;
  const required = requiredOf(from, to);
  return (
    !added.every((key) => required.includes(key) || canAdd(to, key)) ||
    !gone.every((key) => canDrop(from, key))
  );
}

/** Whether `ALTER TABLE … ADD COLUMN` accepts it: a plain column that existing rows satisfy. */
function canAdd(table: TableDefinition, key: string): boolean {
  const part = table.definitions.get(key);
  if (part?.kind !== 'column') return false;
  if (/\b(primary|unique|references|check|as)\b/.test(part.canonical)) return false;
  const constant = /\bdefault (?!null\b)('|[-+]?\s?\d|true\b|false\b)/.test(part.canonical);
  return constant || !/\b(not null|default)\b/.test(part.canonical);
}

/** Keys of the new columns that a row needs a value for and that have none. */
function requiredOf(from: TableDefinition, to: TableDefinition): string[] {
  return difference(from, to).added.filter((key) => {
    const part = to.definitions.get(key);
    if (part?.kind !== 'column' || from.definitions.has(key)) return false;
    return isRequired(part) && !/\b(primary|unique)\b/.test(typeOf(part));
  });
}

function addRequired(from: TableDefinition | undefined, to: TableDefinition): string[] {
  if (!from) return [];
  return requiredOf(from, to).map(
    (key) => `ALTER TABLE ${quote(to.name)} ADD COLUMN ${to.definitions.get(key)?.text ?? ''}`,
  );
}

function canDrop(table: TableDefinition, key: string): boolean {
  const part = table.definitions.get(key);
  return (
    part?.kind === 'column' && !/\b(primary|unique|references|check|as)\b/.test(part.canonical)
  );
}

function alter(from: TableDefinition, to: TableDefinition): string[] {
  const text = (table: TableDefinition, key: string): string =>
    table.definitions.get(key)?.text ?? '';
  const name = (table: TableDefinition, key: string): string =>
    table.definitions.get(key)?.written ?? '';
  const { gone, added, renamed } = difference(from, to);
  const required = requiredOf(from, to);
  const table = `ALTER TABLE ${quote(to.name)}`;
  return [
    ...missing(from.indexes, to.indexes).map(
      (index) => `DROP INDEX ${quote(from.indexes.get(index)?.written ?? index)}`,
    ),
    ...(renamed
      ? [`${table} RENAME COLUMN ${quote(renamed.from.written)} TO ${quote(renamed.to.written)}`]
      : []),
    ...gone.map((key) => `${table} DROP COLUMN ${quote(name(from, key))}`),
    ...added
      .filter((key) => !required.includes(key))
      .map((key) => `${table} ADD COLUMN ${text(to, key)}`),
    ...missing(to.indexes, from.indexes).map((index) => to.indexes.get(index)?.sql ?? ''),
  ];
}

/**
 * Adds the tables, in their new form, that reference one of `tables` directly or through others.
 */
function withDependents(
  tables: readonly TableDefinition[],
  from: Schema,
  to: Schema,
): TableDefinition[] {
  const all = new Set(tables);
  for (const parent of all) {
    for (const child of to.values()) {
      const before = from.get(child.name);
      if (before && (references(before, parent) || references(child, parent))) all.add(child);
    }
  }
  return parentsFirst([...all]);
}

function rebuild(
  tables: readonly TableDefinition[],
  from: Schema,
  moved: NonNullable<Circumstances['moved']>,
): string[] {
  const temporary = new Map(tables.map(({ name }) => [name.toLowerCase(), `new_${name}`]));
  const isCycle = tables.some((table, index) =>
    tables.slice(index).some((later) => references(table, later)),
  );
  const triggers = tables.flatMap(({ name }) => from.get(name)?.triggers ?? []);
  return [
    // Rows that refer to each other in a circle can't be copied parents first, nor dropped children
    // first: keys carry out their actions on what is left, which sets off its triggers.
    ...(isCycle ? triggers.map((sql) => `DROP TRIGGER ${quote(nameIn(sql, 'trigger'))}`) : []),
    ...(isCycle ? ['PRAGMA defer_foreign_keys = ON'] : []),
    ...tables.map((table) => renameTables(table.sql, temporary)),
    ...tables.map((table) => copyRows(from.get(table.name) ?? table, table, moved.get(table.name))),
    ...tables.flatMap((table) => keepCounter(from.get(table.name) ?? table, table)),
    ...[...tables].reverse().map(({ name }) => `DROP TABLE ${quote(name)}`),
    ...tables.map(({ name }) => `ALTER TABLE ${quote(`new_${name}`)} RENAME TO ${quote(name)}`),
    ...tables.flatMap((table) => [...indexes(table), ...table.triggers]),
  ];
}

function copyRows(
  from: TableDefinition,
  to: TableDefinition,
  moved: ReadonlyMap<string, string> = renamedIn(from, to),
): string {
  const pairs = [...to.definitions.values()]
    .filter(({ kind }) => kind === 'column')
    .filter(({ canonical }) => !/ (as \(|generated always )/.test(canonical))
    .map((target) => ({
      target,
      source: from.definitions.get(`column ${moved.get(target.name) ?? target.name}`),
    }))
    .filter((pair): pair is typeof pair & { source: Definition } => pair.source !== undefined);
  const targets = pairs.map(({ target }) => quote(target.written)).join(', ');
  const sources = pairs.map(({ source }) => quote(source.written)).join(', ');
  return `INSERT INTO ${quote(`new_${to.name}`)} (${targets}) SELECT ${sources} FROM ${quote(to.name)}`;
}

function renamedIn(from: TableDefinition, to: TableDefinition): ReadonlyMap<string, string> {
  const { renamed } = difference(from, to);
  return new Map(renamed ? [[renamed.to.name, renamed.from.name]] : []);
}

function losses(from: TableDefinition | undefined, to: TableDefinition): Rebuilt {
  const columns = [...(from?.definitions ?? [])].filter(([, { kind }]) => kind === 'column');
  const gone = columns.filter(([key]) => !to.definitions.has(key)).map(([, { name }]) => name);
  return { name: to.name, gone };
}
