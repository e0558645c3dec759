import type { DataSource } from 'typeorm';
import '../backup/register';
import { backup } from '../backup/backup';
import { restore } from '../backup/restore';
import { doctor } from '../doctor/doctor';
import type { DoctorReport } from '../doctor/report';
import { migrate } from '../migrator/migrate';
import { pendingSql } from '../migrator/pending-sql';
import { revert } from '../migrator/revert';
import { status, tables } from '../migrator/status';
import { LACKING_REMEDY, lackingMigrations, lackingText } from '../migrator/lacking';
import type { WaitOptions } from '../migrator/waiting';
import { add } from './add';
import type { Arguments, Command } from './arguments';
import { findingsText } from './findings';
import type { Outcome } from './outcome';
import { progressBar } from './progress-bar';
import { textTable } from './text-table';

type Run = (dataSource: DataSource, options: Arguments) => Promise<Outcome>;

/** The commands that work on a database. */
type DatabaseCommand = Exclude<Command, 'sql'>;

const done = (text: string, json: unknown): Outcome => ({ text, json, exitCode: 0 });

export const commands: Readonly<Record<DatabaseCommand, Run>> = {
  async migrate(dataSource, { dryRun, json: forMachines, ...options }) {
    if (dryRun) {
      const pending = await pendingSql(dataSource);
      const text = pending.map(({ name, sql, complete }) =>
        [
          `-- ${name}`,
          ...sql.map((one) => `${one};`),
          ...(complete ? [] : ['-- … and statements that are known only when it runs']),
        ].join('\n'),
      );
      return done(text.join('\n\n') || 'Nothing is pending.', { pending });
    }
    const applied = await migrate(dataSource, waits(options));
    const names = applied.map(({ name }) => name);
    // If nothing was created, only the JSON lists the tables.
    const made = names.length > 0 || forMachines ? await tables(dataSource) : [];
    const lacking = await lackingMigrations(dataSource);
    const json = { applied: names, tables: made, ...lackingPart(lacking) };
    const first = lackingLine(lacking);
    if (names.length === 0) return done(`${first}Nothing is pending; nothing was changed.`, json);
    const rows = made.map(({ table, columns }) => [table, columns] as const);
    return done(
      `${first}Applied ${names.join(', ')}.\n\n${textTable([['table', 'columns'], ...rows])}`,
      json,
    );
  },

  async rollback(dataSource, { all, to, discard, backup: directory, ...options }) {
    const reverted = await revert(dataSource, {
      all,
      ...(to === undefined ? {} : { to }),
      ...(discard === undefined ? {} : { discard }),
      ...(directory === undefined ? {} : { backup: directory }),
      ...waits(options),
    });
    const text = reverted.length > 0 ? `Reverted ${reverted.join(', ')}.` : 'Nothing to revert.';
    return done(text, { reverted });
  },

  async status(dataSource) {
    const migrations = await status(dataSource);
    const rows = migrations.map(({ name, state, date }) => [
      state,
      date.toISOString().slice(0, 10),
      name,
    ]);
    const text =
      rows.length > 0
        ? textTable([['state', 'written', 'migration'], ...rows])
        : 'There are no migrations.';
    return done(text, { migrations });
  },

  async check(dataSource) {
    const report = await doctor(dataSource);
    const { differences, findings, hosts, unchecked } = report;
    const lacking = await lackingMigrations(dataSource);
    const json = { differences, hosts, unchecked, findings, ...lackingPart(lacking) };
    const found = findings.length > 0 ? `\n\n${findingsText(findings)}` : '';
    if (unchecked.length > 0) {
      const text = lackingLine(lacking) + incompleteText(report) + found;
      return { text, json, exitCode: 1 };
    }
    const pending = (await status(dataSource)).filter(({ state }) => state === 'pending');
    const first =
      pending.length === 0
        ? lackingLine(lacking)
        : `${lackingLine(lacking)}Not applied yet: ${pending.map(({ name }) => name).join(', ')}. Run \`migrate\` first.\n\n`;
    const added = hosts.length > 0 ? `\n\n${hostTable(hosts)}` : '';
    const compared =
      differences.length === 0
        ? 'The tables match the entities.'
        : 'The tables differ from the entities. ' +
          'These statements would fix them; run them in one transaction:\n\n' +
          `${differences.join(';\n')};`;
    if (report.healthy) return done(`${lackingLine(lacking)}${compared}${added}`, json);
    return { text: `${first}${compared}${found}${added}`, json, exitCode: 1 };
  },

  async backup(dataSource, { folder }) {
    const { bar, end } = progressBar();
    const { tables: written } = await backup(dataSource, folder, bar).finally(end);
    const rows = written.map(({ table, rows: count }) => [table, count] as const);
    return done(`Backed up to ${folder}.\n\n${textTable([['table', 'rows'], ...rows])}`, {
      folder,
      tables: rows.map(([table, count]) => ({ table, rows: count })),
    });
  },

  async restore(dataSource, { folder, skipOrphans }) {
    const { bar, end } = progressBar();
    const restored = await restore(dataSource, folder, { skipOrphans, ...bar }).finally(end);
    const rows = restored.tables.map(({ table, rows: count }) => [table, count] as const);
    const left = restored.files.map((file) => `Rows left out, or without a key, are in ${file}.`);
    const text =
      rows.length > 0
        ? `Restored from ${folder}.\n\n${textTable([['table', 'rows'], ...rows])}`
        : `The backup in ${folder} has no rows.`;
    return done([text, ...left].join('\n'), restored);
  },

  add: (dataSource, options) => add(options, dataSource),
};

/** Whom it waits for is told on stderr, as the result is on stdout. */
const waits = ({
  lockTimeout,
  tableLockTimeout,
}: Pick<Arguments, 'lockTimeout' | 'tableLockTimeout'>): WaitOptions => ({
  ...(lockTimeout === undefined ? {} : { lockTimeout }),
  ...(tableLockTimeout === undefined ? {} : { tableLockTimeout }),
  onWait: (message) => {
    console.error(`${message}.`);
  },
});

const lackingLine = (names: readonly string[]): string =>
  names.length === 0 ? '' : `${lackingText(names)}: ${LACKING_REMEDY}.\n\n`;

const lackingPart = (lacking: readonly string[]): { readonly lacking?: readonly string[] } =>
  lacking.length === 0 ? {} : { lacking };

function incompleteText({ differences, unchecked }: DoctorReport): string {
  const list = unchecked.map(({ object, reason }) => `- ${object}: ${reason}`);
  const found =
    differences.length > 0
      ? `\n\nThe rest differs from the entities. These statements would fix that:\n\n${differences.join(';\n')};`
      : '';
  return (
    `Not all could be compared:\n\n${list.join('\n')}\n\n` +
    `Remove what was in the way, or connect as the owner of the tables, and check again.${found}`
  );
}

function hostTable(hosts: DoctorReport['hosts']): string {
  const rows = hosts.map(({ table, kind, name }) => [table, kind, name] as const);
  return `Not named by the entities, left as it is:\n\n${textTable([['table', 'kind', 'name'], ...rows])}`;
}
