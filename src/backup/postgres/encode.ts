import type { BackupColumn, ValueKind } from '../manifest';

/** What JSON has to escape. */
const ESCAPED = /["\\\p{Cc}]/u;

/** Writes a row of Postgres' texts as a line of JSON. */
export function lineWriter(
  columns: readonly Pick<BackupColumn, 'name' | 'kind'>[],
): (cells: readonly (string | null)[]) => string {
  const keys = columns.map(
    ({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`,
  );
  const writers = columns.map(({ kind }) => WRITERS[kind]);
  return (cells) => {
    let line = '';
    for (let index = 0; index < keys.length; index += 1) {
      const cell = cells[index] ?? null;
      line += keys[index] ?? '';
      line += cell === null ? 'null' : (writers[index] ?? text)(cell);
    }
    return `${line}}\n`;
  };
}

const text = (value: string): string =>
  ESCAPED.test(value) ? JSON.stringify(value) : `"${value}"`;

const WRITERS: Readonly<Record<ValueKind, (value: string) => string>> = {
  text,
  // Of up to 15 digits each number is safe.
  integer: (value) =>
    value.length < 16 || Number.isSafeInteger(Number(value)) ? value : `"${value}"`,
  number: (value) => (/\d/.test(value) ? value : `"${value}"`),
  boolean: (value) => (value.startsWith('t') ? 'true' : 'false'),
  instant,
  // A newline between its parts would end the line.
  json: (value) => (value.includes('\n') ? value.replaceAll(/[\n\r]/g, ' ') : value),
  bytes: (value) => `"${value.replaceAll('\n', '')}"`,
};

/** `2026-01-31 23:59:59.999+00`; Postgres leaves out zeros at the end. */
function instant(value: string): string {
  const { length } = value;
  // Infinity, and years before 1 and after 9999, which no other form has.
  if (length < 22 || value.charAt(10) !== ' ' || !value.endsWith('+00')) return `"${value}"`;
  const digits = length === 22 ? '.000' : length === 24 ? '00' : length === 25 ? '0' : '';
  return `"${value.slice(0, 10)}T${value.slice(11, -3)}${digits}Z"`;
}

const ESCAPES: Readonly<Partial<Record<string, string>>> = {
  ...{ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

/** The cells of a line of Postgres' COPY. */
export function cellsOf(line: string): (string | null)[] {
  const cells: (string | null)[] = line.split('\t');
  if (!line.includes('\\')) return cells;
  for (let index = 0; index < cells.length; index += 1) {
    const cell = cells[index];
    if (cell === '\\N') cells[index] = null;
    else if (cell?.includes('\\')) {
      cells[index] = cell.replaceAll(/\\(.)/gs, (_, sign: string) => ESCAPES[sign] ?? sign);
    }
  }
  return cells;
}
