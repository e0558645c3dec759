import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { D1Client, post } from './d1-client';
import type { AssignedD1 } from './d1-server';
import type { TestDatabase } from './engines';
import { bindable, numbered } from './sqlite-text';
import { d1Folder, d1ServerUrl, newFolder } from './test-run';

/** A new, empty local D1 in the workerd of this run. */
export async function createD1Database(): Promise<TestDatabase> {
  const assigned = JSON.parse(await post(d1ServerUrl(), '')) as AssignedD1;
  const binding = new D1Client(assigned);
  let closed = false;

  const all = async <Row>(text: string, values: readonly unknown[]): Promise<Row[]> => {
    if (closed) throw new Error('The D1 test database is closed.');
    const { results = [] } = await binding
      .prepare(text)
      .bind(...values)
      .all();
    return results as Row[];
  };

  return {
    engine: 'd1',
    dialect: 'sqlite',
    url: 'd1:DB',
    cwd: writeProject(assigned.database),
    binding,
    sql: (text, parameters = []) => all(numbered(text), parameters.map(bindable)),
    // The binding has no way to keep one.
    prepared: (text) => () => all(text, []),
    async exec(text) {
      // A local D1 takes several statements at once, but no comment after the last.
      await all(text.replace(/(?:\s|;|--[^\n]*$)+$/, ''), []);
    },
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}

/** A folder whose wrangler configuration has the database as `DB`, for a process of its own. */
function writeProject(database: string): string {
  const folder = newFolder('d1');
  const configuration = {
    name: 'test',
    compatibility_date: '2026-04-01',
    d1_databases: [{ binding: 'DB', database_name: 'test', database_id: database }],
  };
  writeFileSync(join(folder, 'wrangler.jsonc'), JSON.stringify(configuration));
  const state = join(folder, '.wrangler/state/v3');
  mkdirSync(state, { recursive: true });
  symlinkSync(d1Folder(), join(state, 'd1'), 'junction');
  return folder;
}
