import { catalogOf, type TestDatabase } from '../support/engines';
import { BILLING_TABLES } from '../support/billing-tables';
import type { ExpectedIndex } from './expected-keys';

/** Everything about the billing tables that has a name, as the database itself tells it. */
export interface LiveKeys {
  /** Every name, sorted. */
  readonly names: readonly string[];
  /** `plan_id references plans(id) on delete restrict`, by name. */
  readonly foreignKeys: Readonly<Record<string, string>>;
  /** Indexes and unique constraints, by name; no primary keys. */
  readonly indexes: Readonly<Record<string, ExpectedIndex>>;
  /** The text of each CHECK, by name. */
  readonly checks: Readonly<Record<string, string>>;
}

/**
 * @throws Error if a table has a rule without a name, or something else than columns, constraints
 *   and indexes: a trigger, a policy
 */
export async function liveKeys(database: TestDatabase): Promise<LiveKeys> {
  const entries = (await catalogOf(database, BILLING_TABLES)).filter(
    ({ kind }) => kind !== 'column' && !(kind === 'table' && database.dialect === 'postgres'),
  );
  const definitions = entries.flatMap(({ kind, table, name, definition }) => {
    if (kind === 'table') return constraintsOf(table, definition);
    if (kind === 'index' || kind === 'constraint') return [{ table, name, definition }];
    throw new Error(`${table} has a ${kind} ${name}, which no test knows of.`);
  });

  const indexes: [string, ExpectedIndex][] = [];
  const foreignKeys: [string, string][] = [];
  const checks: [string, string][] = [];
  for (const { table, name, definition } of definitions) {
    if (definition.startsWith('FOREIGN KEY')) foreignKeys.push([name, words(definition)]);
    else if (definition.startsWith('CHECK')) checks.push([name, definition]);
    else if (!name.startsWith('pk_')) indexes.push([name, indexOf(table, definition)]);
  }
  return {
    names: [...new Set(definitions.map(({ name }) => name))].sort(),
    foreignKeys: Object.fromEntries(foreignKeys),
    indexes: Object.fromEntries(indexes),
    checks: Object.fromEntries(checks),
  };
}

/** SQLite keeps constraints in the text of their table only. */
function constraintsOf(table: string, createTable: string) {
  const named = [...createTable.matchAll(/CONSTRAINT "(\w+)" (.+?),?$/gm)];
  const all = createTable.match(/\b(CHECK|UNIQUE|REFERENCES|PRIMARY KEY)\b/g) ?? [];
  if (named.length !== all.length) throw new Error(`${table} has a rule without a name.`);
  return named.map(([, name = '', definition = '']) => ({ table, name, definition }));
}

/** Of `CREATE UNIQUE INDEX … ON t (a, b) WHERE …` and of `UNIQUE (a, b)`. */
function indexOf(table: string, definition: string): ExpectedIndex {
  const [, columns = '', where = ''] = /\(([^)]*)\)(?: WHERE (.*))?$/.exec(definition) ?? [];
  return {
    table: table as ExpectedIndex['table'],
    columns: columns.split(', ').map((column) => column.replaceAll('"', '')),
    unique: /\bUNIQUE\b/.test(definition),
    where: words(where),
  };
}

/** Without what the engines spell differently: quotes, casts, and `IN` for `= ANY (ARRAY[…])`. */
function words(sql: string): string {
  return (sql.toLowerCase().match(/\w+/g) ?? [])
    .filter((word) => !['text', 'any', 'array', 'character', 'varying', 'in'].includes(word))
    .join(' ');
}
