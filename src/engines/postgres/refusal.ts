import { type Refusal, writtenTable } from '../refusal';

/** SQLSTATEs, https://www.postgresql.org/docs/current/errcodes-appendix.html */
const KINDS: Readonly<Record<string, Refusal['kind']>> = {
  '23505': 'UNIQUE',
  '23503': 'FOREIGN_KEY',
  '23001': 'FOREIGN_KEY',
  '23514': 'CHECK',
  '23502': 'NOT_NULL',
};

/** Too long for a varchar, or too large for the integer type; on other engines a CHECK refuses it. */
const TOO_BIG: readonly unknown[] = ['22001', '22003'];

/** Reads an error of the package `pg`; undefined if it is not about a refused row. */
export function readPostgresRefusal(error: object, query: string | undefined): Refusal | undefined {
  const { code, message, table, column, constraint, detail } = error as Fields;
  const written = writtenTable(query);
  if (TOO_BIG.includes(code)) {
    // A search for such a value writes nothing.
    if (query !== undefined && written === undefined) return undefined;
    return { kind: 'CHECK', table: written, columns: [], constraint: undefined };
  }
  const kind = typeof code === 'string' ? KINDS[code] : undefined;
  if (kind === undefined) return undefined;
  return {
    kind,
    // The server names the table that has the key, SQLite at most the one written to.
    table:
      kind === 'FOREIGN_KEY'
        ? (written ?? / on table "(\w+)"/.exec(String(message))?.[1] ?? text(table))
        : (text(table) ?? written),
    columns:
      kind === 'UNIQUE'
        ? keyColumns(text(detail) ?? '')
        : [text(column)].filter((name) => name !== undefined),
    constraint: text(constraint),
  };
}

type Fields = Partial<Record<string, unknown>>;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** `Key (provider, token_fingerprint)=(…) already exists.`, in whatever language the server speaks. */
function keyColumns(detail: string): string[] {
  const names = /\(([\w", ]+)\)=\(/.exec(detail)?.[1] ?? '';
  return names === '' ? [] : names.split(', ').map((name) => name.replaceAll('"', ''));
}
