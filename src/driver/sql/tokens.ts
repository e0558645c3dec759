/** A word of SQL in canonical form, with its position in the text. */
export interface Token {
  readonly text: string;
  /** A name in quotes, or a string: never a keyword. */
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\w$.\u0080-\uffff]+|\?\d+|[<>=!|]{2}|\S/g;

/** Whether a token is this keyword or sign. */
export const is = (token: Token | undefined, text: string): boolean =>
  token?.text === text && !token.quoted;

/** Splits SQL into words and skips comments. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(TOKEN)) {
    const raw = match[0];
    if (raw.startsWith('--') || raw.startsWith('/*')) continue;
    const quoted = /^['"`[]/.test(raw);
    tokens.push({ text: word(raw), quoted, start: match.index, end: match.index + raw.length });
  }
  return tokens;
}

/** A name as the text writes it, without its quotes. */
export function nameAsWritten(sql: string, token: Token | undefined): string {
  const raw = sql.slice(token?.start, token?.end);
  const mark = /^["`[]/.exec(raw)?.[0];
  if (mark === undefined) return raw;
  const inner = raw.slice(1, -1);
  return mark === '[' ? inner : inner.replaceAll(mark + mark, mark);
}

function word(raw: string): string {
  const first = raw[0];
  if (first === "'") return raw;
  if (first === '"' || first === '`') {
    return raw
      .slice(1, -1)
      .replaceAll(first + first, first)
      .toLowerCase();
  }
  return first === '[' ? raw.slice(1, -1).toLowerCase() : raw.toLowerCase();
}

/** The positions of the tokens outside all parentheses, without the parentheses themselves. */
export function outermost(tokens: readonly Token[]): number[] {
  const found: number[] = [];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (is(token, ')')) depth--;
    else if (is(token, '(')) depth++;
    else if (depth === 0) found.push(index);
  }
  return found;
}

/**
 * The position of the parenthesis that closes the one at `opening`, or `tokens.length` if none
 * does.
 */
export function closing(tokens: readonly Token[], opening: number): number {
  let depth = 0;
  let index = opening;
  for (; index < tokens.length; index++) {
    if (is(tokens[index], '(')) depth++;
    if (is(tokens[index], ')') && --depth === 0) break;
  }
  return index;
}

/**
 * The last part of the name at `index`, such as `t` of `main.t`, and the position after the name.
 */
export function nameAt(
  tokens: readonly Token[],
  index: number,
): { readonly name: string; readonly next: number } | undefined {
  let next = index;
  for (;;) {
    const token = tokens[next++];
    if (token === undefined) return undefined;
    const name = token.quoted ? token.text : token.text.slice(token.text.lastIndexOf('.') + 1);
    const following = tokens[next];
    // `main.t` is one token, `"main"."t"` are three, `main."t"` are two.
    const goesOn = name === '' || (following?.text.startsWith('.') && !following.quoted);
    if (!goesOn) return { name, next };
  }
}
