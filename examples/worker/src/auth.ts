import { betterAuth } from 'better-auth';

/** Better Auth on the D1 binding itself; billing needs nothing of it but its table `user`. */
export const authOf = (env: Env, request: Request) =>
  betterAuth({
    database: env.DB,
    baseURL: new URL(request.url).origin,
    secret: env.BETTER_AUTH_SECRET,
    emailAndPassword: { enabled: true },
    user: { deleteUser: { enabled: true } },
  });
