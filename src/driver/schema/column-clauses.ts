import { is, type Token } from '../sql/tokens';

/** The words that begin a clause of a column, after its name and type. */
const STARTS: ReadonlySet<string> = new Set([
  ...['constraint', 'primary', 'not', 'null', 'unique', 'check', 'default', 'collate'],
  ...['references', 'generated', 'as'],
]);

/** Clauses that mean the same in any order, in the order that TypeORM writes them in. */
const ORDER = ['collate', 'not', 'default'];

/** The clauses of a column's definition: its name and type first, then `NOT NULL`, `DEFAULT 0` and so on. */
export function clausesOf(tokens: readonly Token[]): Token[][] {
  const clauses: Token[][] = [[]];
  let depth = 0;
  tokens.forEach((token, index) => {
    if (index > 0 && depth === 0 && starts(token, tokens[index - 1], tokens[index + 1]))
      clauses.push([]);
    if (is(token, '(')) depth++;
    if (is(token, ')')) depth--;
    clauses.at(-1)?.push(token);
  });
  return clauses;
}

function starts(token: Token, before: Token | undefined, after: Token | undefined): boolean {
  if (token.quoted || !STARTS.has(token.text)) return false;
  // DEFAULT NULL, NOT NULL, ON DELETE SET NULL, GENERATED ALWAYS AS, CONSTRAINT named.
  const isPart = ['default', 'not', 'set', 'always', 'constraint'].some((word) => is(before, word));
  return !isPart && !is(after, 'deferrable');
}

/**
 * What a column's definition means, in one spelling: `badge varchar(20) NULL DEFAULT NULL` is a
 * `badge varchar(20)`.
 */
export function meaningOf(tokens: readonly Token[]): string {
  const [named = [], ...rest] = clausesOf(tokens);
  const clauses = withoutNames(rest)
    .map(wordsOf)
    .filter((words) => !NOTHING.has(words));
  const place = (words: string): number => {
    const found = ORDER.indexOf(words.split(' ')[0] ?? '');
    return found === -1 ? ORDER.length : found;
  };
  const sorted = clauses.toSorted((one, other) => place(one) - place(other));
  // An INT PRIMARY KEY is not the row's own number, as an INTEGER PRIMARY KEY is.
  const isKey = rest.some(([first]) => is(first, 'primary'));
  const type = named.map(({ text }, index) =>
    index === 1 && text === 'int' && !isKey ? 'integer' : text,
  );
  return [type.join(' '), ...sorted].join(' ');
}

/** `CONSTRAINT name NOT NULL`: what these clauses are called has no meaning. */
function withoutNames(clauses: readonly Token[][]): Token[][] {
  const result: Token[][] = [];
  for (const [index, clause] of clauses.entries()) {
    const next = clauses[index + 1]?.[0];
    const isName = is(clause[0], 'constraint');
    if (isName && ['not', 'null', 'default', 'collate'].some((word) => is(next, word))) continue;
    result.push(clause);
  }
  return result;
}

/** Clauses that leave a column as it is without them. */
const NOTHING: ReadonlySet<string> = new Set(['null', 'default null', 'collate binary']);

function wordsOf(clause: readonly Token[]): string {
  let words = clause.map(({ text }) => text);
  if (!is(clause[0], 'default')) return words.join(' ');
  // DEFAULT (0) is DEFAULT 0. Of more words than a sign and a value the parentheses are needed.
  if (
    words[1] === '(' &&
    words.at(-1) === ')' &&
    (words.length === 4 || isSigned(words.slice(2, -1)))
  )
    words = ['default', ...words.slice(2, -1)];
  const value = words.slice(1).join('').replace(/^\+/, '');
  if (words.length > 3 || words[1] === '(') return words.join(' ');
  if (/^-?[\d.]+$/.test(value)) return `default ${Number(value)}`;
  return `default ${{ true: '1', false: '0' }[value] ?? words.slice(1).join(' ')}`;
}

const isSigned = (words: readonly string[]): boolean =>
  words.length === 2 && /^[+-]$/.test(words[0] ?? '');
