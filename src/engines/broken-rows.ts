import { quote } from '../driver/sql/quote';
import type { BrokenRows } from './examination';

/** A rule of a table, on any engine. */
interface Rule {
  /** The table without its schema, and as SQL. */
  readonly table: string;
  readonly path: string;
  readonly rule: string;
}

/** What it means in billing that rows break a rule; the names of rules end so. */
const MEANINGS: readonly (readonly [ending: RegExp, meaning: string])[] = [
  [/_live_(?:tenant|user)$/, 'several live subscriptions of one owner'],
  [/_paid_period$/, 'periods that were paid twice'],
  [/_open_period$/, 'periods with two payments under way'],
  [/_default_user$/, 'users with several default mandates'],
  [/_idempotency_key$/, 'payments that were asked for twice'],
];

export const breaksCheck = (rule: Rule, expression: string): BrokenRows => ({
  ...{ table: rule.table, rule: rule.rule, what: 'rows that the CHECK would reject' },
  select: `SELECT * FROM ${rule.path} WHERE NOT (${expression})`,
  repair: [],
});

export const isNull = (rule: Rule, column: string): BrokenRows => ({
  ...{ table: rule.table, rule: rule.rule, what: `rows without ${column}` },
  select: `SELECT * FROM ${rule.path} WHERE ${quote(column)} IS NULL`,
  repair: [],
});

/** @param keys columns, in quotes, or expressions */
export const areTwice = (
  rule: Rule,
  keys: readonly string[],
  predicate: string | undefined,
): BrokenRows => {
  const known = keys.map((key) => `${key} IS NOT NULL`);
  const where = [...(predicate === undefined ? [] : [`(${predicate})`]), ...known].join(' AND ');
  const what =
    MEANINGS.find(([ending]) => ending.test(rule.rule))?.[1] ?? 'values that several rows have';
  return {
    ...{ table: rule.table, rule: rule.rule, what },
    select: `SELECT ${keys.join(', ')} FROM ${rule.path} WHERE ${where} GROUP BY ${keys.join(', ')} HAVING count(*) > 1`,
    repair: [],
  };
};

export interface Key {
  readonly columns: readonly string[];
  /** The referenced table as SQL, and without its schema. */
  readonly parent: string;
  readonly parentName: string;
  readonly references: readonly string[];
  readonly onDelete: 'cascade' | 'set null' | undefined;
}

/** What the key's own action would have done to them puts it right; where that is none, a person decides. */
export const areOrphans = (
  rule: Rule,
  { columns, parent, parentName, references, onDelete }: Key,
): BrokenRows => {
  const where =
    `${columns.map((name) => `${rule.path}.${quote(name)} IS NOT NULL`).join(' AND ')} AND NOT EXISTS (SELECT 1 FROM ${parent} AS "parent" WHERE ` +
    `${columns.map((name, index) => `"parent".${quote(references[index] ?? '')} = ${rule.path}.${quote(name)}`).join(' AND ')})`;
  const repair = {
    cascade: [`DELETE FROM ${rule.path} WHERE ${where}`],
    'set null': [
      `UPDATE ${rule.path} SET ${columns.map((name) => `${quote(name)} = NULL`).join(', ')} WHERE ${where}`,
    ],
  };
  return {
    ...{ table: rule.table, rule: rule.rule, what: `rows that refer to no row of ${parentName}` },
    select: `SELECT * FROM ${rule.path} WHERE ${where}`,
    repair: onDelete === undefined ? [] : repair[onDelete],
  };
};
