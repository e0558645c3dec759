import { QueryFailedError, type QueryRunner } from 'typeorm';
import { quote } from '../../driver/sql/quote';
import type { Expected } from '../examination';
import type { Target } from './parts';

/** Where the tables of the migrations were made, until the transaction is rolled back. */
export interface Scratch {
  /** By the name of the table. */
  readonly tables: ReadonlyMap<string, Target>;
  readonly hosts: readonly Target[];
  /** The schema, under all names that Postgres gives it. */
  readonly schemas: readonly string[];
  /** What a statement names the schema. */
  readonly schema: string;
}

/** Comments, strings of all forms, and what is left: a schema before a name, and a word. */
const WORDS =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1|(?<schema>"(?:[^"]|"")*")\s*\.\s*(?=")|"(?:[^"]|"")*"|(?<word>\w+)\s?/g;

/**
 * Makes billing's tables as the migrations make them, in a schema that nobody else sees. The caller is in
 * a transaction and rolls it back. No table of the host's is locked: stand-ins take their place.
 *
 * @param hostLabels what the host's tables are called in foreign keys, in their order
 * @returns the server's error if it can't be done
 */
export async function makeScratch(
  queryRunner: QueryRunner,
  expected: Expected,
  hostLabels: readonly string[],
): Promise<Scratch | QueryFailedError> {
  // The right to make temporary tables is one that all have by default. But a function that a statement
  // makes there is found by no name.
  const temporary = await inSavepoint(queryRunner, () =>
    makeIn(queryRunner, 'pg_temp', expected, hostLabels),
  );
  if (!(temporary instanceof QueryFailedError)) return temporary;
  const lasting = await inSavepoint(queryRunner, async () => {
    const rows = (await queryRunner.query(
      `SELECT 'billing_doctor_' || pg_backend_pid() AS "name"`,
    )) as [{ name: string }];
    const [{ name }] = rows;
    await queryRunner.query(`CREATE SCHEMA ${name}`);
    return makeIn(queryRunner, name, expected, hostLabels);
  });
  return lasting instanceof QueryFailedError ? temporary : lasting;
}

async function makeIn(
  queryRunner: QueryRunner,
  schema: string,
  { statements, tables, hosts }: Expected,
  hostLabels: readonly string[],
): Promise<Scratch> {
  await queryRunner.query(`SET LOCAL search_path = ${schema}`);
  for (const [index, { column, type }] of hosts.entries()) {
    await queryRunner.query(
      `CREATE TABLE ${schema}.${hostName(index)} (${quote(column)} ${type} PRIMARY KEY)`,
    );
  }
  const schemas = new Set(tables.flatMap(({ schema: placed }) => placed ?? []));
  for (const sql of statements) await queryRunner.query(unplaced(atStandIns(sql, hosts), schemas));
  const rows = (await queryRunner.query(
    `SELECT c.oid, c.relname AS "name", n.nspname AS "schema"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = ANY (SELECT to_regclass('${schema}.' || quote_ident(name)) FROM unnest($1::text[]) name)`,
    [[...tables.map(({ table }) => table), ...hosts.map((_, index) => hostName(index))]],
  )) as { oid: number; name: string; schema: string }[];
  const oidOf = (name: string): number => rows.find((row) => row.name === name)?.oid ?? 0;
  return {
    tables: new Map(
      tables.flatMap(({ table }): [string, Target][] =>
        oidOf(table) === 0 ? [] : [[table, { oid: oidOf(table), label: table }]],
      ),
    ),
    hosts: hostLabels.map((label, index) => ({ oid: oidOf(hostName(index)), label })),
    schemas: [...new Set([schema, ...rows.map((row) => row.schema)])],
    schema,
  };
}

const hostName = (index: number): string => `billing_host_${index}`;

/** A statement whose foreign keys lead to the stand-ins of the host's tables. */
function atStandIns(sql: string, hosts: Expected['hosts']): string {
  return hosts.reduce((text, { schema, table }, index) => {
    const names = [schema, table].flatMap((name) =>
      name === undefined ? [] : `(?:${escaped(quote(name))}|${escaped(name)})`,
    );
    const reference = new RegExp(
      String.raw`\bREFERENCES\s+${names.join(String.raw`\.`)}\s*\(`,
      'g',
    );
    return text.replaceAll(reference, `REFERENCES ${hostName(index)} (`);
  }, sql);
}

const escaped = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** A statement without the schemas, and without what can't be in a transaction. */
const unplaced = (sql: string, schemas: ReadonlySet<string>): string =>
  sql.replaceAll(WORDS, (text: string, ...rest: unknown[]) => {
    const { schema, word } = rest.at(-1) as { schema?: string; word?: string };
    if (schema !== undefined)
      return schemas.has(schema.slice(1, -1).replaceAll('""', '"')) ? '' : text;
    return word?.toUpperCase() === 'CONCURRENTLY' ? '' : text;
  });

/** Rolls back to where it began if the server refuses a statement, and returns why. */
export async function inSavepoint<Result>(
  queryRunner: QueryRunner,
  work: () => Promise<Result>,
): Promise<Result | QueryFailedError> {
  await queryRunner.query('SAVEPOINT doctor');
  try {
    const result = await work();
    await queryRunner.query('RELEASE SAVEPOINT doctor');
    return result;
  } catch (error) {
    if (!(error instanceof QueryFailedError)) throw error;
    await queryRunner.query('ROLLBACK TO SAVEPOINT doctor; RELEASE SAVEPOINT doctor');
    return error;
  }
}
