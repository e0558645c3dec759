import { describeOn, engineNamed } from '../support/engines';
import { TABLE_DEFECTS } from './postgres-defects';
import { MORE_DEFECTS, NEW_DEFECTS } from './postgres-more-defects';
import { findsAndPutsRight, roundsOf } from './rounds';

describeOn('postgres', 'R5 the doctor on Postgres finds, and puts right,', () => {
  const { createDatabase } = engineNamed('postgres');
  const rounds = roundsOf([...TABLE_DEFECTS, ...MORE_DEFECTS]).map((round) => ({
    round,
    titles: round.map(({ title }) => title).join('; '),
  }));

  it.each(rounds)('R5 $titles', async ({ round }) => {
    await findsAndPutsRight(createDatabase, round);
  });

  it('R5 what Postgres knows from version 18 on: NOT ENFORCED, and NOT NULL that is NOT VALID', async () => {
    const database = await createDatabase();
    const [row] = await database.sql<{ major: number }>(
      `SELECT current_setting('server_version_num')::int / 10000 AS major`,
    );
    const found = findsAndPutsRight(createDatabase, NEW_DEFECTS);
    if (row!.major >= 18) await expect(found).resolves.toBeUndefined();
    else await expect(found).rejects.toThrow(/syntax error|ENFORCED/);
  });
});
