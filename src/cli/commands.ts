import type { DataSource } from 'typeorm';
import { check } from '../migrator/check';
import { migrate } from '../migrator/migrate';
import { pendingSql } from '../migrator/pending-sql';
import { revert } from '../migrator/revert';
import { status, tables } from '../migrator/status';
import type { Arguments, Command } from './arguments';
import { textTable } from './text-table';

/** What a command found: for people, for machines, and how the process ends. */
export interface Outcome {
  readonly text: string;
  readonly json: unknown;
  readonly exitCode: 0 | 1;
}

type Run = (dataSource: DataSource, options: Arguments) => Promise<Outcome>;

/** The commands that work on a database. */
type DatabaseCommand = Exclude<Command, 'sql'>;

const done = (text: string, json: unknown): Outcome => ({ text, json, exitCode: 0 });

export const commands: Readonly<Record<DatabaseCommand, Run>> = {
  async migrate(dataSource, { dryRun, json: forMachines }) {
    if (dryRun) {
      const pending = await pendingSql(dataSource);
      const text = pending.map(({ name, sql, complete }) =>
        [
          `-- ${name}`,
          ...sql.map((one) => `${one};`),
          ...(complete ? [] : ['-- … and what shows only when it runs']),
        ].join('\n'),
      );
      return done(text.join('\n\n') || 'Nothing is pending.', { pending });
    }
    const applied = await migrate(dataSource);
    const names = applied.map(({ name }) => name);
    // With nothing made, only a machine is shown the tables.
    const made = names.length > 0 || forMachines ? await tables(dataSource) : [];
    const json = { applied: names, tables: made };
    if (names.length === 0) return done('Nothing is pending; nothing was changed.', json);
    const rows = made.map(({ table, columns }) => [table, columns] as const);
    return done(
      `Applied ${names.join(', ')}.\n\n${textTable([['table', 'columns'], ...rows])}`,
      json,
    );
  },

  async rollback(dataSource, { all, to }) {
    const reverted = await revert(dataSource, { all, ...(to === undefined ? {} : { to }) });
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
    const statements = await check(dataSource);
    if (statements.length === 0)
      return done('The tables are what the entities say.', { differences: [] });
    return {
      text: `The tables differ from the entities. This would mend it:\n\n${statements.join(';\n')};`,
      json: { differences: statements },
      exitCode: 1,
    };
  },
};
