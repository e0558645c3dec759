import type { DataSource } from 'typeorm';
import type { ExtraPart } from '../driver/schema/extras';

/** A part of the database that could not be looked at. */
export interface Unchecked {
  /** A table, or the parts of one: `the CHECKs and indexes of plans`. */
  readonly object: string;
  /** What was in the way, in the database's own words where it said so. */
  readonly reason: string;
}

/** Whose the object is: one of billing's parts, or something of the host's that billing counts on. */
export type Owner = 'billing' | 'host';

/** What a finding is about. */
export type FindingKind =
  | 'table'
  | 'column'
  | 'type'
  | 'collation'
  | 'nullability'
  | 'default'
  | 'constraint'
  | 'foreign key'
  | 'index'
  | 'trigger'
  | 'setting'
  | 'ownership'
  | 'right'
  | 'migration'
  | 'entity'
  | 'rows';

export type Problem =
  | 'missing'
  | 'changed'
  | 'renamed'
  | 'disabled'
  | 'not valid'
  | 'off'
  | 'pending'
  | 'unknown'
  | 'broken';

/** Something that is not as it should be. */
export interface Found {
  readonly owner: Owner;
  readonly kind: FindingKind;
  readonly problem: Problem;
  /** The table, without its schema; undefined if it is about none. */
  readonly table?: string | undefined;
  /** The column, constraint, index, trigger, setting, right or migration; of a table its own name. */
  readonly name: string;
  readonly is: string;
  readonly shouldBe: string;
  /** The statements that put it right, in order; empty where a person has to decide. */
  readonly sql: readonly string[];
  /** Returns a row if the statements have had no effect, though the database refused none. */
  readonly ineffective?: string | undefined;
  /** Why there are no statements. */
  readonly reason?: string | undefined;
  /** Which rows may break the rule, as it is not enforced. */
  readonly rows?: BrokenRows | undefined;
}

/** How to find the rows that break a rule, and what to do with them. */
export interface BrokenRows {
  readonly table: string;
  /** The rule's name, or the column that may not be NULL. */
  readonly rule: string;
  /** What a row without the rule is: `rows that refer to no row of plans`. */
  readonly what: string;
  /** Finds them, without an end. */
  readonly select: string;
  readonly repair: readonly string[];
}

/** What a host added to a billing table: a part of it, or on Postgres something else that belongs to it. */
export interface HostAddition extends Omit<ExtraPart, 'kind'> {
  readonly kind: ExtraPart['kind'] | 'policy' | 'rule' | 'setting' | 'table' | 'migration';
}

/** What is compared: the tables as the applied migrations make them. */
export interface Expected {
  readonly dataSource: DataSource;
  /** The statements of the applied migrations, in their order, as they were sent. */
  readonly statements: readonly string[];
  /** Billing's tables, whether they are there or not. */
  readonly tables: readonly { readonly schema?: string | undefined; readonly table: string }[];
  /** The host's keys that they reference. */
  readonly hosts: readonly {
    readonly schema?: string | undefined;
    readonly table: string;
    readonly column: string;
    readonly type: string;
  }[];
}

export interface Examination {
  readonly found: readonly Found[];
  /** Rows to look for though the rule is there, as not every connection enforces it. Default: none. */
  readonly unsure?: readonly BrokenRows[];
  readonly hosts: readonly HostAddition[];
  readonly unchecked: readonly Unchecked[];
}

/** Rows first, since no rule can be made over rows that break it; then what others build on. */
const ORDER: readonly FindingKind[] = [
  ...([
    'setting',
    'rows',
    'table',
    'column',
    'type',
    'collation',
    'default',
    'nullability',
  ] as const),
  ...(['constraint', 'index', 'foreign key', 'trigger', 'ownership', 'right', 'entity'] as const),
  'migration',
];

/** A column gets its name back last, as all statements before use the name that it has. */
const placeOf = ({ kind, problem }: Pick<Found, 'kind' | 'problem'>): number =>
  kind === 'column' && problem === 'renamed' ? ORDER.length : ORDER.indexOf(kind);

/** In the order in which their statements have to be run. */
export const inOrder = <One extends Pick<Found, 'kind' | 'problem'>>(
  found: readonly One[],
): One[] => [...found].sort((one, other) => placeOf(one) - placeOf(other));
