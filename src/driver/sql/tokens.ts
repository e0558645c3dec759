/** A word of SQL, in canonical form, and where it stands. */
export interface Token {
  readonly text: string;
  /** A name in quotes, or a string: never a keyword. */
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\w$.]+|\?\d+|[<>=!|]{2}|\S/g;

/** Whether a token is this keyword or sign. */
export const is = (token: Token | undefined, text: string): boolean =>
  token?.text === text && !token.quoted;

/** Splits SQL into words; comments are left out. */
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

/** The statement with everything taken out that does not change its meaning. */
export function canonical(sql: string): string {
  return tokenize(sql)
    .map((token) => token.text)
    .join(' ');
}
