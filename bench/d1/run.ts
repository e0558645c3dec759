import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RESULTS } from '../lib/paths';
import { bundleWorkers, tellSizes } from './bundles';
import { measureFirstQuery, measureWarm } from './speed';
import { makeDatabase } from './workerd';

/** Three Workers that do the same on the same D1, in real workerd: size, first query, warm queries. */
export async function measureWorkers(rounds: number): Promise<string[]> {
  await rm(join(RESULTS, 'd1'), { recursive: true, force: true });
  await mkdir(join(RESULTS, 'd1'), { recursive: true });
  const bundles = await bundleWorkers();
  await makeDatabase();
  return [
    '## The Worker that is uploaded',
    tellSizes(bundles),
    '## The first query in a fresh isolate',
    await measureFirstQuery(bundles, rounds),
    '## Queries in a warm isolate',
    await measureWarm(bundles, rounds),
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
  const report = `${(await measureWorkers(Number(values.rounds))).join('\n\n')}\n`;
  console.log(report);
  await writeFile(join(RESULTS, 'd1', 'report.md'), report);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
