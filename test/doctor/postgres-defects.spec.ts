import { describeOn, engineNamed } from '../support/engines';
import { TABLE_DEFECTS } from './postgres-defects';
import { MORE_DEFECTS } from './postgres-more-defects';
import { findsAndPutsRight, roundsOf } from './rounds';

describeOn('postgres', 'R5 the doctor on Postgres finds, and puts right,', () => {
  const rounds = roundsOf([...TABLE_DEFECTS, ...MORE_DEFECTS]).map((round) => ({
    round,
    titles: round.map(({ title }) => title).join('; '),
  }));

  it.each(rounds)('R5 $titles', async ({ round }) => {
    await findsAndPutsRight(engineNamed('postgres').createDatabase, round);
  });
});
