import type { DataSource } from 'typeorm';
import type { Examination, Expected, Found } from '../examination';
import { examineSqlite, unsureKeys } from './examination';

/** What a connection to a file has to enforce, and may have been told not to. */
const SETTINGS = [
  { pragma: 'foreign_keys', wanted: 1, off: 'off: no foreign key is enforced' },
  { pragma: 'ignore_check_constraints', wanted: 0, off: 'on: no CHECK is enforced' },
] as const;

/** As {@link examineSqlite}. Foreign keys hold only for a connection that has them on, as few tools do. */
export async function examineFile(expected: Expected): Promise<Examination> {
  const examination = await examineSqlite(expected);
  if (examination.unchecked.length > 0) return examination;
  const settings = await settingsOff(expected.dataSource);
  return {
    ...examination,
    found: [...settings, ...examination.found],
    unsure: await unsureKeys(expected),
  };
}

async function settingsOff(dataSource: DataSource): Promise<Found[]> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const found: Found[] = [];
    for (const { pragma, wanted, off } of SETTINGS) {
      const [row] = (await queryRunner.query(`PRAGMA ${pragma}`)) as Record<string, unknown>[];
      if (Number(row?.[pragma] ?? wanted) === wanted) continue;
      found.push({
        ...{ owner: 'host', kind: 'setting', problem: 'off', name: pragma, is: off },
        shouldBe: wanted === 1 ? 'on, in each connection' : 'off, in each connection',
        sql: [`PRAGMA ${pragma} = ${wanted}`],
      });
    }
    return found;
  } finally {
    await queryRunner.release();
  }
}
