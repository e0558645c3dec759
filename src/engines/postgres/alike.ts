import { QueryFailedError, type QueryRunner } from 'typeorm';
import { quote } from '../../driver/sql/quote';
import { readParts, type Part } from './parts';
import { inSavepoint, type Scratch } from './scratch';

/** A part whose text differs in the two tables. */
export interface Pair {
  readonly live: Part;
  readonly wanted: Part;
}

const PROBE = 'billing_probe_';

/** Each dump may change a text once, and what changes no more after two readings is the normal form. */
const ROUNDS = 3;

/**
 * Which of the pairs mean the same. A text that Postgres has printed and read again, as in a dump, can look
 * different, so it reads all of them again, on the tables of the scratch, until nothing changes.
 */
export async function alikeIn(
  queryRunner: QueryRunner,
  scratch: Scratch,
  schemas: readonly string[],
  pairs: readonly Pair[],
): Promise<ReadonlySet<Part>> {
  const left = pairs.filter(
    ({ live, wanted }) => probeSql(live, '', '') && probeSql(wanted, '', ''),
  );
  const texts = new Map<Part, string | undefined>(
    left.flatMap(({ live, wanted }) => [live, wanted].map((part) => [part, textOf(part)] as const)),
  );
  for (let round = 0; round < ROUNDS && texts.size > 0; round += 1) {
    const before = [...texts.values()].join('\n');
    const parts = [...texts].filter(([, text]) => text !== undefined).map(([part]) => part);
    const read = await readAgain(queryRunner, scratch, schemas, parts, texts);
    for (const part of parts) texts.set(part, read.get(part));
    if ([...texts.values()].join('\n') === before) break;
  }
  const alike = new Set<Part>();
  for (const { live, wanted } of left) {
    const [one, other] = [texts.get(live), texts.get(wanted)];
    if (one === undefined || other === undefined) continue;
    const { type } = wanted.detail.column ?? {};
    if (one === other || (type && (await areSameValue(queryRunner, type, one, other)))) {
      alike.add(live);
    }
  }
  return alike;
}

const CONSTANT = /^\(?(?:'(?:[^']|'')*'|-?\d+(?:\.\d+)?|true|false)\)?(?:::[\w ]+(?:\(\d+\))?)?$/;

/** `'1'::smallint` is 1: another tool may write a default so. */
async function areSameValue(
  queryRunner: QueryRunner,
  type: string,
  one: string,
  other: string,
): Promise<boolean> {
  if (![one, other].every((text) => CONSTANT.test(text))) return false;
  const rows = await inSavepoint<unknown>(queryRunner, () =>
    queryRunner.query(
      `SELECT (${one})::${type}::text IS NOT DISTINCT FROM (${other})::${type}::text AS "same"`,
    ),
  );
  return Array.isArray(rows) && (rows as { same: boolean }[])[0]?.same === true;
}

const textOf = ({ kind, definition, detail }: Part): string =>
  kind === 'column' ? (detail.column?.default ?? '') : definition;

/** What makes the part again, under another name; undefined for one that has no expression. */
function probeSql(part: Part, path: string, text: string, name = ''): string | undefined {
  if (part.kind === 'index') return `CREATE INDEX ${name} ON ${path} ${text}`;
  if (part.kind === 'column') {
    return `ALTER TABLE ${path} ADD COLUMN ${name} ${part.detail.column?.type ?? ''} DEFAULT ${text}`;
  }
  if (part.kind === 'constraint' && part.detail.type === 'c') {
    return `ALTER TABLE ${path} ADD CONSTRAINT ${name} ${text}`;
  }
  return undefined;
}

/** What each text is once it was read; without those that can't be read here. */
async function readAgain(
  queryRunner: QueryRunner,
  scratch: Scratch,
  schemas: readonly string[],
  parts: readonly Part[],
  texts: ReadonlyMap<Part, string | undefined>,
): Promise<ReadonlyMap<Part, string>> {
  const statements = parts.map((part, index) => {
    const path = `${scratch.schema}.${quote(part.table)}`;
    return probeSql(part, path, texts.get(part) ?? '', `${PROBE}${index}`) ?? '';
  });
  await queryRunner.query('SAVEPOINT probes');
  // All at once, as there are many after a dump. Where one can't be read, each by itself.
  const all = await inSavepoint<unknown>(queryRunner, () =>
    queryRunner.query(statements.join(';\n')),
  );
  if (all instanceof QueryFailedError) {
    for (const sql of statements) {
      const refused = await inSavepoint<unknown>(queryRunner, () => queryRunner.query(sql));
      // A timeout, for one, says nothing of the text. SQLSTATE class 42: a name, a type or the syntax.
      if (refused instanceof QueryFailedError && !isAboutTheText(refused)) throw refused;
    }
  }
  const read = await readParts(queryRunner, [...scratch.tables.values()], [], schemas);
  await queryRunner.query('ROLLBACK TO SAVEPOINT probes');
  return new Map(
    parts.flatMap((part, index): [Part, string][] => {
      const probe = read.find(
        (one) =>
          one.kind === part.kind && one.table === part.table && one.name === `${PROBE}${index}`,
      );
      return probe === undefined ? [] : [[part, textOf(probe)]];
    }),
  );
}

const isAboutTheText = ({ driverError }: { readonly driverError: unknown }): boolean =>
  /^(?:42|0A|22)/.test(String((driverError as { code?: unknown }).code));
