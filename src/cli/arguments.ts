import { parseArgs } from 'node:util';
import { BillingError } from '../errors';
import type { EngineName } from '../engines/engine';
import { SCRIPT_DIALECTS } from '../engines/scripts';

export const COMMANDS = [
  ...(['migrate', 'rollback', 'status', 'check', 'backup', 'restore', 'sql', 'add'] as const),
] as const;
export type Command = (typeof COMMANDS)[number];

export interface Arguments {
  readonly command: Command | 'help' | 'version';
  readonly dataSource: string | undefined;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly all: boolean;
  readonly to: string | undefined;
  readonly discard: boolean | undefined;
  /** The folder that a rollback writes its rows to. */
  readonly backup: string | undefined;
  readonly dialect: EngineName | undefined;
  readonly out: string | undefined;
  readonly from: number | undefined;
  readonly table: string | undefined;
  readonly plain: boolean;
  /** Milliseconds. */
  readonly lockTimeout: number | undefined;
  readonly tableLockTimeout: number | undefined;
  /** What `backup` writes to and `restore` reads. */
  readonly folder: string;
  readonly skipOrphans: boolean;
}

export const HELP = `Usage: typeorm-billing <command> [options]

  migrate               apply the pending migrations
    --dry-run             print their SQL and change nothing
  rollback              revert the last migration
    --all                 revert all migrations
    --to <name>           revert all migrations after this one
    --discard             drop the rows of the tables; without it, a rollback that would drop rows
                          lists the tables with their counts, and changes nothing
    --backup <folder>     write the rows to a new folder first, as \`backup\` does
  both:
    --lock-timeout <seconds>        how long to wait for another process that is migrating, and for
                                    tables that others have locked (default: 60)
    --table-lock-timeout <seconds>  how long, at a time, a statement waits for a table's lock on
                                    Postgres, with other statements behind it (default: 3)
  status                list the applied and the pending migrations
  check                 compare billing's tables with its migrations and entities, and print what is
                        wrong and the statements that put it right; also list what the host added,
                        which is never removed
  backup <folder>       write the rows of billing's tables to a new folder, as JSON Lines
  restore <folder>      put them back into empty tables, all or none
    --skip-orphans        leave out rows whose host row is gone, and list them in a file
  sql                   write the migrations as SQL files; needs no database
    --dialect <name>      postgres or d1
    --out <folder>        the folder for the files; rollback files go to <folder>-rollback
    --from <number>       number of the first file (default: the next one in the folder)
    --table <name>        wrangler's migrations_table (default: d1_migrations)
  add                   write migrations of your own that extend billing's, with today's date, for
                        those that you don't have yet; needs no database, and looks at one
                        that is given for what is applied there
    --out <folder>        the folder of your migrations
    --dialect <name>      postgres, sqlite or d1 (default: the database that is given)
    --plain               write the whole SQL

  -d, --data-source <file>  a module that exports a TypeORM DataSource, used in place of
                            DATABASE_URL; TypeScript is loaded by your ts-node,
                            @swc-node/register or tsx (not with sql)
  --json                print the result as JSON
  -h, --help            print this text
  --version             print the version

DATABASE_URL         postgres://user:password@host:port/database, sqlite:path, sqlite::memory: or
                     d1:BINDING, the local D1 of the wrangler configuration in this folder
                     (required; default in a clone of the project: sqlite:billing.sqlite)
BILLING_FAMILIES     tenant, user or tenant,user (default: both)
BILLING_HOST_TABLES  create: in a database without tables, create stand-ins for the host's;
                     expect: use the host's
                     (default: expect; in a clone without DATABASE_URL: create)
BILLING_TENANT, BILLING_USER  the host's table, its key and that one's type, as in
                     core.organizations.id:integer (default: tenants.id:uuid and user.id:text)
BILLING_PREFIX, BILLING_SCHEMA  what the names of billing's tables begin with, and, on Postgres,
                     their schema (default: nothing, and the first of the search_path)
BILLING_ROLLBACK     discard: a rollback drops rows, also TypeORM's own migration:revert;
                     backup:<folder>: it writes them to a new folder first (default: it refuses)
BILLING_MIGRATIONS_TABLE  the table that records applied migrations (default: migrations)

Exit codes: 0 done, 1 an error you can fix, 2 a bug.
check exits with 1 if there is a difference.`;

const WAITS = ['lock-timeout', 'table-lock-timeout'];

/** The options of each command, besides those that all commands have. */
const OWN: Readonly<Record<Command, readonly string[]>> = {
  migrate: ['data-source', 'dry-run', ...WAITS],
  rollback: ['data-source', 'all', 'to', 'discard', 'backup', ...WAITS],
  status: ['data-source'],
  check: ['data-source'],
  backup: ['data-source'],
  restore: ['data-source', 'skip-orphans'],
  sql: ['dialect', 'out', 'from', 'table'],
  add: ['data-source', 'dialect', 'out', 'plain'],
};

