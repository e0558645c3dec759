import { clausesOf } from '../../driver/schema/column-clauses';
import type { Definition } from '../../driver/schema/definition';
import { is, type Token, tokenize } from '../../driver/sql/tokens';
import type { Found } from '../examination';

/** The words of a column's clauses, by what they are about. */
interface Clauses {
  readonly type: string;
  readonly nullability: string;
  readonly default: string;
  readonly collation: string;
  readonly rest: string;
}

/** What of a column differs, each by itself. A default where the migrations give none is the host's. */
export function columnDifferences(
  table: string,
  live: Definition,
  wanted: Definition,
): Omit<Found, 'sql'>[] {
  if (live.canonical === wanted.canonical) return [];
  const [there, here] = [clauses(live), clauses(wanted)];
  const common = { owner: 'billing', problem: 'changed', table, name: wanted.written } as const;
  const differing = (['type', 'collation', 'nullability', 'default'] as const).filter(
    (kind) => there[kind] !== here[kind] && (kind !== 'default' || here.default !== ''),
  );
  const found = differing.map((kind) => ({
    ...{ ...common, kind },
    problem: kind === 'default' && there.default === '' ? ('missing' as const) : common.problem,
    is: there[kind] === '' ? NOTHING[kind] : there[kind],
    shouldBe: here[kind] === '' ? NOTHING[kind] : here[kind],
  }));
  if (there.rest === here.rest) return found;
  return [...found, { ...common, kind: 'column', is: live.text, shouldBe: wanted.text }];
}

const NOTHING = {
  type: 'no type',
  collation: 'COLLATE BINARY',
  nullability: 'NULL',
  default: 'no default',
} as const;

function clauses({ text, canonical, name }: Definition): Clauses {
  const tokens = tokenize(text);
  const [named = [], ...rest] = clausesOf(tokens);
  const words = (clause: readonly Token[] | undefined): string =>
    clause === undefined ? '' : text.slice(clause[0]?.start, clause.at(-1)?.end);
  const starting = (word: string): readonly Token[] | undefined =>
    rest.find(([first]) => is(first, word));
  // The spelling of `canonical` for what may be written in several ways.
  const value =
    / (default .*?)(?= (?:not null|collate|unique|check|references|generated|as) | unique$|$)/.exec(
      canonical,
    )?.[1];
  const collation = words(starting('collate'));
  return {
    type:
      canonical
        .slice(name.length)
        .trim()
        .split(/ (?:collate|not null|default|unique|check|primary|references|generated|as)\b/)[0] ??
      words(named.slice(1)),
    nullability: / not null(?: |$)/.test(canonical) ? 'NOT NULL' : '',
    default:
      starting('default') === undefined || value === undefined
        ? ''
        : value.replace('default', 'DEFAULT'),
    collation: collation.toUpperCase() === 'COLLATE BINARY' ? '' : collation.toUpperCase(),
    rest: rest
      .filter(([first]) => !['collate', 'not', 'default', 'null'].some((word) => is(first, word)))
      .map((clause) => clause.map((token) => token.text).join(' '))
      .join(' '),
  };
}
