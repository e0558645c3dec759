import { ratio, table } from '../lib/markdown';
import { inTurns, median, quantile, type Samples } from '../lib/rounds';
import type { Bundle } from './bundles';
import { startWorkerd } from './workerd';

/** Of `save` and of find, in one request: so that the request itself counts for little. */
const OPERATIONS = 100;

/** Time from workerd's start to the first answer of a Worker, which reads one row by its key. */
export async function measureFirstQuery(
  bundles: readonly Bundle[],
  rounds: number,
): Promise<string> {
  const id = await saveOne(bundles);
  const results = await inTurns(
    bundles.map((bundle) => ({
      name: bundle.name,
      measure: async () => {
        const start = performance.now();
        const workerd = await startWorkerd([bundle]);
        const ready = performance.now();
        await workerd.ask(bundle.name, `/find?count=1&id=${id}`);
        const answered = performance.now();
        await workerd.stop();
        return { first: answered - ready, whole: answered - start };
      },
    })),
    rounds,
  );
  return [
    timesOf('first answer of a fresh isolate, ms', results, ({ first }) => first),
    timesOf('with the start of workerd, ms', results, ({ whole }) => whole),
  ].join('\n\n');
}

/** Time of one `save` of a new row and of one find by key, in isolates that have done both before. */
export async function measureWarm(bundles: readonly Bundle[], rounds: number): Promise<string> {
  const workerd = await startWorkerd(bundles);
  try {
    const results = await inTurns(
      bundles.map(({ name }) => ({
        name,
        measure: async () => {
          const start = performance.now();
          const id = await workerd.ask(name, `/save?count=${OPERATIONS}`);
          const saved = performance.now();
          await workerd.ask(name, `/find?count=${OPERATIONS}&id=${id}`);
          const found = performance.now();
          return { save: (saved - start) / OPERATIONS, find: (found - saved) / OPERATIONS };
        },
      })),
      rounds,
    );
    return [
      timesOf('save of a new row, ms', results, ({ save }) => save),
      timesOf('find by key, ms', results, ({ find }) => find),
    ].join('\n\n');
  } finally {
    await workerd.stop();
  }
}

async function saveOne(bundles: readonly Bundle[]): Promise<string> {
  const bare = bundles.filter(({ name }) => name === 'bare');
  const workerd = await startWorkerd(bare);
  try {
    return await workerd.ask('bare', '/save?count=1');
  } finally {
    await workerd.stop();
  }
}

function timesOf<Sample>(
  heading: string,
  results: readonly Samples<Sample>[],
  pick: (sample: Sample) => number,
): string {
  const times = results.map(({ name, samples }) => ({ name, values: samples.map(pick) }));
  const medianOf = (wanted: string): number =>
    median(times.find(({ name }) => name === wanted)?.values ?? []);
  return table([
    [heading, 'median', 'quartiles', 'beside drizzle-orm', 'beside the binding'],
    ...times.map(({ name, values }) => [
      name,
      median(values).toFixed(2),
      [0.25, 0.75].map((share) => quantile(values, share).toFixed(2)).join('–'),
      ratio(median(values), medianOf('drizzle-orm')),
      ratio(median(values), medianOf('bare')),
    ]),
  ]);
}
