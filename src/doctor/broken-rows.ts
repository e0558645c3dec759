import type { DataSource } from 'typeorm';
import type { Engine, Unchecked } from '../engines/engine';
import type { BrokenRows, Examination, Found } from '../engines/examination';

/** Rows beyond these are not counted. */
const LIMIT = 1000;

/** Looks for rows that break the rules which are not enforced. A rule that is enforced costs nothing. */
export async function findBrokenRows(
  dataSource: DataSource,
  engine: Engine,
  examination: Examination,
): Promise<{ readonly found: readonly Found[]; readonly unchecked: readonly Unchecked[] }> {
  const { found, unsure = [] } = examination;
  const wanted = [
    ...found.flatMap(({ rows, owner }) => (rows === undefined ? [] : [{ rows, owner }])),
    ...unsure.map((rows) => ({ rows, owner: 'billing' as const })),
  ];
  const result: Found[] = [];
  const unchecked: Unchecked[] = [];
  for (const { rows, owner } of wanted) {
    try {
      const count = await countOf(dataSource, engine, rows);
      if (count > 0) result.push(foundRows(rows, owner, count));
    } catch (error) {
      const object = `the rows of ${rows.table} that ${rows.rule} would reject`;
      unchecked.push({ object, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { found: result, unchecked };
}

async function countOf(
  dataSource: DataSource,
  engine: Engine,
  { select }: BrokenRows,
): Promise<number> {
  const queryRunner = dataSource.createQueryRunner();
  const isTransaction = engine.trialSettings.length > 0;
  try {
    if (isTransaction) await queryRunner.startTransaction();
    for (const sql of engine.trialSettings) await queryRunner.query(sql);
    const rows = (await queryRunner.query(
      `SELECT count(*) AS "count" FROM (${select} LIMIT ${LIMIT + 1}) "broken"`,
    )) as { count: number | string }[];
    return Number(rows[0]?.count ?? 0);
  } finally {
    if (isTransaction) await queryRunner.rollbackTransaction();
    await queryRunner.release();
  }
}

const foundRows = (
  { table, rule, what, select, repair }: BrokenRows,
  owner: Found['owner'],
  count: number,
): Found => ({
  ...{ owner, kind: 'rows', problem: 'broken', table, name: rule },
  is: `${count > LIMIT ? `over ${LIMIT}` : count}: ${what}, found by ${select}`,
  shouldBe: 'none',
  sql: repair,
});
