import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureBoundHost } from './bound-host';
import { measureColdMigration } from './cold-migration';
import { measureWorkers } from './d1/run';
import { measureFrontDoor } from './front-door';
import { measureInserts } from './inserts';
import { conditions } from './lib/conditions';
import { postgresDatabases, sqliteDatabases, type Databases } from './lib/databases';
import { RESULTS } from './lib/paths';
import { writeSameSql } from './lib/same-sql';
import { measureSessions } from './sessions';
import { countStatements } from './statements';

const { values } = parseArgs({
  options: {
    /** Of each measurement, after one to warm up. */
    rounds: { type: 'string', default: '15' },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  throw new Error(`--rounds is "${values.rounds}": give a whole number of at least 1.`);
}

async function main(): Promise<void> {
  await rm(RESULTS, { recursive: true, force: true });
  await mkdir(RESULTS, { recursive: true });
  const report: string[] = [];
  const add = (...paragraphs: string[]): void => {
    report.push(...paragraphs);
    console.log(`${paragraphs.join('\n\n')}\n`);
  };

  add('## Conditions', conditions(rounds));
  await withDatabases(postgresDatabases, async (databases) => {
    const [url = ''] = await databases.create(1);
    const migrations = await writeSameSql('postgres', url);
    add(
      '## All migrations from a cold start, on Postgres',
      await measureColdMigration(databases, migrations, rounds),
    );
    add('## Messages sent to Postgres', await countStatements(databases));
  });
  await withDatabases(sqliteDatabases, async (databases) => {
    const [url = ''] = await databases.create(1);
    const migrations = await writeSameSql('sqlite', url);
    add(
      '## All migrations from a cold start, on SQLite',
      await measureColdMigration(databases, migrations, rounds),
    );
  });
  add('## Importing the front door', await measureFrontDoor(rounds));
  add(...(await measureInserts(rounds)));
  add(...(await measureBoundHost(rounds)));
  add('## A DataSource on a D1 session', await measureSessions(rounds));
  add(...(await measureWorkers(rounds)));
  await writeFile(join(RESULTS, 'report.md'), `${report.join('\n\n')}\n`);
}

async function withDatabases(
  open: () => Promise<Databases>,
  work: (databases: Databases) => Promise<void>,
): Promise<void> {
  const databases = await open();
  try {
    await work(databases);
  } finally {
    await databases.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  // At once, even if a server is up: that ends with the process.
  process.exit(1);
});
