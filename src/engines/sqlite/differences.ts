import {
  type Definition,
  type IndexDefinition,
  type TableDefinition,
} from '../../driver/schema/definition';
import { nameIn } from '../../driver/schema/extras';
import { withParts } from '../../driver/schema/with-parts';
import { tokenize } from '../../driver/sql/tokens';
import type { Found } from '../examination';
import { rowsOf } from './broken-rows';
import { columnDifferences } from './column-differences';

/** A finding whose statements are those that change the table so. */
export interface Difference {
  readonly found: Omit<Found, 'sql'>;
  /** Undefined for a table that is missing. */
  readonly change: (live: TableDefinition | undefined) => TableDefinition | undefined;
  /** Statements where no plan is needed. */
  readonly sql?: readonly string[];
}

const isForeignKey = ({ canonical }: Definition): boolean => /\bforeign key \(/.test(canonical);

const put = (live: TableDefinition | undefined, key: string, part: Definition, gone = key) =>
  live &&
  withParts(live, {
    definitions: new Map(
      live.definitions.has(gone)
        ? [...live.definitions].map(([name, old]) => (name === gone ? [key, part] : [name, old]))
        : [...live.definitions, [key, part]],
    ),
  });

const putIndex = (live: TableDefinition | undefined, part: IndexDefinition) =>
  live &&
  withParts(live, {
    indexes: [
      ...[...live.indexes.values()].filter(({ name }) => name !== part.name).map(({ sql }) => sql),
      part.sql,
    ],
  });

/** What differs between a table as it is and as the migrations make it. */
export function differences(
  live: TableDefinition | undefined,
  wanted: TableDefinition,
  tables: ReadonlySet<string>,
): Difference[] {
  const table = wanted.name;
  if (live === undefined) {
    const found = {
      owner: 'billing',
      kind: 'table',
      problem: 'missing',
      table,
      name: table,
    } as const;
    const columns = [...wanted.definitions.values()].filter(({ kind }) => kind === 'column');
    const shouldBe = `a table with ${columns.length} columns`;
    return [{ found: { ...found, is: 'no such table', shouldBe }, change: () => wanted }];
  }
  return [
    ...(live.options === wanted.options ? [] : [optionsDiffer(live, wanted)]),
    ...[...wanted.definitions].flatMap(([key, part]) =>
      part.kind === 'column'
        ? columns(live, key, part, table)
        : constraints(live, wanted, key, part, tables),
    ),
    ...[...wanted.indexes].flatMap(([key, part]) => indexes(live, wanted, key, part)),
    ...wanted.triggers.flatMap((sql) => triggers(live, sql)),
  ];
}

const optionsDiffer = (live: TableDefinition, wanted: TableDefinition): Difference => ({
  found: {
    ...{
      owner: 'billing',
      kind: 'table',
      problem: 'changed',
      table: wanted.name,
      name: wanted.name,
    },
    is: live.options === '' ? 'a table without options' : live.options.toUpperCase(),
    shouldBe: wanted.options === '' ? 'a table without options' : wanted.options.toUpperCase(),
  },
  change: (now) => now && withParts(now, { definitions: now.definitions, options: wanted.options }),
});

function columns(
  live: TableDefinition,
  key: string,
  part: Definition,
  table: string,
): Difference[] {
  const there = live.definitions.get(key);
  const common = { owner: 'billing', table, name: part.written } as const;
  if (there === undefined) {
    return [
      {
        found: {
          ...common,
          kind: 'column',
          problem: 'missing',
          is: 'no such column',
          shouldBe: part.text,
        },
        change: (now) => put(now, key, part),
      },
    ];
  }
  return columnDifferences(table, there, part).map((found) => ({
    found: { ...found, rows: rowsOf(live, found, part, new Set()) },
    change: (now) => put(now, key, part),
  }));
}

/** The columns that a live table lacks, in lower case. */
const lackingIn = (live: TableDefinition, wanted: TableDefinition): string[] =>
  [...wanted.definitions]
    .filter(([key, { kind }]) => kind === 'column' && !live.definitions.has(key))
    .map(([, { name }]) => name);

/** A constraint without its name. */
const bodyOf = ({ canonical }: Definition): string => canonical.replace(/^constraint \S+ /, '');

function constraints(
  live: TableDefinition,
  wanted: TableDefinition,
  key: string,
  part: Definition,
  tables: ReadonlySet<string>,
): Difference[] {
  const there = live.definitions.get(key);
  if (there?.canonical === part.canonical) return [];
  const kind = isForeignKey(part) ? 'foreign key' : 'constraint';
  const name = nameIn(part.text);
  const common = { owner: 'billing', kind, table: live.name, name } as const;
  const [other, same] =
    [...live.definitions].find(
      ([one, { kind: what, canonical }]) =>
        what === 'constraint' &&
        !wanted.definitions.has(one) &&
        bodyOf({ canonical } as Definition) === bodyOf(part),
    ) ?? [];
  if (there === undefined && other !== undefined && same !== undefined) {
    return [
      {
        found: { ...common, problem: 'renamed', is: same.text, shouldBe: part.text },
        change: (now) => put(now, key, part, other),
      },
    ];
  }
  const found = {
    ...{ ...common, problem: there === undefined ? ('missing' as const) : ('changed' as const) },
    is: there?.text ?? `no such ${kind}`,
    shouldBe: part.text,
  };
  return [
    {
      found: { ...found, rows: rowsOf(live, found, part, tables, lackingIn(live, wanted)) },
      change: (now) => put(now, key, part),
    },
  ];
}

const withoutName = ({ canonical, name }: IndexDefinition): string => canonical.replace(name, '');

function indexes(
  live: TableDefinition,
  wanted: TableDefinition,
  key: string,
  part: IndexDefinition,
): Difference[] {
  const there = live.indexes.get(key);
  if (there?.canonical === part.canonical) return [];
  const common = { owner: 'billing', kind: 'index', table: live.name, name: part.written } as const;
  const other = [...live.indexes.values()].find(
    (one) => !wanted.indexes.has(one.name) && withoutName(one) === withoutName(part),
  );
  if (there === undefined && other !== undefined) {
    return [
      {
        found: { ...common, problem: 'renamed', is: other.written, shouldBe: part.written },
        change: (now) =>
          now &&
          withParts(now, {
            indexes: [...now.indexes.values()].map(({ name, sql }) =>
              name === other.name ? part.sql : sql,
            ),
          }),
      },
    ];
  }
  const found = {
    ...{ ...common, problem: there === undefined ? ('missing' as const) : ('changed' as const) },
    is: there?.sql ?? 'no such index',
    shouldBe: part.sql,
  };
  return [
    {
      found: {
        ...found,
        rows: rowsOf(live, found, part, new Set(), lackingIn(live, wanted)),
      },
      change: (now) => putIndex(now, part),
    },
  ];
}

function triggers(live: TableDefinition, sql: string): Difference[] {
  const name = nameIn(sql, 'trigger');
  const words = (text: string): string =>
    tokenize(text)
      .map(({ text: word }) => word)
      .join(' ');
  const there = live.triggers.find(
    (one) => nameIn(one, 'trigger').toLowerCase() === name.toLowerCase(),
  );
  if (there !== undefined && words(there) === words(sql)) return [];
  const drop = there === undefined ? [] : [`DROP TRIGGER "${nameIn(there, 'trigger')}"`];
  return [
    {
      found: {
        ...{ owner: 'billing', kind: 'trigger', table: live.name, name },
        problem: there === undefined ? 'missing' : 'changed',
        is: there ?? 'no such trigger',
        shouldBe: sql,
      },
      sql: [...drop, sql],
      change: (now) =>
        now && withParts(now, { triggers: [...now.triggers.filter((one) => one !== there), sql] }),
    },
  ];
}
