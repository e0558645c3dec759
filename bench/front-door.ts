import { join } from 'node:path';
import { ratio, table } from './lib/markdown';
import { runNode } from './lib/node-process';
import { PEERS, ROOT } from './lib/paths';
import { inTurns, median } from './lib/rounds';

/** What `peers/import-cost.cjs` prints; sizes in bytes, the heap after a collection. */
interface ImportCost {
  readonly milliseconds: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly modules: number;
}

const FRONT_DOOR = join(ROOT, 'dist', 'index.js');
const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  typeorm: ['typeorm'],
  'typeorm-billing, with typeorm': [FRONT_DOOR],
  'nothing: Node itself': [],
};

/** What importing the package costs a service, beside importing TypeORM, which it needs anyway. */
export async function measureFrontDoor(rounds: number): Promise<string> {
  const results = await inTurns(
    Object.entries(IMPORTS).map(([name, modules]) => ({
      name,
      measure: async () => {
        const script = join(PEERS, 'import-cost.cjs');
        const { stdout } = await runNode(['--expose-gc', script, ...modules]);
        return JSON.parse(stdout) as ImportCost;
      },
    })),
    rounds,
  );
  const of = (samples: readonly ImportCost[], key: keyof ImportCost): number =>
    median(samples.map((sample) => sample[key]));
  const base = results[0]?.samples ?? [];
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  return table([
    ['import', 'median ms', 'ratio', 'RSS MiB', 'ratio', 'heap MiB', 'ratio', 'modules'],
    ...results.map(({ name, samples }) => [
      name,
      of(samples, 'milliseconds').toFixed(0),
      ratio(of(samples, 'milliseconds'), of(base, 'milliseconds')),
      mebibytes(of(samples, 'rss')),
      ratio(of(samples, 'rss'), of(base, 'rss')),
      mebibytes(of(samples, 'heapUsed')),
      ratio(of(samples, 'heapUsed'), of(base, 'heapUsed')),
      `${of(samples, 'modules')}`,
    ]),
  ]);
}
