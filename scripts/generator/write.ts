import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Change } from './changes';
import type { ChangedTables, Statements } from './statements';

const DIALECTS = ['postgres', 'sqlite'] as const;
type Dialect = (typeof DIALECTS)[number];

/**
 * Writes a file for each dialect and change into `folder` and adds the classes to the lists there.
 *
 * @param timestamp milliseconds since 1970; the next ones are used where there are several changes
 * @returns the paths of the files written
 */
export async function writeMigrations(
  folder: string,
  name: string,
  timestamp: number,
  changes: readonly Change[],
): Promise<string[]> {
  const written: string[] = [];
  for (const [index, change] of changes.entries()) {
    const suffix =
      changes.length > 1 ? `${change.family === 'tenant' ? 'Tenant' : 'User'}Billing` : '';
    const title = `${name}${suffix}`;
    const moment = timestamp + index;
    const className = `${title}${moment}`;
    const file = `${moment}-${kebab(title)}`;
    for (const dialect of DIALECTS) {
      const path = join(folder, dialect, `${file}.ts`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, migrationFile(className, change, dialect), { flag: 'wx' });
      await register(
        join(folder, `${dialect}-migrations.ts`),
        className,
        `./${dialect}/${file}`,
        change,
      );
      written.push(path);
    }
  }
  return written;
}

const kebab = (title: string): string =>
  title.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

function migrationFile(className: string, change: Change, dialect: Dialect): string {
  const declared = [
    `  readonly family = '${change.family}';`,
    change.references.length > 0
      ? `  readonly references = ${literal(change.references)} as const;`
      : '',
    change.creates.length > 0 ? `  readonly creates = ${literal(change.creates)};` : '',
  ].filter(Boolean);
  const part = change[dialect];
  const { head, methods } = 'before' in part ? changing(part) : sending(part, dialect);
  return `${head.join('\n')}
export class ${className} implements ReversibleMigration {
${[`  readonly name = '${className}';`, ...declared].join('\n')}

${methods.join('\n\n')}
}
`;
}

interface Parts {
  /** Lines above the class. */
  readonly head: readonly string[];
  readonly methods: readonly string[];
}

const IMPORT = `import type { ReversibleMigration } from '../reversible-migration';`;
const IMPORT_RUNNER = `import type { QueryRunner } from 'typeorm';`;

function sending({ up, down }: Statements, dialect: Dialect): Parts {
  return {
    head: [...(up.length + down.length > 0 ? [IMPORT_RUNNER] : []), IMPORT, ''],
    methods: [method('up', up, dialect), method('down', down, dialect)],
  };
}

/** Tables that are there are changed beside what the host has added to them. */
function changing({ before, after, children }: ChangedTables): Parts {
  const list = (name: string, statements: readonly string[]): string =>
    `const ${name} = [\n${statements.map((sql) => `  \`${escape(dedentAll(sql))}\`,\n`).join('')}];\n`;
  const both = children.length > 0;
  const named = (name: string): string => (both ? `[...${name}, ...CHILDREN]` : name);
  const change = (which: string, from: string, to: string): string =>
    `  async ${which}(queryRunner: QueryRunner): Promise<void> {\n    await changeTables(queryRunner, ${named(from)}, ${named(to)});\n  }`;
  return {
    head: [
      IMPORT_RUNNER,
      `import { changeTables } from '../change-tables';`,
      ...[IMPORT, ''],
      list('BEFORE', before),
      list('AFTER', after),
      ...(both
        ? ['/** They refer to a table that is rebuilt. */', list('CHILDREN', children)]
        : []),
    ],
    methods: [change('up', 'BEFORE', 'AFTER'), change('down', 'AFTER', 'BEFORE')],
  };
}

function literal(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(/"(\w+)":/g, ' $1: ')
    .replaceAll('"', "'")
    .replaceAll('}', ' }')
    .replaceAll(',', ', ')
    .replaceAll(/ {2,}/g, ' ');
}

function method(name: 'up' | 'down', statements: Statements['up'], dialect: Dialect): string {
  if (statements.length > 0) {
    return `  async ${name}(queryRunner: QueryRunner): Promise<void> {\n${body(statements, dialect)}\n  }`;
  }
  return `  /** Nothing changes on this database. */\n  ${name}(): Promise<void> {\n    return Promise.resolve();\n  }`;
}

/** Postgres takes several statements at once, in one round trip; SQLite takes one. */
function body(statements: Statements['up'], dialect: Dialect): string {
  const plain = statements.map(dedent);
  const texts = dialect === 'postgres' ? [plain.join(';\n')] : plain;
  return texts.map((sql) => `    await queryRunner.query(\`${indent(escape(sql))}\`);`).join('\n');
}

/** Text that was read back from a database stands as deep as in the migration it came from. */
function dedent(sql: string): string {
  const depth = /\n( +)\S[^\n]*$/.exec(sql)?.[1];
  return depth === undefined ? sql : sql.replaceAll(`\n${depth}`, '\n');
}

/** One definition a line, as deep as in a list. */
const dedentAll = (sql: string): string =>
  dedent(sql)
    .replaceAll(/\n(?= {2})/g, '\n  ')
    .replace(/\n(?=\))/g, '\n  ');

const escape = (sql: string): string => sql.replaceAll(/[\\`]|\$\{/g, '\\$&');

const indent = (sql: string): string =>
  sql.includes('\n') ? `\n${sql}\n`.replaceAll(/^(?=.)/gm, '      ').replace(/\n$/, '\n    ') : sql;

async function register(
  list: string,
  className: string,
  module: string,
  { family }: Change,
): Promise<void> {
  const text = await readFile(list, 'utf8');
  const entries = new RegExp(`(export const ${family}Migrations[^=]*= \\[)([^\\]]*)(\\];)`);
  if (!entries.test(text)) throw new Error(`${list} holds no list ${family}Migrations to add to.`);
  const registered = text
    .replace(/(?=^import type)/m, `import { ${className} } from '${module}';\n`)
    .replace(entries, (_, opening: string, names: string, closing: string) => {
      const all = [...names.split(',').map((one) => one.trim()), className].filter(Boolean);
      return `${opening}\n${all.map((one) => `  ${one},\n`).join('')}${closing}`;
    });
  await writeFile(list, registered);
}
