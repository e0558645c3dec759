import { createServer } from 'node:http';
import { createServer as createSocketServer, type Server } from 'node:net';

/** Lets a server listen on a free loopback port, and returns its URL as of HTTP. */
export function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve(`http://127.0.0.1:${port}/`);
    });
  });
}

/** A port nobody listens on, as the system gives it. */
export async function freePort(): Promise<number> {
  const probe = createSocketServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

export interface Answering {
  readonly url: string;
  stop(): void;
}

/** A server that answers each request with a value, as JSON, or with its error. */
export async function answering(answer: () => Promise<object>): Promise<Answering> {
  const server = createServer((_request, response) => {
    answer().then(
      (value) => response.end(JSON.stringify(value)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  return {
    url: await listen(server),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * `fetch` from a server on this machine. One that closes a socket that has been idle for a while may
 * do so just when the next request is sent, on a busy machine above all: that request is sent again.
 */
export async function fetchLocal(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const { code } = (error as { cause?: { code?: string } }).cause ?? {};
    if (code !== 'UND_ERR_SOCKET' && code !== 'ECONNRESET') throw error;
    return fetch(url, init);
  }
}
