import type { QueryRunner } from 'typeorm';
import { type MasterRow, readTables } from '../driver/schema/definition';
import { extrasOf } from '../driver/schema/extras';
import { readSchema } from '../driver/schema/master';
import { difference, planChange, type Schema } from '../driver/schema/plan';
import { planned } from '../driver/schema/planned';
import { changed } from '../driver/schema/three-way';
import { is, nameAsWritten, tokenize } from '../driver/sql/tokens';
import { BillingError } from '../errors';
import { type GoneColumn, noteGone } from './gone-columns';
import { type Bound, boundOf } from './host-binding';
import { sqliteHostParts } from './host-parts/sqlite';
import { ownedTables } from './owned-tables';

/**
 * Changes tables of billing's on SQLite and D1, and keeps every row and all that the host has added: its
 * columns, constraints, defaults, indexes and triggers on these tables, and the views, triggers and
 * foreign keys that use them. What the change does not name stays as it is in the database.
 *
 * Where the database can't be read, as for an SQL file, the statements are those for tables without
 * additions. If they rebuild a table, the first one fails where there are any.
 *
 * @param before the statements that make the tables and their indexes as they are: those that change and
 *   those that refer to them
 * @param after the same tables after the change
 * @throws BillingError `HOST_PARTS_IN_THE_WAY` if the host has something of the same name, or uses a
 *   column that goes; nothing is changed
 */
export async function changeTables(
  queryRunner: QueryRunner,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const bound = boundOf(queryRunner);
  const from = before.map(bound.follow);
  const to = after.map(bound.follow);
  for (const sql of await statements(bound, from, to)) await bound.queryRunner.query(sql);
}

/** What there will be after the changes that are recorded. */
const planning = new WeakMap<QueryRunner, readonly MasterRow[]>();

async function statements(
  { queryRunner, reader }: Bound,
  before: readonly string[],
  after: readonly string[],
): Promise<string[]> {
  const from = readTables(rowsOf(before));
  const to = readTables(rowsOf(after));
  noteGone(queryRunner, () => columnsGone(from, to));
  if (reader === undefined) return withoutReading(before, from, to);
  const rows =
    planning.get(reader) ?? (await readSchema(reader as Parameters<typeof readSchema>[0]));
  const live = readTables(rows);
  // Their own migration is pending too: nothing can have been added to them.
  if ([...from.keys()].some((name) => !live.has(name))) return planChange(from, to);
  const intended = new Map(live);
  for (const [name, table] of to) {
    const [there, known] = [live.get(name), from.get(name)];
    intended.set(name, there && known ? changed(there, known, table) : table);
  }
  for (const name of from.keys()) if (!to.has(name)) intended.delete(name);
  assertNotInTheWay(live, from, to);
  const { up } = await planned(reader, { live, intended, rows });
  if (reader !== queryRunner) planning.set(reader, rowsAfter(rows, intended));
  return up;
}

/** A column that gets another name keeps its values. */
const columnsGone = (from: Schema, to: Schema): GoneColumn[] =>
  [...from].flatMap(([table, before]) => {
    const after = to.get(table);
    if (after === undefined) return [];
    return difference(before, after)
      .gone.filter((key) => !after.definitions.has(key))
      .flatMap((key) => before.definitions.get(key) ?? [])
      .filter(({ kind }) => kind === 'column')
      .map(({ written, text }) => ({ table, column: written, text }));
  });

/** As rows of `sqlite_master`. */
const rowsOf = (statements: readonly string[]): MasterRow[] =>
  statements.map((sql) => {
    const tokens = tokenize(sql);
    const at = (word: string): number => tokens.findIndex((token) => is(token, word)) + 1;
    const nameAt = (index: number): string => nameAsWritten(sql, tokens[index]);
    if (is(tokens[1], 'table')) {
      const name = nameAt(2);
      return { type: 'table', name, tbl_name: name, sql };
    }
    return { type: 'index', name: nameAt(at('index')), tbl_name: nameAt(at('on')), sql };
  });

const rowsAfter = (rows: readonly MasterRow[], tables: Schema): MasterRow[] => [
  ...rows.filter(({ type }) => type !== 'table' && type !== 'index'),
  ...rowsOf(
    [...tables.values()].flatMap(({ sql, indexes }) => [
      sql,
      ...[...indexes.values()].map((index) => index.sql),
    ]),
  ),
];

function withoutReading(before: readonly string[], from: Schema, to: Schema): string[] {
  const plan = planChange(from, to);
  const dropped = [...from.keys()].filter((name) => plan.includes(`DROP TABLE "${name}"`));
  if (dropped.length === 0) return plan;
  const parts = sqliteHostParts(ownedTables(before), dropped).trim();
  // SQLite has no RAISE outside of triggers. The error of a JSON path that is none shows the path.
  return [
    `SELECT json_extract('{}', 'These statements would drop parts that billing did not make. Migrate by the program, which keeps them: ' || group_concat("kind" || ' ' || "name" || ' (' || "table" || ')', ', '))
FROM (
${parts}
)
HAVING count(*) > 0`,
    ...plan,
  ];
}

/** Refuses a change that would take something of the host's with it, or for its own. */
function assertNotInTheWay(live: Schema, from: Schema, to: Schema): void {
  const parts: { readonly table: string; readonly kind: string; readonly name: string }[] = [];
  for (const [name, known] of from) {
    const [there, table] = [live.get(name), to.get(name)];
    if (there === undefined) continue;
    const extras = extrasOf(known, there);
    const gone = new Set(
      [...known.definitions.values()]
        .filter(
          ({ kind, name: column }) =>
            kind === 'column' && !table?.definitions.has(`column ${column}`),
        )
        .map(({ name: column }) => column),
    );
    const isNew = (kind: string, part: string): boolean =>
      kind === 'index'
        ? table?.indexes.has(part) === true
        : table?.definitions.has(`${kind} ${part}`) === true;
    const found = extras.filter(
      ({ kind, name: part, definition }) =>
        table === undefined ||
        (kind !== 'default' && isNew(kind, part.toLowerCase())) ||
        tokenize(definition).some(({ text }) => gone.has(text)),
    );
    parts.push(...found.map(({ kind, name: part }) => ({ table: name, kind, name: part })));
  }
  if (parts.length === 0) return;
  const list = parts.map(({ table, kind, name }) => `${kind} ${name} (${table})`).join(', ');
  throw BillingError.hostPartsInTheWay(
    `A migration of billing's adds what is there already, or drops what something else uses: ${list}. Nothing was changed`,
    { parts },
  );
}
