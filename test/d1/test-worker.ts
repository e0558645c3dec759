import { join } from 'node:path';
import type { D1Binding } from '../../src/driver/d1/binding';
import { closeAfterwards } from '../support/closing';
import { HOST_ROWS, HOST_SCHEMA } from '../support/host-tables';
import { fetchLocal } from '../support/loopback';
import { sharedFolder } from '../support/test-run';
import { DELETE_BILLING_ROWS } from '../support/billing-tables';
import { bundle, BUNDLED, fillProject, startWorker } from './wrangler';

const FIXTURE = join(__dirname, 'fixtures/worker');
const PACKAGES = ['class-validator', 'reflect-metadata', 'typeorm', 'uuid'];

/** What the Worker tells of an error. */
export interface Told {
  /** Of a BillingError; `none` of another. */
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
  readonly stack?: string;
}

export interface Answer {
  readonly result?: unknown;
  readonly error?: Told;
}

/** The Worker of `fixtures/worker`, on the packed package, bundled by wrangler, in workerd. */
export class TestWorker {
  private constructor(
    readonly project: string,
    /** The bundle, as wrangler would deploy it. */
    readonly script: string,
    private readonly url: URL,
    private readonly binding: D1Binding,
  ) {}

  /** Its database has the host's tables, with rows, and no billing yet. */
  static async start(): Promise<TestWorker> {
    const project = await sharedFolder('test-worker', async (folder) => {
      await fillProject(folder, FIXTURE, PACKAGES);
      await bundle(folder);
    });
    const bundled = join(project, BUNDLED);
    const miniflare = startWorker(bundled, 'index.js');
    closeAfterwards(() => miniflare.dispose());
    const url = await miniflare.ready;
    const binding = (await miniflare.getD1Database('DB')) as D1Binding;
    const worker = new TestWorker(project, join(bundled, 'index.js'), url, binding);
    for (const text of [HOST_SCHEMA.sqlite, HOST_ROWS]) await worker.sql(text.trim().slice(0, -1));
    return worker;
  }

  /** Plain SQL, past the Worker and all of ours. */
  async sql<Row = Record<string, unknown>>(text: string): Promise<Row[]> {
    return (await this.binding.prepare(text).all()).results as Row[];
  }

  async ask(path: string, input: object = {}): Promise<Answer> {
    const body = JSON.stringify(input);
    const response = await fetchLocal(new URL(path, this.url).href, { method: 'POST', body });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return JSON.parse(text) as Answer;
  }

  /** What a scenario tells, which must go well. */
  async result<Result>(path: string, input?: object): Promise<Result> {
    const { result, error } = await this.ask(path, input);
    if (error) throw new Error(`${path}: ${error.message}\n${error.stack ?? error.code}`);
    return result as Result;
  }

  async empty(): Promise<void> {
    await this.sql(DELETE_BILLING_ROWS.slice(0, -1));
  }

  async planNames(): Promise<string[]> {
    const rows = await this.sql<{ name: string }>('SELECT name FROM plans ORDER BY name');
    return rows.map(({ name }) => name);
  }
}
