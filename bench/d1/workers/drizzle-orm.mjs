// drizzle-orm on the same tables; it neither validates nor migrates in a Worker.
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { answering } from './answer.mjs';
import * as schema from './drizzle-schema.mjs';

const { subscriptionPlans } = schema;
let database;

function open(env) {
  database ??= drizzle(env.DB, { schema });
  return {
    async save(code) {
      const id = globalThis.crypto.randomUUID();
      await database.insert(subscriptionPlans).values({
        id,
        code,
        name: 'Pro',
        amount: 900,
        currency: 'EUR',
        billingInterval: 'month',
        features: { seats: 5 },
      });
      return id;
    },
    find: (id) =>
      database.select().from(subscriptionPlans).where(eq(subscriptionPlans.id, id)).get(),
  };
}

export default answering(open);
