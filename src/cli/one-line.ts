import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

/** An error of a host's module in one line, with the place in the host's sources that it comes from. */
export function oneLine(error: unknown): string {
  const message = firstLine(messageOf(error));
  const place = placeOf(error);
  if (place === undefined || message.includes(place)) return message;
  return `${message.replace(/\.$/, '')}, at ${place}`;
}

/** The message; of several errors the first one's. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  if (error instanceof Error) return error.message;
  if (typeof error === 'string') return error;
  // What the thread that resolves ES modules throws has lost its class.
  const { diagnosticText } = (error ?? {}) as { diagnosticText?: unknown };
  return typeof diagnosticText === 'string' ? diagnosticText : inspect(error);
}

// Node adds a line for each module that required the one that is missing; ts-node says in the first
// line only that something is wrong.
function firstLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '' && !line.startsWith('⨯ Unable to compile')) ?? text;
}

/** The innermost line of the stack that is neither Node's nor a package's. */
function placeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // A syntax error has its place before its message.
  for (const line of error.stack?.split('\n') ?? []) {
    const [, path = '', position = ''] =
      /(?:^|[\s(])((?:file:\/\/)?(?:\/|[A-Z]:\\)[^():]*)((?::\d+){1,2})\)?$/.exec(line) ?? [];
    const file = path.startsWith('file:') ? fileURLToPath(path.replace(/\?.*$/, '')) : path;
    if (file.includes('node_modules') || !existsSync(file)) continue;
    return `${relative(process.cwd(), file)}${position}`;
  }
  return undefined;
}
