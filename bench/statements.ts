import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Databases } from './lib/databases';
import { table } from './lib/markdown';
import { runNode } from './lib/node-process';
import { PEERS, RESULTS } from './lib/paths';
import {
  COMPILED,
  DRIZZLE_KIT,
  DRIZZLE_ORM,
  environmentOf,
  KNEX,
  type Tool,
  TYPEORM_COMPILED,
} from './tools';

const TOOLS: readonly Tool[] = [
  COMPILED,
  {
    name: "TypeORM's CLI on a plain DataSource",
    words: TYPEORM_COMPILED.words.with(-1, join(PEERS, 'plain-data-source.cjs')),
  },
  { ...TYPEORM_COMPILED, name: "TypeORM's CLI on dist/data-source.js" },
  KNEX,
  DRIZZLE_KIT,
  DRIZZLE_ORM,
];

/**
 * What is sent to Postgres to apply all migrations, and when there is nothing to do: messages, of
 * which one may hold several statements. The texts are left in the folder of the results.
 */
export async function countStatements(databases: Databases): Promise<string> {
  const urls = await databases.create(TOOLS.length);
  const counts: string[][] = [];
  const texts: string[] = [];
  for (const [index, tool] of TOOLS.entries()) {
    const url = urls[index] ?? '';
    const full = await statementsOf(tool, url);
    const idle = await statementsOf(tool, url);
    counts.push([tool.name, `${full.length}`, `${idle.length}`]);
    texts.push(
      list(`${tool.name}: all migrations`, full),
      list(`${tool.name}: nothing to do`, idle),
    );
  }
  await writeFile(join(RESULTS, 'statements.txt'), texts.join('\n\n'));
  return table([['tool', 'all migrations', 'nothing to do'], ...counts]);
}

async function statementsOf(tool: Tool, url: string): Promise<string[]> {
  const file = join(RESULTS, 'statements.jsonl');
  await rm(file, { force: true });
  await runNode(['--require', join(PEERS, 'note-statements.cjs'), ...tool.words], {
    ...environmentOf(tool, url),
    BENCH_STATEMENTS: file,
  });
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as string);
}

const list = (heading: string, statements: readonly string[]): string =>
  [
    heading,
    ...statements.map((text, index) => `${index + 1}. ${text.replaceAll(/\s+/g, ' ').trim()}`),
  ].join('\n');
