import type { DataSource } from 'typeorm';
import {
  BillingError,
  D1DataSource,
  PaymentAttempt,
  SubscriptionPlan,
  toBillingError,
  userBilling,
  UserSubscription,
} from 'typeorm-billing/d1';

let dataSource: Promise<DataSource> | undefined;

/** One for the isolate, shared by its requests: it holds no connection and no transaction. */
const open = (env: Env): Promise<DataSource> =>
  (dataSource ??= new D1DataSource({
    database: env.DB,
    entities: userBilling.entities,
  }).initialize());

export async function listPlans(env: Env): Promise<SubscriptionPlan[]> {
  const plans = (await open(env)).getRepository(SubscriptionPlan);
  return plans.find({ where: { isActive: true }, order: { amount: 'ASC' } });
}

/**
 * Subscribes a user, and schedules the first payment: both, or neither.
 *
 * @returns 'no such plan', 'has a subscription', or the subscription
 */
export async function subscribe(
  env: Env,
  userId: string,
  code: string,
): Promise<UserSubscription | 'no such plan' | 'has a subscription'> {
  const source = await open(env);
  // Read before the transaction: on D1 it sends its writes when it commits, and reads nothing of them.
  const plan = await source.getRepository(SubscriptionPlan).findOneBy({ code, isActive: true });
  if (!plan) return 'no such plan';
  // The plans of this example are by the month.
  const start = new Date();
  const end = new Date(start);
  end.setUTCMonth(end.getUTCMonth() + plan.intervalCount);
  try {
    return await source.transaction(async (manager) => {
      const { amount, currency, billingInterval, intervalCount } = plan;
      const subscription = await manager.save(
        manager.create(UserSubscription, {
          ...{ userId, planId: plan.id, amount, currency, billingInterval, intervalCount },
          currentPeriodStart: start,
          currentPeriodEnd: end,
          nextBillingAt: end,
        }),
      );
      await manager.save(
        manager.create(PaymentAttempt, {
          ...{ userId, userSubscriptionId: subscription.id, amount, currency },
          kind: 'initial',
          periodStart: start,
          periodEnd: end,
          provider: 'gocardless',
          idempotencyKey: `${subscription.id}/1`,
          scheduledAt: start,
        }),
      );
      return subscription;
    });
  } catch (thrown) {
    const error = toBillingError(thrown);
    // uq_user_subscriptions_live_user: two requests at once can't both succeed.
    if (error instanceof BillingError && error.code === 'UNIQUE_VIOLATION') {
      return 'has a subscription';
    }
    throw thrown;
  }
}

/** A user's payment attempts, newest first. */
export async function listPaymentAttempts(env: Env, userId: string): Promise<PaymentAttempt[]> {
  const attempts = (await open(env)).getRepository(PaymentAttempt);
  return attempts.find({ where: { userId }, order: { createdAt: 'DESC', id: 'DESC' }, take: 50 });
}
