import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sqlScripts, userBilling } from '../../src';
import { bin } from '../package/packed-project';
import { closeAfterwards } from '../support/closing';
import { fetchLocal } from '../support/loopback';
import { run } from '../support/run';
import { WranglerProject } from './host-project';
import { startWranglerDev, type WranglerDev } from './wrangler-dev';

const EXAMPLE = join(__dirname, '../../examples/worker');
const PASSWORD = 'correct horse battery staple';
describe('U4 U7 the example of a Worker', () => {
  let project: WranglerProject;
  let worker: WranglerDev | undefined;

  beforeAll(async () => {
    project = await WranglerProject.copy(EXAMPLE, ['better-auth', '@types/node', 'typescript']);
    copyFileSync(join(EXAMPLE, '.dev.vars.example'), join(project.folder, '.dev.vars'));
    const { exitCode, stdout, stderr } = await project.script('db:migrate:local');
    if (exitCode !== 0) throw new Error(stdout + stderr);
    worker = await startWranglerDev(project.folder);
    closeAfterwards(() => worker?.stop());
  });

  /** A browser, which keeps the cookies that it is given. */
  function visitor() {
    let cookie = '';
    return async (path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
      const { url } = worker!;
      const response = await fetchLocal(`${url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { cookie, origin: url, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const cookies = response.headers.getSetCookie().map((one) => one.split(';')[0]);
      if (cookies.length > 0) cookie = cookies.join('; ');
      return { status: response.status, body: await response.json() };
    };
  }

  async function signedUp(name: string) {
    const send = visitor();
    const { status, body } = await send('/api/auth/sign-up/email', {
      name,
      email: `${name}@example.com`,
      password: PASSWORD,
    });
    expect(status).toBe(200);
    return { send, id: (body as { user: { id: string } }).user.id };
  }

  it('U6 is accepted by the strict compiler, with the types that wrangler makes', async () => {
    const types = await project.wrangler(['types']);
    expect(types).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await run([bin('tsc')], { cwd: project.folder });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
  });

  it('U3 has the scripts that db:sql writes', async () => {
    const [script] = await sqlScripts(userBilling.migrations.sqlite, { dialect: 'd1', from: 2 });
    const { file, forward, rollback } = script!;
    const read = (path: string): string => readFileSync(join(EXAMPLE, 'migrations', path), 'utf8');
    expect(read(file)).toBe(forward);
    expect(read(`../migrations-rollback/${file}`)).toBe(rollback);
  });

  it('U1 U4 signs up, subscribes and lists payment attempts', async () => {
    const stranger = visitor();
    expect(await stranger('/plans')).toMatchObject({
      status: 200,
      body: [
        { code: 'basic', amount: 900 },
        { code: 'pro', amount: 2900 },
      ],
    });
    expect(await stranger('/payment-attempts')).toMatchObject({ status: 401 });
    expect(await stranger('/subscriptions', { plan: 'pro' })).toMatchObject({ status: 401 });

    const { send, id } = await signedUp('ada');
    expect(await send('/payment-attempts')).toEqual({ status: 200, body: [] });
    expect(await send('/subscriptions', { plan: 'none' })).toMatchObject({ status: 404 });
    const { status, body } = await send('/subscriptions', { plan: 'pro' });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { userId: id, amount: 2900, currency: 'EUR', status: 'incomplete', version: 1 },
    });
    const subscription = body as { id: string; currentPeriodStart: string };
    expect(await send('/payment-attempts')).toMatchObject({
      status: 200,
      body: [
        {
          userId: id,
          userSubscriptionId: subscription.id,
          kind: 'initial',
          status: 'scheduled',
          amount: 2900,
          attemptNumber: 1,
          periodStart: subscription.currentPeriodStart,
        },
      ],
    });

    const other = await signedUp('eve');
    expect(await other.send('/payment-attempts')).toEqual({ status: 200, body: [] });
  });

  it('B4 of several requests at once one subscribes, with one payment', async () => {
    const { send } = await signedUp('bob');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => send('/subscriptions', { plan: 'basic' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([
      201,
      ...Array<number>(7).fill(409),
    ]);
    expect((await send('/payment-attempts')).body).toHaveLength(1);
    expect(await send('/subscriptions', { plan: 'basic' })).toMatchObject({
      status: 409,
      body: { error: 'has a subscription' },
    });
  });

  it('U2 U4 forgets what a user is billed for with the user', async () => {
    const { send, id } = await signedUp('cyd');
    expect(await send('/subscriptions', { plan: 'pro' })).toMatchObject({ status: 201 });
    expect(await send('/api/auth/delete-user', { password: PASSWORD })).toMatchObject({
      status: 200,
    });
    await worker!.stop();
    worker = undefined;

    const counts = `SELECT (SELECT count(*) FROM "user" WHERE id = '${id}') AS users,
      (SELECT count(*) FROM user_subscriptions WHERE user_id = '${id}') AS subscriptions,
      (SELECT count(*) FROM payment_attempts WHERE user_id = '${id}') AS attempts,
      (SELECT count(*) FROM user_subscriptions) AS others`;
    expect(await project.sql(counts)).toEqual([
      { users: 0, subscriptions: 0, attempts: 0, others: 2 },
    ]);
  });
});
