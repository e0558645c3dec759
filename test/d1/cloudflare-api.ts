import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { Miniflare } from 'miniflare';
import { unstable_splitSqlQuery as splitSqlQuery } from 'wrangler';
import type { D1Binding } from '../../src/driver/d1/binding';
import { listen } from '../support/loopback';

/** What stands for Cloudflare's API, as far as `wrangler d1 … --remote` asks it, with a real D1. */
export interface CloudflareApi {
  /** Variables that make wrangler use it. */
  readonly env: Record<string, string>;
  /** Rows of a statement on the database of that id. */
  sql(database: string, text: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** @param databases the `database_id`s that there are */
export async function startCloudflareApi(databases: readonly string[]): Promise<CloudflareApi> {
  const miniflare = new Miniflare({ modules: true, script: '', d1Databases: [...databases] });
  const uploads = new Map<string, string>();

  const run = async (database: string, text: string): Promise<Record<string, unknown>[][]> => {
    const binding = (await miniflare.getD1Database(database)) as D1Binding;
    // D1 runs what it is sent at once as one transaction.
    const outcomes = await binding.batch(splitSqlQuery(text).map((sql) => binding.prepare(sql)));
    return outcomes.map(({ results = [] }) => results);
  };

  const answer = async (path: string, text: string): Promise<unknown> => {
    const [, database = '', action] =
      /^\/accounts\/test\/d1\/database\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    const body = JSON.parse(text) as Record<string, string>;
    if (action === 'query') {
      const results = await run(database, body.sql ?? '');
      return results.map((one) => ({ results: one, success: true, meta: { duration: 0 } }));
    }
    if (action !== 'import') throw new Error(`Nothing is known of ${path}.`);
    const { etag = '' } = body;
    if (body.action === 'init') {
      return { success: true, filename: `${etag}.sql`, upload_url: `${url}upload/${etag}` };
    }
    const { length } = await run(database, uploads.get(etag) ?? '');
    const meta = { duration: 0, rows_read: 0, rows_written: 0, size_after: 0 };
    return {
      success: true,
      type: 'import',
      status: 'complete',
      messages: [],
      result: { num_queries: length, final_bookmark: 'none', meta },
    };
  };

  const server = createServer((request, response) => {
    void (async () => {
      const text = await read(request);
      const path = request.url ?? '';
      const uploaded = /^\/upload\/(\w+)$/.exec(path)?.[1];
      if (uploaded !== undefined) {
        uploads.set(uploaded, text);
        const etag = createHash('md5').update(text).digest('hex');
        response.writeHead(200, { etag: `"${etag}"` }).end();
        return;
      }
      response.setHeader('content-type', 'application/json');
      try {
        const result = await answer(path, text);
        response.end(JSON.stringify({ success: true, errors: [], messages: [], result }));
      } catch (error) {
        const errors = [{ code: 7500, message: String(error) }];
        response.statusCode = 400;
        response.end(JSON.stringify({ success: false, errors, messages: [], result: null }));
      }
    })();
  });
  const url = await listen(server);

  return {
    env: {
      CLOUDFLARE_API_BASE_URL: url.replace(/\/$/, ''),
      CLOUDFLARE_API_TOKEN: 'test',
      CLOUDFLARE_ACCOUNT_ID: 'test',
    },
    sql: async (database, text) => (await run(database, text)).flat(),
    async stop() {
      server.close();
      server.closeAllConnections();
      await miniflare.dispose();
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
