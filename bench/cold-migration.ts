import type { Databases } from './lib/databases';
import { ratio, table } from './lib/markdown';
import { runNode } from './lib/node-process';
import { inTurns, median, quantile, type Samples } from './lib/rounds';
import { tablesOf, type MigrationSql } from './lib/same-sql';
import { COMPILED, environmentOf, KNEX, TOOLS, TYPEORM_COMPILED, TYPEORM_DEV } from './tools';

/**
 * From a cold start to all tables made: every tool as a process of its own, each time on a fresh
 * database that has the host's tables.
 */
export async function measureColdMigration(
  databases: Databases,
  migrations: readonly MigrationSql[],
  rounds: number,
): Promise<string> {
  const urls = await databases.create(TOOLS.length * (rounds + 1));
  const results = await inTurns(
    TOOLS.map((tool, index) => ({
      name: tool.name,
      measure: async (round) => {
        const url = urls[round * TOOLS.length + index] ?? '';
        return (await runNode(tool.words, environmentOf(tool, url))).milliseconds;
      },
    })),
    rounds,
  );
  await assertAllMade(databases, urls, tablesOf(migrations));
  return [tableOf(results), '', ...targets(results)].join('\n');
}

async function assertAllMade(
  databases: Databases,
  urls: readonly string[],
  wanted: readonly string[],
): Promise<void> {
  for (const [index, url] of urls.entries()) {
    const made = await databases.tables(url);
    const missing = wanted.filter((name) => !made.includes(name));
    if (missing.length > 0) {
      const tool = TOOLS[index % TOOLS.length]?.name ?? '';
      throw new Error(`${tool} reported success, but did not make ${missing.join(', ')}.`);
    }
  }
}

function tableOf(results: readonly Samples<number>[]): string {
  const base = median(results[0]?.samples ?? []);
  return table([
    ['tool', 'median ms', 'quartiles ms', 'ratio'],
    ...results.map(({ name, samples }) => [
      name,
      median(samples).toFixed(0),
      [0.25, 0.75].map((share) => quantile(samples, share).toFixed(0)).join('–'),
      ratio(median(samples), base),
    ]),
  ]);
}

function targets(results: readonly Samples<number>[]): string[] {
  const medianOf = ({ name }: { name: string }): number =>
    median(results.find((result) => result.name === name)?.samples ?? []);
  const target = (slow: { name: string }, fast: { name: string }, limit: number): string => {
    const value = medianOf(slow) / medianOf(fast);
    const verdict = value <= limit ? 'met' : 'MISSED';
    return `- ${slow.name} ≤ ${limit} × ${fast.name}: ${value.toFixed(2)} ×, ${verdict}`;
  };
  return [
    target(COMPILED, KNEX, 1),
    target(TYPEORM_DEV, TYPEORM_COMPILED, 2),
    target(TYPEORM_DEV, COMPILED, 2),
  ];
}
