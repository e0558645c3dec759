import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database, type Statement } from 'sqlite3';
import type { TestDatabase } from './engines';
import { bindable, numbered } from './sqlite-text';
import { newFolder } from './test-run';

/** Longer than any test's own transaction. */
const BUSY_TIMEOUT_MS = 5_000;

/** A new database file in the folder of this run: empty, or a copy of one that nobody has open. */
export async function createSqliteDatabase(template?: string): Promise<TestDatabase> {
  const file = join(newFolder('sqlite'), 'billing.sqlite');
  if (template !== undefined) copyFileSync(template, file);
  const database = await open(file);
  database.configure('busyTimeout', BUSY_TIMEOUT_MS);
  await exec(database, 'PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF;');
  const kept: Statement[] = [];
  let closing: Promise<void> | undefined;

  return {
    engine: 'sqlite',
    dialect: 'sqlite',
    url: `sqlite:${file}`,
    sql: <Row>(text: string, parameters: readonly unknown[] = []) =>
      new Promise<Row[]>((resolve, reject) => {
        database.all<Row>(numbered(text), parameters.map(bindable), (error, rows) => {
          if (error) reject(error);
          else resolve(rows);
        });
      }),
    prepared<Row>(text: string) {
      const statement = database.prepare(text);
      kept.push(statement);
      return () =>
        new Promise<Row[]>((resolve, reject) => {
          statement.all<Row>((error: Error | null, rows: Row[]) => {
            if (error) reject(error);
            else resolve(rows);
          });
        });
    },
    exec: (text) => exec(database, text),
    close: () =>
      (closing ??= new Promise((resolve, reject) => {
        for (const statement of kept.splice(0)) statement.finalize();
        database.close((error) => {
          if (error) reject(error);
          else resolve();
        });
      })),
  };
}

function open(file: string): Promise<Database> {
  return new Promise((resolve, reject) => {
    const database = new Database(file, (error) => {
      if (error) reject(error);
      else resolve(database);
    });
  });
}

function exec(database: Database, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    database.exec(text, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
