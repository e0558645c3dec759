import { getMetadataArgsStorage } from 'typeorm';
import { type Refusal, writtenTable, writtenTables } from '../refusal';

const KINDS: Readonly<Record<string, Refusal['kind']>> = {
  UNIQUE: 'UNIQUE',
  'FOREIGN KEY': 'FOREIGN_KEY',
  CHECK: 'CHECK',
  'NOT NULL': 'NOT_NULL',
};

const MESSAGE = /\b(UNIQUE|FOREIGN KEY|CHECK|NOT NULL) constraint failed(?:: ([^:\n]+))?/;

/**
 * Reads an error of SQLite, of a file or of D1: both carry text only. Undefined if it is not about a
 * refused row.
 */
export function readSqliteRefusal(error: object, query: string | undefined): Refusal | undefined {
  const message = 'message' in error ? String(error.message) : '';
  const [, word = '', about = ''] = MESSAGE.exec(message) ?? [];
  const kind = KINDS[word];
  if (kind === undefined) return undefined;
  if (kind === 'CHECK') {
    // SQLite prints the expression of a CHECK that has no name.
    const constraint = /^\w+$/.test(about.trim()) ? about.trim() : undefined;
    return { kind, table: checkedTable(query ?? '', constraint), columns: [], constraint };
  }
  const names = [...about.matchAll(/(\w+)\.(\w+)/g)];
  return {
    kind,
    table: names[0]?.[1] ?? writtenTable(query),
    columns: names.map(([, , column = '']) => column),
    constraint: undefined,
  };
}

/**
 * The table whose name is part of the CHECK's: one that is written to, of those of a batch, or that of an
 * entity, since the deletion of a parent writes to its children.
 */
function checkedTable(query: string, constraint = ''): string | undefined {
  const written = writtenTables(query);
  const entities = getMetadataArgsStorage().tables.flatMap(({ name }) => name ?? []);
  return (
    named(constraint, written) ??
    named(constraint, entities) ??
    (written.length === 1 ? written[0] : undefined)
  );
}

function named(constraint: string, tables: readonly string[]): string | undefined {
  return tables
    .filter((table) => constraint.startsWith(`ck_${table}_`))
    .sort((a, b) => b.length - a.length)[0];
}
