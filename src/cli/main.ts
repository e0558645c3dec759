#!/usr/bin/env node
import 'reflect-metadata';
import { type DataSource, TypeORMError } from 'typeorm';
import { createMigrationDataSource } from '../data-sources/migrations-only';
import { BillingError } from '../errors';
import { readSettings } from '../data-sources/settings';
import { add, hasDatabase } from './add';
import { type Arguments, HELP, readArguments } from './arguments';
import { commands } from './commands';
import { messageOf } from './one-line';
import type { Outcome } from './outcome';
import { writeSql } from './sql';
import { StderrLogger } from './stderr-logger';
import { version } from './version';

/** Writes to stdout, also while what a host prints is led to stderr. */
const write = process.stdout.write.bind(process.stdout);

async function main(words: readonly string[]): Promise<number> {
  const options = readArguments(words);
  if (options.command === 'help' || options.command === 'version') {
    write(`${options.command === 'help' ? HELP : version()}\n`);
    return 0;
  }
  const outcome =
    options.command === 'sql'
      ? await writeSql(options)
      : options.command === 'add' && !hasDatabase(options)
        ? await add(options)
        : await onDatabase(options.command, options);
  write(`${options.json ? JSON.stringify(outcome.json, null, 2) : outcome.text}\n`);
  return outcome.exitCode;
}

async function onDatabase(command: keyof typeof commands, options: Arguments): Promise<Outcome> {
  const dataSource = await loadDataSource(options);
  dataSource.setOptions({
    synchronize: false,
    migrationsRun: false,
    dropSchema: false,
    logger: new StderrLogger(dataSource.options.logging),
  });
  // A host may export a promise of one that is open.
  if (!dataSource.isInitialized) await dataSource.initialize();
  try {
    return await commands[command](dataSource, options);
  } finally {
    await dataSource.destroy();
  }
}

async function loadDataSource({ command, dataSource }: Arguments): Promise<DataSource> {
  if (dataSource === undefined) {
    const settings = readSettings(process.env);
    if (command !== 'check') return createMigrationDataSource(settings);
    // Only the comparison needs the entities, and they are slow to load.
    return (await import('../data-sources/shared')).createDataSource(settings);
  }
  // What the host's modules print, and its subscribers and migrations, is no part of the result.
  process.stdout.write = process.stderr.write.bind(process.stderr);
  // Only a host's own DataSource needs it, and it is slow to load.
  return (await import('./data-source-file')).loadDataSourceFile(dataSource);
}

/** Whether the cause is the user, the configuration or the server, not a bug in this package. */
function isFixable(error: unknown): boolean {
  if (error instanceof BillingError || error instanceof TypeORMError) return true;
  // Errors of Node's network and file system and of the database drivers carry a code.
  return error instanceof Error && 'code' in error && !(error instanceof TypeError);
}

/**
 * Ends the process as soon as all output is written. A workerd that could not start leaves something
 * open, which would keep the process alive.
 */
function end(exitCode: number): void {
  process.exitCode = exitCode;
  write('', () => process.stderr.write('', () => process.exit()));
}

main(process.argv.slice(2)).then(end, (error: unknown) => {
  const fixable = isFixable(error);
  console.error(fixable ? messageOf(error) : error);
  end(fixable ? 1 : 2);
});
