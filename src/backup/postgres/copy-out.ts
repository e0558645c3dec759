/** The part of a connection of the package `pg` that is used. */
export interface PgConnection {
  query(sql: string): void;
  readonly stream: { pause(): void; resume(): void };
}

/** The part of its client. A pool of another driver may give something else. */
export interface PgClient {
  query(query: object): unknown;
  readonly connection: PgConnection;
}

export function isPgClient(value: unknown): value is PgClient {
  const { query, connection } = (value ?? {}) as Partial<PgClient>;
  return (
    typeof query === 'function' &&
    typeof connection?.query === 'function' &&
    typeof (connection.stream as Partial<PgConnection['stream']> | undefined)?.pause === 'function'
  );
}

const CHUNK_BYTES = 256 * 1024;
/** What may wait to be read before the server is told to wait. */
const MAX_WAITING = 8;

/**
 * The bytes of a `COPY … TO STDOUT`, in chunks of whole lines. The server goes on while a chunk is worked
 * on, which a cursor's would not.
 */
export async function* copyOut(client: PgClient, sql: string): AsyncGenerator<Buffer> {
  const query = new CopyQuery(sql);
  client.query(query);
  try {
    for (;;) {
      const chunk = await query.next();
      if (chunk === undefined) return;
      yield chunk;
    }
  } finally {
    await query.drain();
  }
}

/** What `pg` calls a query: it calls these methods with what the server sends. */
class CopyQuery {
  readonly #waiting: Buffer[] = [];
  #buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  #used = 0;
  #connection: PgConnection | undefined;
  #isPaused = false;
  #isDone = false;
  #isAbandoned = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(private readonly sql: string) {}

  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.#waiting.shift();
      if (this.#waiting.length < MAX_WAITING) this.#resume();
      if (chunk !== undefined) return chunk;
      if (this.#error !== undefined) throw this.#error;
      if (this.#isDone) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Reads what is still to come and leaves the connection free. */
  async drain(): Promise<void> {
    this.#isAbandoned = true;
    this.#waiting.length = 0;
    this.#resume();
    while (!this.#isDone) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  submit(connection: PgConnection): void {
    this.#connection = connection;
    connection.query(this.sql);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.#isAbandoned) return;
    // `pg` uses its buffer again.
    if (this.#used + chunk.length > this.#buffer.length) this.#flush(chunk.length);
    this.#used += chunk.copy(this.#buffer, this.#used);
  }

  handleReadyForQuery(): void {
    this.#flush(0);
    this.#end();
  }

  handleError(error: Error): void {
    this.#error = error;
    this.#end();
  }

  handleCommandComplete(): void {
    // The connection is ready only after it.
  }

  #flush(wanted: number): void {
    const end = this.#buffer.subarray(0, this.#used).lastIndexOf(10) + 1;
    const rest = this.#buffer.subarray(end, this.#used);
    const next = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, rest.length + wanted));
    rest.copy(next);
    if (end > 0) this.#waiting.push(this.#buffer.subarray(0, end));
    this.#buffer = next;
    this.#used = rest.length;
    if (this.#waiting.length >= MAX_WAITING && !this.#isPaused) {
      this.#isPaused = true;
      this.#connection?.stream.pause();
    }
    this.#notify();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#connection?.stream.resume();
  }

  #end(): void {
    this.#isDone = true;
    this.#notify();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
