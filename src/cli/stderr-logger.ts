import { AbstractLogger, type LogLevel, type LogMessage } from 'typeorm';

/**
 * Writes what the DataSource's `logging` option asks for to stderr: stdout is for the result, which
 * a program may be reading.
 */
export class StderrLogger extends AbstractLogger {
  /** Nothing: TypeORM tells of a failure here, which is told at the end, once. */
  override logMigration(): void {
    return;
  }

  protected override writeLog(
    _level: LogLevel,
    message: LogMessage | string | number | (LogMessage | string | number)[],
  ): void {
    const lines = this.prepareLogMessages(message, { highlightSql: false });
    for (const { prefix, message: text } of lines) {
      console.error([prefix, text].filter((part) => part !== undefined).join(' '));
    }
  }
}
