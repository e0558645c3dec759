import type { Definition, IndexDefinition, TableDefinition } from '../../driver/schema/definition';
import { quote } from '../../driver/sql/quote';
import { closing, is, type Token, tokenize } from '../../driver/sql/tokens';
import { areOrphans, areTwice, breaksCheck, isNull } from '../broken-rows';
import type { BrokenRows, Found } from '../examination';

/**
 * How to find the rows that a rule of the migrations would reject; undefined where there can be none, or
 * where a column or the table that it refers to is missing.
 *
 * @param tables the live tables, in lower case
 * @param missing the columns that the live table lacks, in lower case
 */
export function rowsOf(
  live: TableDefinition,
  { kind, name, shouldBe }: Pick<Found, 'kind' | 'name' | 'shouldBe'>,
  part: Definition | IndexDefinition,
  tables: ReadonlySet<string>,
  missing: readonly string[] = [],
): BrokenRows | undefined {
  const rule = { table: live.name, path: quote(live.name), rule: name };
  const text = 'sql' in part ? part.sql : part.text;
  const tokens = tokenize(text);
  if (tokens.some((token) => missing.includes(token.text))) return undefined;
  const has = (columns: readonly string[]): boolean =>
    columns.every((column) => live.definitions.has(`column ${column}`));
  if (kind === 'nullability') return shouldBe === 'NOT NULL' ? isNull(rule, name) : undefined;
  if (kind === 'foreign key') {
    const columns = listAfter(tokens, 'key');
    const references = listAfter(tokens, 'references');
    const at = tokens.findIndex((token) => is(token, 'references'));
    const parent = tokens[at + 1]?.text ?? '';
    if (!tables.has(parent) || !has(columns)) return undefined;
    const action = / on delete (cascade|set null)\b/.exec(
      tokens.map((one) => one.text).join(' '),
    )?.[1];
    return areOrphans(rule, {
      ...{ columns, references, parent: quote(parent), parentName: parent },
      onDelete: action as 'cascade' | 'set null' | undefined,
    });
  }
  if (kind === 'index') {
    if (!is(tokens[1], 'unique')) return undefined;
    const columns = listAfter(tokens, 'on');
    const where = tokens.find((token) => is(token, 'where'));
    const predicate = where === undefined ? undefined : text.slice(where.end);
    return has(columns) ? areTwice(rule, columns.map(quote), predicate) : undefined;
  }
  const word = ['unique', 'primary', 'check'].find((one) => tokens.some((token) => is(token, one)));
  if (kind !== 'constraint' || word === undefined) return undefined;
  if (word === 'check') {
    const opening = tokens.findIndex((token) => is(token, '('));
    const end = tokens[closing(tokens, opening)];
    return breaksCheck(rule, text.slice(tokens[opening]?.end, end?.start));
  }
  const columns = listAfter(tokens, word);
  return has(columns) ? areTwice(rule, columns.map(quote), undefined) : undefined;
}

/** The names in the first parentheses after a word, in lower case. */
function listAfter(tokens: readonly Token[], word: string): string[] {
  const start = tokens.findIndex((token) => is(token, word));
  const opening = tokens.findIndex((token, index) => index > start && is(token, '('));
  return tokens
    .slice(opening + 1, closing(tokens, opening))
    .filter((token) => !is(token, ','))
    .map(({ text }) => text);
}
