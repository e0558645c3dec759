import { spawn } from 'node:child_process';
import { ROOT } from './paths';

/** What one Node process did. */
export interface Finished {
  /** From before the process was asked for until it had ended. */
  readonly milliseconds: number;
  readonly stdout: string;
}

/**
 * Runs Node on `words`, in the project's root.
 *
 * @throws Error with what the process printed, if its exit code is not 0
 */
export function runNode(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, words, {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout: string[] = [];
    const stderr: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
    let milliseconds = 0;
    child.once('exit', () => {
      milliseconds = performance.now() - start;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve({ milliseconds, stdout: stdout.join('') });
      else {
        const printed = [...stderr, ...stdout].join('');
        reject(new Error(`node ${words.join(' ')} ended with ${String(code)}:\n${printed}`));
      }
    });
  });
}
