import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '../../src/migrator/migrate';
import { openDataSource } from './data-source';
import { createD1Database } from './d1-database';
import type { CreateDatabaseOptions, TestDatabase, TestEngine } from './engines';
import { createPostgresDatabase } from './postgres-database';
import { createSqliteDatabase } from './sqlite-database';
import { sharedFolder } from './test-run';

type Host = NonNullable<CreateDatabaseOptions['host']>;

/**
 * A database with the billing tables as the migrations make them. They run once in a run of the
 * tests, for each engine and kind of host; what is given out is a copy.
 */
export async function createFromTemplate(engine: TestEngine, host: Host): Promise<TestDatabase> {
  const folder = await sharedFolder(`template-${engine.name}-${host}`, async (empty) => {
    const database = await engine.createDatabase({ host });
    const dataSource = await openDataSource(database);
    await migrate(dataSource);
    await dataSource.destroy();
    const source = await TEMPLATES[engine.name].describe(database);
    await database.close();
    writeFileSync(join(empty, 'source'), source);
  });
  return TEMPLATES[engine.name].copy(readFileSync(join(folder, 'source'), 'utf8'));
}

/** What a template is known by, and how it is copied. */
const TEMPLATES: Record<
  TestEngine['name'],
  {
    describe: (database: TestDatabase) => string | Promise<string>;
    copy: (source: string) => Promise<TestDatabase>;
  }
> = {
  postgres: {
    describe: ({ url }) => new URL(url).pathname.slice(1),
    copy: createPostgresDatabase,
  },
  sqlite: {
    describe: ({ url }) => url.slice('sqlite:'.length),
    copy: createSqliteDatabase,
  },
  d1: {
    describe: statementsOf,
    async copy(statements) {
      const database = await createD1Database();
      await database.exec(statements);
      return database;
    },
  },
};

/** A local D1 is not copied as a file: a request of all the statements that make it is as quick. */
async function statementsOf(database: TestDatabase): Promise<string> {
  const objects = await database.sql<{ name: string; type: string; sql: string }>(
    `SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL
     AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY rowid`,
  );
  const inserts: string[] = [];
  for (const { name, type } of objects) {
    if (type !== 'table') continue;
    for (const row of await database.sql(`SELECT * FROM "${name}"`)) {
      const columns = Object.keys(row).map((column) => `"${column}"`);
      inserts.push(`INSERT INTO "${name}" (${columns.join()}) VALUES (${literals(row).join()})`);
    }
  }
  return [...objects.map(({ sql }) => sql), ...inserts].join(';\n');
}

function literals(row: Record<string, unknown>): string[] {
  return Object.values(row).map((value) => {
    if (value === null || typeof value === 'number') return String(value);
    if (typeof value === 'string') return `'${value.replaceAll(`'`, `''`)}'`;
    throw new Error('A template holds a value that is neither text nor number.');
  });
}
