import { quote } from '../sql/quote';
import { is, nameAsWritten, tokenize } from '../sql/tokens';
import { type Definition, readTable, type TableDefinition } from './definition';

/** A part of a live table that the entities don't name: somebody else added it. */
export interface ExtraPart {
  readonly table: string;
  /** A `default` is one of a column that has none in the entities; its name is the column's. */
  readonly kind: 'column' | 'default' | 'constraint' | 'index' | 'trigger';
  /** On SQLite the text of a constraint without a name. */
  readonly name: string;
  /** Its SQL, as the database has it. */
  readonly definition: string;
}

/** What `live` has and `intended` does not name. A table has one primary key: that is never extra. */
export function extrasOf(intended: TableDefinition, live: TableDefinition): ExtraPart[] {
  const part = (kind: ExtraPart['kind'], name: string, definition: string): ExtraPart => ({
    table: live.name,
    kind,
    name,
    definition,
  });
  return [
    ...extraDefinitions(intended, live).map(({ kind, text }) => part(kind, nameIn(text), text)),
    ...extraDefaults(intended, live).map(([, { written, text }]) => part('default', written, text)),
    ...extraIndexes(intended, live).map((sql) => part('index', nameIn(sql, 'index'), sql)),
    ...live.triggers.map((sql) => part('trigger', nameIn(sql, 'trigger'), sql)),
  ];
}

/** `intended` with what `live` has besides: columns after its columns, constraints after its own. */
export function withExtras(intended: TableDefinition, live: TableDefinition): TableDefinition {
  const extra = extraDefinitions(intended, live);
  const defaults = new Map(extraDefaults(intended, live));
  const own = [...intended.definitions].map(([key, part]) => defaults.get(key) ?? part);
  const all = [...own, ...extra];
  const lines = (['column', 'constraint'] as const).flatMap((kind) =>
    all.filter((part) => part.kind === kind).map(({ text }) => text),
  );
  const options = intended.options === '' ? '' : ` ${intended.options}`;
  return readTable(
    intended.name,
    extra.length + defaults.size === 0
      ? intended.sql
      : `CREATE TABLE ${quote(intended.name)} (\n  ${lines.join(',\n  ')}\n)${options}`,
    [...[...intended.indexes.values()].map(({ sql }) => sql), ...extraIndexes(intended, live)],
    live.triggers,
  );
}

const extraDefinitions = (intended: TableDefinition, live: TableDefinition): Definition[] =>
  [...live.definitions]
    .filter(([key, part]) => !intended.definitions.has(key) && !isPrimaryKey(part))
    .map(([, part]) => part);

/** Columns as `live` has them, whose only difference is a default where `intended` has none. */
const extraDefaults = (intended: TableDefinition, live: TableDefinition): [string, Definition][] =>
  [...intended.definitions].flatMap(([key, { kind, canonical }]): [string, Definition][] => {
    const there = live.definitions.get(key);
    const [before = '', ...after] = there?.canonical.split(' default ') ?? [];
    const isExtra =
      kind === 'column' &&
      after.length > 0 &&
      !canonical.includes(' default ') &&
      canonical.startsWith(before) &&
      after.join(' default ').endsWith(canonical.slice(before.length));
    return isExtra && there ? [[key, there]] : [];
  });

const isPrimaryKey = ({ kind, canonical }: Definition): boolean =>
  kind === 'constraint' && /^(?:constraint \S+ )?primary key\b/.test(canonical);

const extraIndexes = (intended: TableDefinition, live: TableDefinition): string[] =>
  [...live.indexes.values()]
    .filter(({ name }) => !intended.indexes.has(name))
    .map(({ sql }) => sql);

/** The name in a definition, as it was written: the word after `keyword` or `constraint`, or the first. */
export function nameIn(sql: string, keyword = 'constraint'): string {
  const tokens = tokenize(sql);
  const found = tokens.findIndex((token) => is(token, keyword));
  if (found > 0 && keyword === 'constraint') return nameAsWritten(sql, tokens[0]);
  const [first] = tokens;
  if (found === -1 && first && !first.quoted && UNNAMED.has(first.text)) return sql;
  return nameAsWritten(sql, tokens[found + 1]);
}

const UNNAMED: ReadonlySet<string> = new Set(['unique', 'check', 'foreign']);
