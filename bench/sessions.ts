import { D1DataSource, tenantBilling, userBilling } from '../src/d1';
import type { D1SessionBinding } from '../src/d1';
import { table } from './lib/markdown';
import { median, quantile } from './lib/rounds';

/** Calls in one sample: one of them is shorter than the clock's step. */
const CALLS = 1000;

/** What a request pays for its DataSource on a D1 session. No statement is sent. */
export async function measureSessions(rounds: number): Promise<string> {
  const unused = (): never => {
    throw new Error('No statement is measured.');
  };
  const binding: D1SessionBinding = { prepare: unused, batch: unused, getBookmark: () => null };
  const entities = [...tenantBilling.entities, ...userBilling.entities];
  const dataSource = new D1DataSource({ database: binding, entities });
  await dataSource.initialize();
  const samples: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const start = performance.now();
    for (let call = 0; call < CALLS; call += 1) dataSource.withSession(binding);
    if (round > 0) samples.push(((performance.now() - start) / CALLS) * 1000);
  }
  await dataSource.destroy();
  return table([
    ['a DataSource for one request, µs', 'median', 'quartiles'],
    [
      '`withSession()`',
      median(samples).toFixed(1),
      [0.25, 0.75].map((share) => quantile(samples, share).toFixed(1)).join('–'),
    ],
  ]);
}

if (require.main === module) {
  measureSessions(Number(process.argv[2] ?? 15)).then(console.log, (error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
