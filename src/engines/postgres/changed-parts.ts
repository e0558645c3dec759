import type { QueryRunner, Table } from 'typeorm';

/** A CHECK or an index, in Postgres' own normal form. */
interface Part {
  readonly name: string;
  readonly kind: 'check' | 'index';
  /** What it does, without its name and table. */
  readonly meaning: string;
  /** The statement that would make it, for the table `$table` under the name `$name`. */
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
 * Names of the CHECKs and indexes that a live table has with another meaning than `intended` gives
 * them. What is intended is brought into Postgres' normal form by Postgres itself, on a temporary
 * table: `queryRunner` has to be in a transaction, which the caller rolls back.
 */
export async function changedParts(
  queryRunner: QueryRunner,
  live: string,
  intended: Table,
): Promise<ReadonlySet<string>> {
  const shadow = intended.clone();
  shadow.name = SHADOW;
  // A type that does not exist yet, such as an enum still to be made, can't be compared with.
  const made = await attempt(queryRunner, () => queryRunner.createTable(shadow));
  if (!made) return new Set();
  const wanted = new Map((await read(queryRunner, SHADOW)).map((part) => [part.name, part]));
  const changed = new Set<string>();
  for (const part of await read(queryRunner, live)) {
    const other = wanted.get(part.name);
    if (other?.kind !== part.kind || other.meaning === part.meaning) continue;
    // A text that went through Postgres once more, by a dump or a revert, can look different and
    // mean the same: so the two are compared after another round.
    const again = [await normalise(queryRunner, part), await normalise(queryRunner, other)];
    if (again[0] === undefined || again[0] !== again[1]) changed.add(part.name);
  }
  return changed;
}

async function read(queryRunner: QueryRunner, table: string): Promise<Part[]> {
  return (await queryRunner.query(PARTS, [table])) as Part[];
}

/** The meaning after Postgres has read its own text again; undefined if it can't be read here. */
async function normalise(queryRunner: QueryRunner, { sql }: Part): Promise<string | undefined> {
  let meaning: string | undefined;
  await attempt(queryRunner, async () => {
    await queryRunner.query(sql.replace('$table', SHADOW).replace('$name', PROBE));
    meaning = (await read(queryRunner, SHADOW)).find(({ name }) => name === PROBE)?.meaning;
    // Back to the savepoint, whether it went well or not: the probe must not stay.
    throw new Error('done');
  });
  return meaning;
}

/** Runs `work` behind a savepoint, to which an error takes the transaction back. */
async function attempt(queryRunner: QueryRunner, work: () => Promise<unknown>): Promise<boolean> {
  await queryRunner.startTransaction();
  try {
    await work();
    await queryRunner.commitTransaction();
    return true;
  } catch {
    await queryRunner.rollbackTransaction();
    return false;
  }
}
