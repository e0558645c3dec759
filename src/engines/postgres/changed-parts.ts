import { QueryFailedError, type QueryRunner, type Table } from 'typeorm';
import { quote } from '../../driver/sql/quote';

/** A CHECK or an index, in Postgres' own normal form. */
interface Part {
  readonly name: string;
  readonly kind: 'check' | 'index';
  /** What it does, without its name and table. */
  readonly meaning: string;
  /** The statement that creates it, for the table `$table` under the name `$name`. */
  readonly sql: string;
}

const PARTS = `
  SELECT conname AS "name", 'check' AS "kind", pg_get_constraintdef(oid) AS "meaning",
    'ALTER TABLE $table ADD CONSTRAINT $name ' || pg_get_constraintdef(oid) AS "sql"
  FROM pg_constraint WHERE contype = 'c' AND conrelid = $1::regclass
  UNION ALL
  SELECT c.relname, 'index',
    concat_ws(' ', i.indisunique::text, a.amname,
      (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, false) || ' ' || i.indoption[n - 1], ', ' ORDER BY n)
         FROM generate_series(1, i.indnkeyatts) n),
      pg_get_expr(i.indpred, i.indrelid)),
    regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX .* ON .* USING ', ' INDEX $name ON $table USING ')
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
  WHERE i.indrelid = $1::regclass`;

const SHADOW = 'pg_temp.billing_intended';
const PROBE = 'billing_probe';

/**
 * Names of the CHECKs and indexes that mean something else in the live table than in `intended`.
 * Postgres itself brings the intended ones into its normal form, on a temporary table. `queryRunner`
 * must be in a transaction, which the caller rolls back.
 *
 * @param liveNames the columns with another name in the live table, which is the value
 * @returns the server's error if it refuses the temporary table, so that nothing can be compared: the
 *   session is read-only, the user has no right to make it, or a type does not exist yet
 */
export async function changedParts(
  queryRunner: QueryRunner,
  live: string,
  intended: Table,
  liveNames: ReadonlyMap<string, string> = new Map(),
): Promise<ReadonlySet<string> | QueryFailedError> {
  const shadow = intended.clone();
  shadow.name = SHADOW;
  delete shadow.schema;
  const refused = await attempt(queryRunner, () => queryRunner.createTable(shadow));
  if (refused !== undefined) return refused;
  for (const names of liveNames) {
    const [name, live] = names.map(quote);
    await queryRunner.query(`ALTER TABLE ${SHADOW} RENAME COLUMN ${name} TO ${live}`);
  }
  const wanted = new Map((await read(queryRunner, SHADOW)).map((part) => [part.name, part]));
  const changed = new Set<string>();
  for (const part of await read(queryRunner, live)) {
    const other = wanted.get(part.name);
    if (other?.kind !== part.kind || other.meaning === part.meaning) continue;
    // A text that Postgres has printed and read again, as in a dump, can look different and mean
    // the same: compare the two after another round.
    const again = [await normalise(queryRunner, part), await normalise(queryRunner, other)];
    if (again[0] === undefined || again[0] !== again[1]) changed.add(part.name);
  }
  return changed;
}

async function read(queryRunner: QueryRunner, table: string): Promise<Part[]> {
  return (await queryRunner.query(PARTS, [table])) as Part[];
}

/** The meaning after Postgres has read its own text again; undefined if it can't read it here. */
async function normalise(queryRunner: QueryRunner, { sql }: Part): Promise<string | undefined> {
  let meaning: string | undefined;
  const refused = await attempt(queryRunner, async () => {
    await queryRunner.query(sql.replace('$table', SHADOW).replace('$name', PROBE));
    meaning = (await read(queryRunner, SHADOW)).find(({ name }) => name === PROBE)?.meaning;
    // The probe must not stay.
    await queryRunner.query(
      `ALTER TABLE ${SHADOW} DROP CONSTRAINT IF EXISTS ${PROBE};
       DROP INDEX IF EXISTS pg_temp.${PROBE}`,
    );
  });
  // A timeout, for one, says nothing of the text.
  if (refused !== undefined && !isAboutTheText(refused)) throw refused;
  return meaning;
}

/** SQLSTATE class 42: a name, a type or the syntax. */
const isAboutTheText = ({ driverError }: QueryFailedError): boolean =>
  String((driverError as { code?: unknown }).code).startsWith('42');

/** Runs `work` in a savepoint. Rolls back to it if the server refuses a statement, and returns why. */
async function attempt(
  queryRunner: QueryRunner,
  work: () => Promise<unknown>,
): Promise<QueryFailedError | undefined> {
  await queryRunner.startTransaction();
  try {
    await work();
    await queryRunner.commitTransaction();
    return undefined;
  } catch (error) {
    await queryRunner.rollbackTransaction();
    if (error instanceof QueryFailedError) return error;
    throw error;
  }
}
