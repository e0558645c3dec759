import type { OnProgress, Progress } from '../backup/progress';

const WORDS: Readonly<Record<Progress['step'], string>> = {
  ...{ backup: 'writing', check: 'checking', read: 'reading', insert: 'inserting' },
};
const WIDTH = 24;
const EVERY_MS = 100;

/** `writing payment_attempts ██████            250,000 of 1,000,000` */
export function progressLine({ step, table, rows, total }: Progress): string {
  const done = total === 0 ? WIDTH : Math.min(WIDTH, Math.floor((WIDTH * rows) / total));
  const bar = '█'.repeat(done) + ' '.repeat(WIDTH - done);
  const [count, all] = [rows, total].map((number) => number.toLocaleString('en-US'));
  return `${WORDS[step]} ${table} ${bar} ${count} of ${all}`;
}

/** Shows how far a command is, on a terminal. Elsewhere nothing is written. */
export function progressBar(stream: NodeJS.WriteStream = process.stderr): {
  readonly bar: { readonly onProgress?: OnProgress };
  readonly end: () => void;
} {
  if (!stream.isTTY) return { bar: {}, end: () => undefined };
  let last = 0;
  const onProgress: OnProgress = (progress) => {
    const now = Date.now();
    if (now - last < EVERY_MS && progress.rows < progress.total) return;
    last = now;
    stream.write(`\r\u001b[K${progressLine(progress)}`);
  };
  return { bar: { onProgress }, end: () => void stream.write('\r\u001b[K') };
}
