import { Agent, request } from 'node:http';
import type { D1Binding, D1Outcome, D1Statement } from '../../src/driver/d1/binding';
import type { D1SessionBinding } from '../../src/driver/d1/session';
import type { AssignedD1 } from './d1-server';

/** Idle sockets of it keep no process alive. */
const agent = new Agent({ keepAlive: true, noDelay: true, maxSockets: 16 });

/**
 * A D1 binding for Node, which sends each call to a Worker that has the binding itself. What it
 * accepts and what it answers is D1's. (Miniflare's own `getD1Database()` blocks Node several times a
 * statement, and takes four times as long.)
 */
export class D1Client implements D1Binding {
  constructor(private readonly assigned: AssignedD1) {}

  /** A session that begins at a bookmark, or `first-primary`, or `first-unconstrained`. */
  withSession(start = 'first-unconstrained'): D1ClientSession {
    return new D1ClientSession(this.assigned, start);
  }

  prepare(sql: string): Statement {
    return new Statement(this, sql, []);
  }

  batch(statements: Statement[]): Promise<D1Outcome[]> {
    return this.send(statements, true);
  }

  async send(statements: readonly Statement[], batch: boolean): Promise<D1Outcome[]> {
    const body = {
      ...(this.start === undefined ? {} : { session: this.start }),
      database: this.assigned.database,
      statements: statements.map(({ sql, values }) => [sql, values.map(encode)]),
      batch,
    };
    const answer = JSON.parse(await post(this.assigned.url, JSON.stringify(body))) as
      { outcomes: D1Outcome[]; bookmark?: string } | { message: string; cause?: string };
    if ('outcomes' in answer) {
      this.answered(answer.bookmark);
      return answer.outcomes;
    }
    const { message, cause } = answer;
    throw new Error(message, cause === undefined ? undefined : { cause: new Error(cause) });
  }

  /** Where a session begins; undefined outside one. */
  protected get start(): string | undefined {
    return undefined;
  }

  protected answered(_bookmark: string | undefined): void {
    // It is nothing outside a session.
  }
}

/** Each request of the Worker goes on with a session from the bookmark of the last. */
export class D1ClientSession extends D1Client implements D1SessionBinding {
  #bookmark: string | null = null;

  constructor(
    assigned: AssignedD1,
    private readonly first: string,
  ) {
    super(assigned);
  }

  getBookmark(): string | null {
    return this.#bookmark;
  }

  protected override get start(): string {
    return this.#bookmark ?? this.first;
  }

  protected override answered(bookmark: string | undefined): void {
    this.#bookmark = bookmark ?? null;
  }
}

class Statement implements D1Statement {
  constructor(
    private readonly client: D1Client,
    readonly sql: string,
    readonly values: readonly unknown[],
  ) {}

  bind(...values: unknown[]): Statement {
    return new Statement(this.client, this.sql, values);
  }

  async all(): Promise<D1Outcome> {
    const [outcome] = await this.client.send([this], false);
    if (outcome === undefined) throw new Error('D1 gave no outcome.');
    return outcome;
  }
}

/** See `decode` in `d1-worker.mjs`. */
function encode(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { number: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  throw new Error(`D1_TYPE_ERROR: Type '${typeof value}' not supported`);
}

/** Posts a text and returns the answer's. */
export function post(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': Buffer.byteLength(text) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(answer);
        else reject(new Error(answer));
      });
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // workerd closes a socket that has been idle for a while; on a busy machine that is seen only
      // when the next request is sent, which has not arrived then.
      if (sent.reusedSocket && error.code === 'ECONNRESET') post(url, text).then(resolve, reject);
      else reject(error);
    });
    sent.end(text);
  });
}
