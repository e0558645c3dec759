import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { listen } from '../support/loopback';
import { WRANGLER, WRANGLER_ENV } from './wrangler';

/** Longer than on any machine; what it wrote is told then. */
const START_TIMEOUT_MS = 300_000;

/** A Worker under `wrangler dev`. */
export interface WranglerDev {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts `wrangler dev` in a project, on free loopback ports.
 *
 * @throws Error with all it has written, if it does not get ready
 */
export async function startWranglerDev(project: string): Promise<WranglerDev> {
  const [port, inspectorPort] = [await freePort(), await freePort()];
  const words = ['dev', '--ip', '127.0.0.1', '--port', port, '--inspector-port', inspectorPort];
  const child = spawn(process.execPath, [WRANGLER, ...words], {
    cwd: project,
    env: { ...process.env, NODE_OPTIONS: '', ...WRANGLER_ENV },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    await ended;
  };
  let output = '';
  const ready = new Promise<void>((resolve, reject) => {
    const fail = (): void => {
      reject(new Error(`wrangler dev did not get ready:\n${output}`));
    };
    const timer = setTimeout(fail, START_TIMEOUT_MS);
    const note = (text: string): void => {
      output += text;
      if (!output.includes('Ready on')) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.setEncoding('utf8').on('data', note);
    child.stderr.setEncoding('utf8').on('data', note);
    child.once('exit', () => {
      clearTimeout(timer);
      fail();
    });
  });
  try {
    await ready;
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}`, stop };
}

async function freePort(): Promise<string> {
  const server = createServer();
  const { port } = new URL(await listen(server));
  server.close();
  await once(server, 'close');
  return port;
}
