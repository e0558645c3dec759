#!/usr/bin/env node
import 'reflect-metadata';
import { resolve } from 'node:path';
import { type DataSource, TypeORMError } from 'typeorm';
import { createMigrationDataSource } from '../data-sources/migrations-only';
import { BillingError } from '../errors';
import { readSettings } from '../data-sources/settings';
import { add, hasDatabase } from './add';
import { type Arguments, HELP, readArguments } from './arguments';
import { commands } from './commands';
import type { Outcome } from './outcome';
import { writeSql } from './sql';
import { StderrLogger } from './stderr-logger';
import { version } from './version';

async function main(words: readonly string[]): Promise<number> {
  const options = readArguments(words);
  if (options.command === 'help' || options.command === 'version') {
    console.log(options.command === 'help' ? HELP : version());
    return 0;
  }
  const outcome =
    options.command === 'sql'
      ? await writeSql(options)
      : options.command === 'add' && !hasDatabase(options)
        ? await add(options)
        : await onDatabase(options.command, options);
  console.log(options.json ? JSON.stringify(outcome.json, null, 2) : outcome.text);
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
  await dataSource.initialize();
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
  // Only a host's own DataSource needs it, and it is slow to load.
  const { loadDataSourceFile } = await import('./typeorm');
  try {
    return await loadDataSourceFile(resolve(dataSource));
  } catch (cause) {
    // Node adds a line for each module that required the one that is missing.
    const [reason = ''] = messageOf(cause).split('\n');
    throw BillingError.configurationInvalid(
      `${dataSource} can't be used as a DataSource (${reason.replace(/\.$/, '')})`,
      'give -d the path of a module that exports one TypeORM DataSource',
      { cause },
    );
  }
}

const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
};

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
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

main(process.argv.slice(2)).then(end, (error: unknown) => {
  const fixable = isFixable(error);
  console.error(fixable ? messageOf(error) : error);
  end(fixable ? 1 : 2);
});
