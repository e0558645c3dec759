import { join } from 'node:path';
import { Miniflare } from 'miniflare';
import { D1DataSource, userBilling } from '../../src/d1';
import type { D1Binding } from '../../src/driver/d1/binding';
import { HOST_SCHEMA } from '../../test/support/host-tables';
import { RESULTS } from '../lib/paths';
import { type Bundle, COMPATIBILITY } from './bundles';

const STATE = join(RESULTS, 'd1', 'state');
const DATABASE = { DB: 'bench' };

/** A running workerd with some of the Workers, all on the one database of this run. */
export interface Workerd {
  /** Answers with the id that the Worker gives. */
  ask(name: string, path: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startWorkerd(bundles: readonly Bundle[]): Promise<Workerd> {
  const miniflare = new Miniflare({
    workers: bundles.map(({ name, script }) => ({
      name,
      // Named, or miniflare itself would parse the script in search of more, in the time that is measured.
      modules: [{ type: 'ESModule', path: `${name}.js`, contents: script }],
      compatibilityDate: COMPATIBILITY.compatibility_date,
      compatibilityFlags: COMPATIBILITY.compatibility_flags,
      d1Databases: DATABASE,
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
    })),
    d1Persist: STATE,
  });
  await miniflare.ready;
  const urls = new Map<string, URL>();
  for (const { name } of bundles) urls.set(name, await miniflare.unsafeGetDirectURL(name));
  return {
    async ask(name, path) {
      const response = await fetch(new URL(path, urls.get(name)));
      if (!response.ok) throw new Error(`${name} answered ${path} with ${await response.text()}`);
      return ((await response.json()) as { id: string }).id;
    },
    stop: () => miniflare.dispose(),
  };
}

/** Makes the database that all of them use, by the library's own migrations. */
export async function makeDatabase(): Promise<void> {
  const miniflare = new Miniflare({
    modules: true,
    script: 'export default {}',
    d1Databases: DATABASE,
    d1Persist: STATE,
  });
  try {
    const database = (await miniflare.getD1Database('DB')) as unknown as D1Binding;
    for (const statement of HOST_SCHEMA.sqlite.split(/;\s*\n/).filter((text) => text.trim())) {
      await database.prepare(statement).all();
    }
    const dataSource = new D1DataSource({
      database,
      entities: userBilling.entities,
      migrations: userBilling.migrations.sqlite,
    });
    await dataSource.initialize();
    await dataSource.runMigrations();
    await dataSource.destroy();
  } finally {
    await miniflare.dispose();
  }
}
