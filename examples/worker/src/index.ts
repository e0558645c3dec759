import { authOf } from './auth';
import { listPaymentAttempts, listPlans, subscribe } from './billing';

export default {
  async fetch(request, env): Promise<Response> {
    const auth = authOf(env, request);
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/api/auth/')) return auth.handler(request);

    const route = `${request.method} ${pathname}`;
    if (route === 'GET /plans') return Response.json(await listPlans(env));

    const session = await auth.api.getSession({ headers: request.headers });
    if (!session) return problem(401, 'sign in first');
    const userId = session.user.id;

    if (route === 'GET /payment-attempts') {
      return Response.json(await listPaymentAttempts(env, userId));
    }
    if (route === 'POST /subscriptions') {
      const { plan } = await request.json<{ plan?: unknown }>().catch(() => ({ plan: undefined }));
      if (typeof plan !== 'string') return problem(400, 'name a plan');
      const result = await subscribe(env, userId, plan);
      if (result === 'no such plan') return problem(404, result);
      if (result === 'has a subscription') return problem(409, result);
      return Response.json(result, { status: 201 });
    }
    return problem(404, 'nothing here');
  },
} satisfies ExportedHandler<Env>;

const problem = (status: number, error: string): Response => Response.json({ error }, { status });
