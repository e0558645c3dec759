/** Something that is measured beside others. */
export interface Contestant<Sample> {
  readonly name: string;
  /** Measures once. `round` counts from 0, where 0 only warms the caches and is not kept. */
  measure(round: number): Promise<Sample>;
}

export interface Samples<Sample> {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/**
 * Measures in turns, A B C A B C, so that whatever slows the machine for a while slows all of them.
 *
 * @param alternating whether every second round goes backwards, A B C C B A, so that none of them
 *   always comes after the same one
 */
export async function inTurns<Sample>(
  contestants: readonly Contestant<Sample>[],
  rounds: number,
  { alternating = false } = {},
): Promise<Samples<Sample>[]> {
  const results = contestants.map(({ name }) => ({ name, samples: [] as Sample[] }));
  for (let round = 0; round <= rounds; round += 1) {
    const order = [...contestants.entries()];
    if (alternating && round % 2 === 1) order.reverse();
    for (const [index, contestant] of order) {
      const sample = await contestant.measure(round);
      if (round > 0) results[index]?.samples.push(sample);
    }
    process.stderr.write(round === 0 ? '  warmed up' : ` ${round}`);
  }
  process.stderr.write('\n');
  return results;
}

/** The value below which a share of them lies, from 0 to 1; between two, in proportion. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position % 1);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
