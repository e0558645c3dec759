import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { D1Binding } from '../../src/driver/d1/binding';
import { engines, type EngineName, type TestDatabase } from '../support/engines';
import { numbered } from '../support/sqlite-text';
import { bundle, copyProject, startWorker } from './wrangler';

const FIXTURE = join(__dirname, 'fixtures/better-auth');
const PACKAGES = ['better-auth', 'class-validator', 'reflect-metadata', 'typeorm', 'uuid'];

/** A running application with Better Auth, and a way to its database that goes past it. */
export interface BetterAuthHost {
  readonly url: string;
  readonly database: TestDatabase;
  close(): Promise<void>;
}

/** The same application, each with a new, empty database. */
export const hosts: readonly { name: EngineName; start: () => Promise<BetterAuthHost> }[] = [
  { name: 'postgres', start: () => startInNode('postgres') },
  { name: 'sqlite', start: () => startInNode('sqlite') },
  { name: 'd1', start: startInWorker },
];

async function startInNode(name: EngineName): Promise<BetterAuthHost> {
  const engine = engines.find((one) => one.name === name)!;
  const database = await engine.createDatabase({ host: 'none' });
  const folder = await copyProject(FIXTURE, [...PACKAGES, 'kysely', 'pg', 'sqlite3']);
  const child = spawn(process.execPath, ['node.mjs', database.url], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const port = await Promise.race([
    once(child.stdout, 'data').then(([text]) => Number(String(text))),
    ended.then(() => Promise.reject(new Error('The application ended before it was up.'))),
  ]);
  return {
    url: `http://127.0.0.1:${port}`,
    database,
    async close() {
      child.kill();
      await ended;
      await database.close();
    },
  };
}

async function startInWorker(): Promise<BetterAuthHost> {
  const project = await copyProject(FIXTURE, PACKAGES);
  const miniflare = startWorker(await bundle(project), 'worker.js');
  const url = (await miniflare.ready).origin;
  const binding = (await miniflare.getD1Database('DB')) as D1Binding;
  const sql = async <Row>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
    const statement = binding.prepare(numbered(text)).bind(...parameters);
    return (await statement.all()).results as Row[];
  };
  const database: TestDatabase = {
    engine: 'd1',
    dialect: 'sqlite',
    url: 'd1:DB',
    sql,
    prepared: (text) => () => sql(text),
    exec: () => Promise.reject(new Error('Not needed here.')),
    close: () => miniflare.dispose(),
  };
  return { url, database, close: () => database.close() };
}
