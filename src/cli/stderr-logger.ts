import { AbstractLogger, type LogLevel, type LogMessage } from 'typeorm';

/** Writes the log that the DataSource's `logging` option asks for to stderr: stdout is for the result. */
export class StderrLogger extends AbstractLogger {
  /** Nothing: TypeORM logs a failure here, and the program prints it at the end. */
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