/** @throws BillingError `INVALID_CALL` if a command or an option is not known or not complete */
export function readArguments(words: readonly string[]): Arguments {
  const { values, positionals } = parse(words);
  const options = {
    dataSource: values['data-source'],
    json: values.json ?? false,
    dryRun: values['dry-run'] ?? false,
    all: values.all ?? false,
    to: values.to,
    discard: values.discard,
    backup: values.backup,
    out: values.out,
    from: readNumber(values.from),
    table: values.table,
    plain: values.plain ?? false,
    lockTimeout: readSeconds('lock-timeout', values['lock-timeout']),
    tableLockTimeout: readSeconds('table-lock-timeout', values['table-lock-timeout']),
    skipOrphans: values['skip-orphans'] ?? false,
    folder: positionals[1] ?? '',
  };
  if (values.help) return { command: 'help', ...options, dialect: undefined };
  if (values.version) return { command: 'version', ...options, dialect: undefined };
  const [word, ...rest] = positionals;
  const command = COMMANDS.find((name) => name === word);
  const takesFolder = command === 'backup' || command === 'restore';
  if (takesFolder && (rest.length !== 1 || rest[0] === '')) {
    throw invalid(`${command} needs the name of one folder, and found ${rest.length}`);
  }
  if (!command || (rest.length > 0 && !takesFolder)) {
    const found = positionals.length > 0 ? `"${positionals.join(' ')}"` : 'nothing';
    throw invalid(`Expected one command, ${COMMANDS.join(', ')}, but found ${found}`);
  }
  const foreign = Object.values(OWN)
    .flat()
    .find((name) => name in values && !OWN[command].includes(name));
  if (foreign === 'data-source') {
    throw BillingError.invalidCall(
      `${command} uses no database, and no DataSource: found -d "${String(options.dataSource)}"`,
      'leave -d out; BILLING_FAMILIES names the families',
    );
  }
  if (foreign) throw invalid(`${command} has no option --${foreign}`);
  if (options.all && options.to !== undefined) throw invalid('Give --all or --to, not both');
  return { command, ...options, dialect: readDialect(values.dialect, command) };
}

const OPTIONS = {
  'data-source': { type: 'string', short: 'd' },
  'dry-run': { type: 'boolean' },
  all: { type: 'boolean' },
  to: { type: 'string' },
  discard: { type: 'boolean' },
  backup: { type: 'string' },
  dialect: { type: 'string' },
  out: { type: 'string' },
  from: { type: 'string' },
  table: { type: 'string' },
  plain: { type: 'boolean' },
  'lock-timeout': { type: 'string' },
  'table-lock-timeout': { type: 'string' },
  'skip-orphans': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

// The options' types are inferred from the call.
function parse(words: readonly string[]) {
  const args = [...words];
  assertOptions(
    parseArgs({ args, allowPositionals: true, options: OPTIONS, strict: false, tokens: true })
      .tokens,
  );
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS });
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];

/** Node's own messages of these name no remedy, and it takes the last of several values in silence. */
function assertOptions(tokens: readonly Token[]): void {
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    if (!(name in OPTIONS)) throw unknownOption(name, rawName);
    if (OPTIONS[name as keyof typeof OPTIONS].type === 'boolean') continue;
    if (value === undefined || value === '' || (value.startsWith('-') && !inlineValue)) {
      throw invalid(`${rawName} needs a value`);
    }
    const earlier = given.get(name);
    if (earlier !== undefined) {
      const problem = `--${name} is given twice, "${earlier}" and "${value}"`;
      throw BillingError.invalidCall(problem, 'give it once');
    }
    given.set(name, value);
  }
}

/** TypeORM's commands spell theirs in camelCase, too. */
function unknownOption(name: string, rawName: string): BillingError {
  const plain = (word: string): string => word.replaceAll(/[-_]/g, '').toLowerCase();
  const near = Object.keys(OPTIONS).find((known) => plain(known) === plain(name));
  const problem = `There is no option ${rawName}`;
  return near === undefined ? invalid(problem) : BillingError.invalidCall(problem, `use --${near}`);
}

/** SQLite has no SQL files, but migrations as any other. */
const ADD_DIALECTS = ['postgres', 'sqlite', 'd1'] as const satisfies readonly EngineName[];

function readDialect(word: string | undefined, command: Command): EngineName | undefined {
  const dialects: readonly EngineName[] = command === 'add' ? ADD_DIALECTS : SCRIPT_DIALECTS;
  const dialect = dialects.find((name) => name === word);
  if (dialect !== undefined || word === undefined) return dialect;
  throw invalid(`--dialect is "${word}", not ${listOf(dialects)}`);
}

const listOf = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

function readNumber(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  if (/^\d{1,14}$/.test(word)) return Number(word);
  throw invalid(`--from is "${word}", not a whole number of up to 14 digits`);
}

/** @returns milliseconds */
function readSeconds(option: string, word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  if (/^\d{1,9}(\.\d{1,3})?$/.test(word)) return Number(word) * 1000;
  throw invalid(`--${option} is "${word}", not a number of seconds`);
}

/** An error about the words of a command. */
export function invalid(message: string, cause?: unknown): BillingError {
  return BillingError.invalidCall(message.replace(/\.$/, ''), 'see typeorm-billing --help', cause);
}
