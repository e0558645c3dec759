import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Change } from './changes';
import type { Statements } from './statements';

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
  const { up, down } = change[dialect];
  const imported =
    up.length + down.length > 0 ? `import type { QueryRunner } from 'typeorm';\n` : '';
  return `${imported}import type { ReversibleMigration } from '../reversible-migration';

export class ${className} implements ReversibleMigration {
${[`  readonly name = '${className}';`, ...declared].join('\n')}

${method('up', up, dialect)}

${method('down', down, dialect)}
}
`;
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
